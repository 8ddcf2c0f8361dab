package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.pipelines.MonitorJob;
import io.fenghuo.pipelines.MonitorSettings;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.reference.FigureAgreement;
import io.fenghuo.rules.reference.NaiveFigures;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./fenghuo up} as a process of its own, killed with SIGKILL at seeded moments while events
 * come in, and started again on the same folder.
 *
 * <p>The build kills event-time mode once, in the middle of a checkpoint, and arrival mode at any
 * moment and in the middle of a checkpoint of the figures; then these take turns. The long proof,
 * so many kills (arrival mode: one more) in each of so many worlds:
 *
 * <pre>
 * mvn -o -pl deploy/local test -Dtest=KillTest -Dfenghuo.kills=5 -Dfenghuo.rounds=4 [-Dfenghuo.seed=N]
 * </pre>
 */
class KillTest {

  private static final Duration PATIENCE = Duration.ofSeconds(240);
  private static final int KILLS = Integer.getInteger("fenghuo.kills", 1);
  private static final int ROUNDS = Integer.getInteger("fenghuo.rounds", 1);
  private static final int EVENTS_BETWEEN_KILLS = 250;
  private static final int PARTITIONS = 4;
  private static final Set<String> FIGURES = Set.of("figures", "sla", "anomaly", "campaign");

  /** Replay with {@code -Dfenghuo.seed=N}. */
  private static final long SEED = Long.getLong("fenghuo.seed", 1);

  @TempDir Path folder;

  private final int kafkaPort = LoopbackPort.free();
  private Path data;
  private UpProcess up;
  private int starts;
  private int metricsPort;

  @AfterEach
  void endWhatIsLeft() throws Exception {
    if (up != null && up.isAlive()) {
      kill();
    }
  }

