package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The job's own steps on a real, small Flink cluster, with RocksDB, against the naive evaluator.
 */
class JobAgreementTest {

  private static final int PARTITIONS = 6;

  /** Replay one seed with {@code -Dfenghuo.seed=N}; more with {@code -Dfenghuo.jobs=N}. */
  static LongStream seeds() {
    Long seed = Long.getLong("fenghuo.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(1, 1 + Integer.getInteger("fenghuo.jobs", 2));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shuffledAndDoubledOnAnyParallelismTheJobSaysWhatTheReferenceSays(long seed)
      throws Exception {
    RandomWorld world = new RandomWorld(seed);
    var expected = new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());
    Expressions expressions = EsperCompiler.compile(Plan.of(RuleSet.read(world.files())));
    for (int parallelism : new int[] {1, 2, 4}) {
      Run run =
          run(world, expressions, RiskSettings.Mode.EVENT_TIME, parallelism, seed + parallelism);
      Agreement.assertSame(
          "seed " + seed + ", parallelism " + parallelism, expected, run.decisions, run.alerts);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void onArrivalEveryCreatedOrderIsDecidedOnceAndOnlyEverMoreSeverely(long seed) throws Exception {
    RandomWorld world = new RandomWorld(seed);
    Expressions expressions = EsperCompiler.compile(Plan.of(RuleSet.read(world.files())));
    Run run = run(world, expressions, RiskSettings.Mode.ARRIVAL, 2, seed);
    List<Decision> decisions = Agreement.decoded(run.decisions, Decision.class);

    List<String> created =
        world.events().stream()
            .filter(e -> e instanceof OrderEvent order && order.getType() == OrderType.CREATED)
            .map(e -> ((OrderEvent) e).getOrderId())
            .distinct()
            .toList();
    assertThat(decisions)
        .filteredOn(decision -> decision.getRevision() == 0)
        .extracting(Decision::getOrderId)
        .as("seed %s", seed)
        .containsExactlyInAnyOrderElementsOf(created);
    for (String order : created) {
      List<Decision> ofOrder =
          decisions.stream().filter(d -> d.getOrderId().equals(order)).toList();
      for (int i = 0; i < ofOrder.size(); i++) {
        assertThat(ofOrder.get(i).getRevision()).as("seed %s, %s", seed, order).isEqualTo(i);
        assertThat(i == 0 || harder(ofOrder.get(i), ofOrder.get(i - 1)))
            .as("seed %s, %s: %s", seed, order, ofOrder)
            .isTrue();
      }
    }
  }

  private static boolean harder(Decision later, Decision earlier) {
    return later.getOutcome().compareTo(earlier.getOutcome()) > 0;
  }

  private record Run(Collection<Outgoing> decisions, Collection<Outgoing> alerts) {}

  private static Run run(
      RandomWorld world,
      Expressions expressions,
      RiskSettings.Mode mode,
      int parallelism,
      long seed)
      throws Exception {
    RiskSettings settings =
        new RiskSettings("none", world.files())
            .mode(mode)
            .bound(Duration.ofMillis(RandomWorld.MAX_DELAY_MS))
            .cachedBytes(20_000);
    Configuration configuration = new Configuration();
    configuration.addAll(RiskJob.needs());
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    ScriptedSource source = new ScriptedSource(partitions(world, seed), seed);
    RiskJob.Verdicts verdicts =
        RiskJob.judge(
            env.fromSource(source, new EventClock(settings), "script", PackedType.ARRIVAL)
                .uid("script"),
            expressions,
            settings,
            (checkpoint, s, ours) -> PublishedDecisions.none(s));
    Collected decisions = new Collected();
    Collected alerts = new Collected();
    verdicts.decisions().sinkTo(decisions).uid("decisions");
    verdicts.alerts().sinkTo(alerts).uid("alerts");
    env.execute();
    return new Run(decisions.records(), alerts.records());
  }

  /** List entries stand before everything in the first partition: no event time can pass them. */
  private static List<List<Arrival>> partitions(RandomWorld world, long seed) {
    Random random = new Random(seed);
    List<List<Arrival>> partitions =
        IntStream.range(0, PARTITIONS).<List<Arrival>>mapToObj(i -> new ArrayList<>()).toList();
    world.lists().forEach(entry -> partitions.get(0).add(Arrival.of(entry)));
    for (Event event : Disorder.of(world.events(), seed)) {
      partitions.get(random.nextInt(PARTITIONS)).add(Arrival.of(event));
    }
    return partitions;
  }
}
