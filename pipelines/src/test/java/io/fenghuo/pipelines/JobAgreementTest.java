package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.reference.Agreement;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
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
    for (int parallelism : new int[] {1, 2, 4}) {
      Run run = run(world, RiskSettings.Mode.EVENT_TIME, parallelism, seed + parallelism);
      Agreement.check(
          "seed " + seed + ", parallelism " + parallelism,
          expected,
          Sent.of(Decision.class, run.decisions),
          Sent.of(Alert.class, run.alerts));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void onArrivalEveryCreatedOrderIsDecidedOnceAndOnlyEverMoreSeverely(long seed) throws Exception {
    RandomWorld world = new RandomWorld(seed);
    Run run = run(world, RiskSettings.Mode.ARRIVAL, 2, seed);
    List<Decision> decisions = Sent.of(Decision.class, run.decisions);

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

  /**
   * Far more events than are kept one by one: nothing is held up, and figures err by 1 % at most.
   */
  @Test
  void aHotKeyIsDecidedLikeAnyOther() throws Exception {
    Map<String, String> files =
        Map.of(
            "features.yaml",
            "features: { device.orders_1h: { of: OrderEvent, aggregate: count, window: 1 hour } }",
            "crowd.yaml",
            """
            title: { zh: 拥挤, en: Crowd }
            when: OrderEvent(type = OrderType.CREATED and device.orders_1h >= 3000)
            outcome: REVIEW
            """);
    EventCodec codec = EventCodec.singleObject();
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 1; i <= 4_000; i++) {
      OrderEvent order =
          OrderEvent.newBuilder()
              .setEventId("e%05d".formatted(i))
              .setEventTime(i * 800L)
              .setOrderId("o" + i)
              .setType(OrderType.CREATED)
              .setUserId("u" + i)
              .setDeviceId("shared")
              .setAmount(100)
              .build();
      arrivals.add(Arrival.of(new Event(order, codec.encode(order))));
    }
    RiskSettings settings = new RiskSettings("none", files).mode(RiskSettings.Mode.EVENT_TIME);
    Run run = run(settings, List.of(arrivals), 2, 1);

    List<Decision> decisions = Sent.of(Decision.class, run.decisions);
    assertThat(decisions).extracting(Decision::getOrderId).doesNotHaveDuplicates().hasSize(4_000);
    assertThat(decisions.stream().filter(d -> d.getOutcome() == Outcome.REVIEW).count())
        .isBetween(1_001L - 30, 1_001L + 30);
  }

  private static boolean harder(Decision later, Decision earlier) {
    return later.getOutcome().compareTo(earlier.getOutcome()) > 0;
  }

  private record Run(Collection<Outgoing> decisions, Collection<Outgoing> alerts) {}

  private static Run run(RandomWorld world, RiskSettings.Mode mode, int parallelism, long seed)
      throws Exception {
    RiskSettings settings =
        new RiskSettings("none", world.files())
            .mode(mode)
            .bound(Duration.ofMillis(RandomWorld.MAX_DELAY_MS))
            .cachedBytes(20_000);
    return run(settings, partitions(world, seed), parallelism, seed);
  }

  private static Run run(
      RiskSettings settings, List<List<Arrival>> partitions, int parallelism, long seed)
      throws Exception {
    Expressions expressions = EsperCompiler.compile(Plan.of(RuleSet.read(settings.rules())));
    Configuration configuration = new Configuration();
    configuration.addAll(RiskJob.needs());
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    ScriptedSource source = new ScriptedSource(partitions, seed);
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
