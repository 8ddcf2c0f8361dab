package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Measurer;
import io.fenghuo.rules.figure.Partial;
import io.fenghuo.rules.reference.FigureAgreement;
import io.fenghuo.rules.reference.NaiveFigures;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The monitor job on Flink, with the shipped figures, against figures computed anew. */
class MonitorJobAgreementTest {

  private static final Map<String, String> FILES = RulePacks.shipped();
  private static final int PARTITIONS = 4;
  private static FigureFilters filters;

  private final long seed = Long.getLong("fenghuo.seed", new Random().nextLong(1_000_000));

  @BeforeAll
  static void compile() throws Exception {
    FigureSet figures = FigureSet.read(FILES);
    filters = EsperCompiler.compile(new FigurePlan(figures.definitions()), figures.lines());
  }

  private static MonitorSettings settings() {
    // So little memory that ids go to the state and come back.
    return new MonitorSettings("none", FILES).late(Duration.ofDays(40)).rememberedBytes(5_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void late_and_doubled_events_give_the_figures_computed_anew(int parallelism) throws Exception {
    System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
    RandomWorld world = new RandomWorld(seed);
    MonitorSettings settings =
        settings().gather(Duration.ofMillis(20)).publish(Duration.ofMillis(50));
    Configuration configuration = new Configuration();
    configuration.addAll(RiskJob.needs());
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    ScriptedSource source = new ScriptedSource(partitions(world), seed);
    MonitorJob.Figures figures =
        MonitorJob.measure(
            env.fromSource(source, new EventClock(settings), "script", PackedType.ARRIVAL)
                .uid("script"),
            filters,
            settings);
    Collected points = new Collected();
    figures.points().sinkTo(points).uid("points");
    env.execute();

    assertAgrees(points.records(), world);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void work_taken_up_again_gives_the_figures_computed_anew(int round) throws Exception {
    System.out.println("seed " + (seed + round) + " (replay: -Dfenghuo.seed=" + seed + ")");
    Random random = new Random(seed + round);
    RandomWorld world = new RandomWorld(seed + round);
    List<Outgoing> published = new ArrayList<>();
    OperatorSubtaskState gatherState = null;
    OperatorSubtaskState figureState = null;
    List<Event> events = Disorder.of(world.events(), seed + round);
    int next = 0;
    int checkpoint = 0;
    Measurer measurer = new Measurer(filters.plan(), filters.open((what, why) -> {}));
    while (next < events.size()) {
      try (var gather = gather(gatherState);
          var figures = figures(figureState)) {
        int until = Math.min(events.size(), next + 1 + random.nextInt(150));
        int saved = next + random.nextInt(until - next + 1);
        for (int i = next; i < until; i++) {
          if (i == saved) {
            checkpoint++;
            gather.prepareSnapshotPreBarrier(checkpoint);
            flow(gather, figures);
            gatherState = gather.snapshot(checkpoint, i);
            figures.prepareSnapshotPreBarrier(checkpoint);
            figureState = figures.snapshot(checkpoint, i);
          }
          Measurement measurement = measurer.measure(events.get(i));
          if (measurement != null) {
            gather.processElement(measurement, events.get(i).time());
          }
          if (random.nextInt(10) == 0) {
            gather.setProcessingTime(gather.getProcessingTime() + 250);
            flow(gather, figures);
            figures.setProcessingTime(figures.getProcessingTime() + random.nextInt(2_000));
          }
        }
        // From here it begins again where it was saved: what came after is sent once more.
        next = saved == until ? until : gatherState == null ? 0 : saved;
        if (next == events.size() || saved == until) {
          checkpoint++;
          gather.prepareSnapshotPreBarrier(checkpoint);
          flow(gather, figures);
          gatherState = gather.snapshot(checkpoint, next);
          figures.prepareSnapshotPreBarrier(checkpoint);
          figureState = figures.snapshot(checkpoint, next);
        }
        figures.extractOutputValues().forEach(published::add);
      }
    }
    assertAgrees(published, world);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Integer, Measurement, Partial> gather(
      OperatorSubtaskState state) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new GatherOperator(filters, settings()), Shards::of, Types.INT, 128, 1, 0);
    harness.setup(PackedType.PARTIAL.createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Partial, Outgoing> figures(
      OperatorSubtaskState state) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new FigureOperator(filters, settings()), Partial::figure, Types.STRING, 128, 1, 0);
    harness.setup(PackedType.OUTGOING.createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static void flow(
      KeyedOneInputStreamOperatorTestHarness<Integer, Measurement, Partial> from,
      KeyedOneInputStreamOperatorTestHarness<String, Partial, Outgoing> to)
      throws Exception {
    for (Partial partial : from.extractOutputValues()) {
      to.processElement(partial, 0);
    }
    from.getOutput().clear();
  }

  private static void assertAgrees(Collection<Outgoing> published, RandomWorld world)
      throws Exception {
    EventCodec codec = EventCodec.singleObject();
    Map<String, KpiPoint> points = new TreeMap<>();
    for (Outgoing one : published) {
      KpiPoint point = codec.decode(one.value(), KpiPoint.class);
      assertThat(one.key()).isEqualTo(Stream.KPIS.keyOf(point));
      points.put(one.key(), point);
    }
    assertThat(points).isNotEmpty();
    assertThat(
            FigureAgreement.differences(
                points, new NaiveFigures(FILES, settings().zone(), world.events())))
        .isEmpty();
  }

  private List<List<Arrival>> partitions(RandomWorld world) {
    Random random = new Random(seed);
    List<List<Arrival>> partitions =
        IntStream.range(0, PARTITIONS).<List<Arrival>>mapToObj(i -> new ArrayList<>()).toList();
    for (Event event : Disorder.of(world.events(), seed)) {
      partitions.get(random.nextInt(PARTITIONS)).add(Arrival.of(event));
    }
    return partitions;
  }
}