  @Test
  void inEventTimeModeKillsLeaveEveryDecisionAsTheReferenceSaysIt() throws Exception {
    survive(
        "event-time",
        RandomWorld::files,
        (seed, world) -> {
          var expected =
              new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofSeconds(2))
              .untilAsserted(() -> Said.on(kafka()).assertAgreesWith(seed, expected));
        });
  }

  @Test
  void onArrivalKillsLeaveEachOrderOneLineOfRevisionsAndTheFiguresThatARecountGives()
      throws Exception {
    survive(
        "arrival",
        KillTest::withFigures,
        (seed, world) -> {
          var created = Said.created(world.events());
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofSeconds(1))
              .until(
                  () ->
                      Said.on(kafka()).decisions().stream()
                          .map(decision -> decision.getOrderId())
                          .toList()
                          .containsAll(created));
          Said.on(kafka()).assertOneLineOfRevisionsFor(seed, created);
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofSeconds(3))
              .untilAsserted(() -> assertThat(miscounted(withFigures(world))).as(seed).isEmpty());
          URI page = URI.create("http://" + LoopbackPort.HOST + ":" + metricsPort + "/metrics");
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      Metrics.of(page).lines().stream()
                          .anyMatch(
                              line ->
                                  line.startsWith(
                                      "fenghuo_figure{name=\"orders\",window=\"day\",}")));
        });
  }

  /** The world's own rules, and what is shipped for figures. */
  private static Map<String, String> withFigures(RandomWorld world) {
    Map<String, String> files = new TreeMap<>(world.files());
    RulePacks.shipped()
        .forEach(
            (path, text) -> {
              if (FIGURES.contains(path.replaceFirst("/.*", ""))) {
                files.put(path, text);
              }
            });
    return files;
  }

  /** Where what a consumer of kpis holds that upserts differs from a recount. */
  private List<String> miscounted(Map<String, String> files) throws Exception {
    List<SpecificRecord> raw = new ArrayList<>();
    for (Stream stream : MonitorJob.READS) {
      raw.addAll(Said.read(kafka(), stream, stream.recordClass()));
    }
    Set<String> cuts = new HashSet<>();
    for (FigureDefinition figure : FigureSet.read(files).definitions()) {
      cuts.add(figure.name() + new TreeSet<>(figure.by()));
    }
    Map<String, KpiPoint> points = new TreeMap<>();
    for (KpiPoint point : Said.read(kafka(), Stream.KPIS, KpiPoint.class)) {
      // Watches have figures of their own; those are not what is recounted here.
      String figure = point.getName().replaceFirst("_p\\d\\d$", "");
      if (cuts.contains(figure + new TreeSet<>(point.getDimensions().keySet()))) {
        points.put(Stream.KPIS.keyOf(point), point);
      }
    }
    assertThat(points).isNotEmpty();
    return FigureAgreement.differences(points, new NaiveFigures(files, MonitorSettings.SHOP, raw));
  }

  /** What must hold of the topics when all of a world has been published. */
  private interface Check {
    void of(String seed, RandomWorld world) throws Exception;
  }

  private void survive(String mode, Function<RandomWorld, Map<String, String>> rules, Check check)
      throws Exception {
    int kills = mode.equals("arrival") ? KILLS + 1 : KILLS;
    for (long seed = SEED; seed < SEED + ROUNDS; seed++) {
      RandomWorld world = new RandomWorld(seed, EVENTS_BETWEEN_KILLS * (kills + 1));
      survive(mode, seed, kills, world, rules.apply(world));
      check.of("seed " + seed, world);
      kill();
    }
  }

  /** Publishes all of the world, kills and starts again meanwhile, and leaves it running. */
  private void survive(
      String mode, long seed, int kills, RandomWorld world, Map<String, String> files)
      throws Exception {
    System.out.println("KillTest: " + mode + ", -Dfenghuo.seed=" + seed);
    data = folder.resolve(mode + seed);
    Path rules = Files.createDirectories(folder.resolve("rules-" + mode + seed));
    for (var file : files.entrySet()) {
      Path path = rules.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    start(mode);
    Random random = new Random(seed);
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      EventCodec codec = EventCodec.singleObject();
      for (ListEntry entry : world.lists()) {
        producer.send(
            new ProducerRecord<>(
                "lists",
                0,
                Stream.LISTS.keyOf(entry).getBytes(StandardCharsets.UTF_8),
                codec.encode(entry)));
      }
      producer.flush();
      awaitLists(world.lists().size());

      List<SpecificRecord> events = Disorder.of(world.events(), seed);
      AtomicInteger published = new AtomicInteger();
      // Between two starts there is enough left for the next kill to come in the middle of.
      AtomicInteger upTo = new AtomicInteger(events.size() / (kills + 1));
      CompletableFuture<Void> publishing =
          CompletableFuture.runAsync(
              () -> publish(producer, events, random.nextLong(), published, upTo));
      for (int kill = 1; kill <= kills; kill++) {
        int after = events.size() * kill / (kills + 1) - random.nextInt(EVENTS_BETWEEN_KILLS / 2);
        await().atMost(PATIENCE).until(() -> published.get() >= after);
        boolean duringCheckpoint = (kill % 2 == 1) != mode.equals("arrival");
        if (duringCheckpoint) {
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(1))
              .until(
                  () ->
                      checkpointUnderWay(
                          mode.equals("arrival") ? "checkpoints-monitor" : "checkpoints"));
        }
        System.out.println(
            "KillTest: kill "
                + kill
                + " after "
                + published
                + " events"
                + (duringCheckpoint ? ", during a checkpoint" : ""));
        kill();
        start(mode);
        upTo.set(events.size() * (kill + 1) / (kills + 1));
      }
      publishing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      producer.send(new ProducerRecord<>("logins", 0, null, codec.encode(Disorder.end())));
    }
  }

  /**
   * At most a few ahead of what Kafka took; while Kafka is down the producer tries again, in order.
   */
  private static void publish(
      KafkaProducer<byte[], byte[]> producer,
      List<SpecificRecord> events,
      long seed,
      AtomicInteger published,
      AtomicInteger upTo) {
    Random random = new Random(seed);
    EventCodec codec = EventCodec.singleObject();
    List<Exception> failures = new ArrayList<>();
    for (SpecificRecord event : events) {
      String topic = Stream.ofSchema(event.getSchema()).orElseThrow().topic();
      producer.send(
          new ProducerRecord<>(topic, random.nextInt(PARTITIONS), null, codec.encode(event)),
          (taken, failure) -> {
            if (failure != null) {
              failures.add(failure);
            }
          });
      if (published.incrementAndGet() % 20 == 0) {
        producer.flush();
      }
      do {
        // A shop does not send everything at once.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      } while (published.get() >= upTo.get() && published.get() < events.size());
    }
    producer.flush();
    assertThat(failures).isEmpty();
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers", kafka(),
            "delivery.timeout.ms", 300_000,
            "reconnect.backoff.max.ms", 200,
            "max.block.ms", 300_000),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private boolean checkpointUnderWay(String checkpoints) {
    try (java.util.stream.Stream<Path> runs = Files.list(data.resolve(checkpoints))) {
      for (Path run : runs.toList()) {
        try (java.util.stream.Stream<Path> parts = Files.list(run)) {
          for (Path part : parts.toList()) {
            if (part.getFileName().toString().startsWith("chk-")
                && !Files.exists(part.resolve(Checkpoint.METADATA))) {
              return true;
            }
          }
        }
      }
      return false;
    } catch (IOException | UncheckedIOException gone) {
      return false;
    }
  }

  private void awaitLists(long count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              URI page = URI.create("http://" + LoopbackPort.HOST + ":" + metricsPort + "/metrics");
              return Metrics.of(page).sum("list_entries") == count;
            });
  }

  private void start(String mode) throws Exception {
    metricsPort = LoopbackPort.free();
    up =
        UpProcess.start(
            folder.resolve("out-" + ++starts),
            List.of(
                "--data-dir",
                data.toString(),
                "--simulate",
                "none",
                "--mode",
                mode,
                // Nothing is too late, so that everything counts.
                "--late",
                "960h",
                "--bound",
                RandomWorld.MAX_DELAY_MS + "ms",
                "--rules",
                folder.resolve("rules-" + data.getFileName()).toString(),
                "--kafka-port",
                String.valueOf(kafkaPort),
                "--flink-port",
                String.valueOf(LoopbackPort.free()),
                "--metrics-port",
                String.valueOf(metricsPort),
                "--alerting-port",
                String.valueOf(LoopbackPort.free()),
                "--console-port",
                String.valueOf(LoopbackPort.free()),
                "--state-memory",
                "128",
                "--checkpoint-every",
                "2s"));
    up.awaitReady(PATIENCE);
  }

  private void kill() throws Exception {
    up.kill();
  }

  private String kafka() {
    return LoopbackPort.HOST + ":" + kafkaPort;
  }
}
