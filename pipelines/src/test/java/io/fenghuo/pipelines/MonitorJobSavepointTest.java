package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.reference.FigureAgreement;
import io.fenghuo.rules.reference.NaiveFigures;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.TrafficKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The monitor job on Flink, stopped with a savepoint in the middle of the events and started again:
 * with other parallelism, with other definitions.
 */
class MonitorJobSavepointTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int PARTITIONS = 4;
  private static final String PAGE_VIEWS = "of: \"TrafficEvent(kind = TrafficKind.PAGE_VIEW)\"";
  private static final String NO_CLICKS = "of: \"TrafficEvent(kind != TrafficKind.CLICK)\"";

  @TempDir Path folder;

  private final long seed = Long.getLong("fenghuo.seed", new Random().nextLong(1_000_000));
  private final RandomWorld world = new RandomWorld(seed);
  private final List<List<Arrival>> partitions = partitions();
  private final ScriptedSource script = new ScriptedSource(partitions, seed);
  private final Collected published = new Collected();

  @Test
  void movingFromOneSubtaskToFourAndToTwoChangesNothing() throws Exception {
    System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
    Map<String, String> files = RulePacks.shipped();
    String first = run(files, 1, 0.3, null);
    String second = run(files, 4, 0.7, first);
    run(files, 2, 1, second);

    assertThat(FigureAgreement.differences(points(), naive(files, world.events()))).isEmpty();
    assertThat(points().values()).extracting(KpiPoint::getSince).containsOnlyNulls();
  }

  @Test
  void anEditedFigureBeginsAnewAndSaysSoAndTheOthersGoOn() throws Exception {
    System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
    Map<String, String> files = RulePacks.shipped();
    Map<String, String> edited = new HashMap<>(files);
    edited.compute(
        "figures/traffic.yaml",
        (path, text) ->
            text.replaceFirst(Pattern.quote(PAGE_VIEWS), Matcher.quoteReplacement(NO_CLICKS)));
    assertThat(edited).isNotEqualTo(files);

    String before = run(files, 2, 0.3, null);
    String between = run(edited, 2, 0.6, before);
    assertBegan(edited, 0.3, 0.6);
    // What was edited once more begins once more, also when it is what it was at first.
    run(files, 2, 1, between);
    assertBegan(files, 0.6, 1);

    List<String> differences = FigureAgreement.differences(points(), naive(files, world.events()));
    assertThat(differences).allSatisfy(line -> assertThat(line).startsWith("pv{"));
    assertThat(points().values())
        .filteredOn(point -> !point.getName().equals("pv"))
        .extracting(KpiPoint::getSince)
        .containsOnlyNulls();
  }

  /** The page views published last count the events between these shares of the partitions. */
  private void assertBegan(Map<String, String> files, double from, double to) throws Exception {
    List<SpecificRecord> earlier =
        events(0, from).stream().filter(MonitorJobSavepointTest::isPageView).toList();
    long since =
        points().values().stream()
            .filter(point -> point.getSince() != null)
            .mapToLong(KpiPoint::getSince)
            .max()
            .orElseThrow();
    assertThat(earlier).allSatisfy(event -> assertThat(time(event)).isLessThan(since));

    Map<String, KpiPoint> anew = new TreeMap<>(points());
    anew.values()
        .removeIf(
            point ->
                !point.getName().equals("pv")
                    || point.getSince() == null
                    || point.getSince() != since);
    assertThat(anew).isNotEmpty();
    List<String> differences =
        FigureAgreement.differences(anew, naive(files, fresh(from, to))).stream()
            .filter(line -> line.startsWith("pv{"))
            .toList();
    assertThat(differences).isEmpty();
  }

  private static boolean isPageView(SpecificRecord event) {
    return event instanceof TrafficEvent traffic && traffic.getKind() == TrafficKind.PAGE_VIEW;
  }

  private static NaiveFigures naive(
      Map<String, String> files, Collection<? extends SpecificRecord> events) {
    return new NaiveFigures(files, MonitorSettings.SHOP, events);
  }

  private static long time(SpecificRecord event) {
    return new Event(event, new byte[0]).time();
  }

  /** Everything between two shares of each partition that had not come before. */
  private List<SpecificRecord> fresh(double from, double to) {
    Set<String> before = new HashSet<>();
    events(0, from).forEach(event -> before.add(name(event)));
    return events(from, to).stream().filter(event -> !before.contains(name(event))).toList();
  }

  private static String name(SpecificRecord record) {
    Event event = new Event(record, new byte[0]);
    return event.type() + " " + event.id();
  }

  private List<SpecificRecord> events(double from, double to) {
    List<SpecificRecord> events = new ArrayList<>();
    for (List<Arrival> partition : partitions) {
      partition.subList(script.upTo(from).end(partition), script.upTo(to).end(partition)).stream()
          .map(arrival -> arrival.event().record())
          .forEach(events::add);
    }
    return events;
  }

  private Map<String, KpiPoint> points() throws Exception {
    EventCodec codec = EventCodec.singleObject();
    Map<String, KpiPoint> points = new TreeMap<>();
    for (Outgoing one : published.records()) {
      points.put(one.key(), codec.decode(one.value(), KpiPoint.class));
    }
    return points;
  }

  /**
   * Reads up to a share of each partition, and then stops with a savepoint, or at the end.
   *
   * @param from the savepoint to go on from, or null
   * @return where the savepoint is, or null
   */
  private String run(Map<String, String> files, int parallelism, double share, String from)
      throws Exception {
    FigureSet set = FigureSet.read(files);
    FigureFilters filters = EsperCompiler.compile(new FigurePlan(set.definitions()), set.lines());
    MonitorSettings settings =
        new MonitorSettings("none", files)
            .late(Duration.ofDays(40))
            .gather(Duration.ofMillis(20))
            .publish(Duration.ofMillis(50));
    Configuration configuration = new Configuration();
    configuration.addAll(RiskJob.needs());
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    ScriptedSource source = script.upTo(share);
    MonitorJob.Figures figures =
        MonitorJob.measure(
            env.fromSource(source, new EventClock(settings), "script", PackedType.ARRIVAL)
                .uid("script"),
            filters,
            settings);
    figures.points().sinkTo(published).uid("points");
    if (share == 1) {
      env.execute();
      return null;
    }
    JobClient job = env.executeAsync();
    await().atMost(PATIENCE).until(source::waits);
    // Until every task runs it refuses.
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(() -> stopped(job), Objects::nonNull);
  }

  private String stopped(JobClient job) throws Exception {
    return job.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private List<List<Arrival>> partitions() {
    Random random = new Random(seed);
    List<List<Arrival>> all =
        IntStream.range(0, PARTITIONS).<List<Arrival>>mapToObj(i -> new ArrayList<>()).toList();
    for (Event event : Disorder.of(world.events(), seed)) {
      all.get(random.nextInt(PARTITIONS)).add(Arrival.of(event));
    }
    return all;
  }
}
