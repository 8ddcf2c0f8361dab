package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.pipelines.RiskJob;
import io.fenghuo.pipelines.RiskSettings;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.TrafficEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The risk job on a real Kafka and a real Flink. */
class RiskJobOnKafkaTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Replay with {@code -Dfenghuo.seed=N}. */
  private static final long SEED = Long.getLong("fenghuo.seed", 5);

  private static final EventCodec CODEC = EventCodec.singleObject();

  @TempDir Path folder;

  private final Queue<Exception> refused = new ConcurrentLinkedQueue<>();
  private EmbeddedKafka kafka;
  private KafkaProducer<byte[], byte[]> producer;
  private FlinkCluster flink;

  @BeforeEach
  void startKafka() {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), LoopbackPort.free());
    List<NewTopic> topics = new ArrayList<>();
    for (NewTopic topic : Topics.all()) {
      Map<String, String> configs = new HashMap<>(topic.configs());
      configs.put("max.message.bytes", String.valueOf(32 << 20));
      topics.add(topic.configs(configs));
    }
    kafka.createTopics(topics);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 32 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close(Duration.ZERO);
    if (flink != null) {
      flink.close();
    }
    kafka.close();
  }

  @Test
  void badInputOfEveryKindIsDeadLetteredAndTheSumIsRight() throws Exception {
    start(shipped(), 2);
    Random random = new Random(SEED);
    int good = 200;
    int admitted = 0;
    List<byte[]> bad = new ArrayList<>();
    for (int i = 0; i < good; i++) {
      send(Stream.ORDERS, i % 3, order("o" + i).build());
      admitted++;
      if (i % 10 == 0) {
        // The same event again, and the same order created again.
        send(Stream.ORDERS, i % 3, order("o" + i).build());
        send(Stream.ORDERS, (i + 1) % 3, order("o" + i).setEventId("again" + i).build());
        admitted += 2;
      }
      if (i % 5 == 0) {
        bad.add(badOrder(random, i));
        send(Stream.ORDERS.topic(), random.nextInt(3), null, bad.get(bad.size() - 1));
      }
    }
    for (OrderEvent.Builder anonymous :
        List.of(order("x1").setUserId(null), order("x2").setUserId(null).setDeviceId(null))) {
      send(Stream.ORDERS, 0, anonymous.build());
      admitted++;
      good++;
    }
    flush();

    int orders = good;
    await()
        .atMost(PATIENCE)
        .until(() -> decided().size() >= orders && said().dead().size() >= bad.size());
    Said said = said();
    assertThat(said.dead()).as("seed %s", SEED).hasSameSizeAs(bad);
    Map<String, List<byte[]>> sent =
        bad.stream()
            .collect(
                Collectors.groupingBy(bytes -> Arrays.hashCode(start(bytes)) + "/" + bytes.length));
    for (DeadLetter dead : said.dead()) {
      byte[] bytes = new byte[dead.getValue().remaining()];
      dead.getValue().duplicate().get(bytes);
      assertThat(sent).containsKey(Arrays.hashCode(bytes) + "/" + dead.getValueLength());
      assertThat(dead.getTopic()).isEqualTo("orders");
      assertThat(dead.getPartition()).isBetween(0, 2);
      assertThat(dead.getReason()).isNotBlank();
    }
    assertThat(said.dead().stream().map(d -> d.getPartition() + "@" + d.getOffset()).distinct())
        .hasSize(bad.size());
    assertThat(metric("type_events")).isEqualTo(admitted);
    assertThat(metric("reason_dead_letters")).isEqualTo(bad.size());
    assertThat(said.decisions().stream().filter(d -> d.getRevision() == 0)).hasSize(orders);
    assertThat(flink.lastFailure()).isEmpty();
  }

  private static byte[] start(byte[] bytes) {
    return bytes.length <= 65_536 ? bytes : Arrays.copyOf(bytes, 65_536);
  }

  private static byte[] badOrder(Random random, int number) {
    byte[] good = CODEC.encode(order("bad" + number).build());
    long now = System.currentTimeMillis();
    return switch (number / 5 % 12) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(2_000)];
        random.nextBytes(noise);
        yield noise;
      }
      case 1 -> {
        Arrays.fill(good, 2, 10, (byte) random.nextInt());
        yield good;
      }
      case 2 -> Arrays.copyOf(good, 10 + random.nextInt(good.length - 11));
      case 3 -> Arrays.copyOf(good, 10 << 20);
      case 4 -> CODEC.encode(order("").build());
      case 5 -> CODEC.encode(order("neg" + number).setAmount(-5).build());
      case 6 -> CODEC.encode(order("much" + number).setAmount(Long.MAX_VALUE).build());
      case 7 -> CODEC.encode(order("sec" + number).setEventTime(now / 1_000).build());
      case 8 -> CODEC.encode(order("1970" + number).setEventTime(number).build());
      case 9 -> CODEC.encode(order("2100" + number).setEventTime(4_102_444_800_000L).build());
      case 10 -> CODEC.encode(order("long" + number).setUserId("u".repeat(40_000)).build());
      default -> "{\"orderId\": \"json\"}".getBytes(StandardCharsets.UTF_8);
    };
  }

  @Test
  void anEntryOnTheDenyListBlocksUntilItIsTakenOff() throws Exception {
    start(shipped(), 2);
    awaitDecision("o1", Outcome.PASS);
    list(false);
    await().atMost(PATIENCE).until(() -> metric("list_entries") == 1);
    awaitDecision("o2", Outcome.BLOCK);
    list(true);
    await().atMost(PATIENCE).until(() -> metric("list_entries") == 2);
    awaitDecision("o3", Outcome.PASS);
  }

  private void list(boolean removed) {
    ListEntry entry =
        ListEntry.newBuilder()
            .setList(ListKind.DENY)
            .setEntity("user")
            .setValue("u")
            .setReason("chargeback")
            .setRemoved(removed)
            .build();
    send(Stream.LISTS, 0, entry);
    flush();
  }

  private void awaitDecision(String order, Outcome outcome) throws Exception {
    send(Stream.ORDERS, 0, order(order).build());
    flush();
    await().atMost(PATIENCE).until(() -> decided().containsKey(order));
    assertThat(decided()).containsEntry(order, outcome);
  }

  @Test
  void aSilentPartitionAndAnIdleTopicHoldNoDecisionBack() throws Exception {
    RandomWorld world = new RandomWorld(SEED);
    List<SpecificRecord> events =
        Disorder.of(world.events(), SEED).stream()
            .filter(event -> !(event instanceof TrafficEvent))
            .toList();
    var expected = new ReferenceEvaluator(world.files()).evaluate(events, world.lists());
    start(eventTime(world).idle(Duration.ofSeconds(3)), 2);
    sendLists(world);
    // Quarantined, so it does not move time, and its partition is as silent as the others like it.
    send(Stream.ORDERS, 3, order("2100").setEventTime(4_102_444_800_000L).build());
    send(events, 3, new Random(SEED));
    sendEnd();

    await().atMost(PATIENCE).untilAsserted(() -> said().assertAgreesWith("seed " + SEED, expected));
    assertThat(said().dead()).extracting(DeadLetter::getReason).containsExactly("future");
  }

  @Test
  void movedFromTwoSubtasksToFourAndToOneInTheMiddleItSaysWhatTheReferenceSays() throws Exception {
    RandomWorld world = new RandomWorld(SEED, 600);
    List<SpecificRecord> events = Disorder.of(world.events(), SEED);
    var expected = new ReferenceEvaluator(world.files()).evaluate(events, world.lists());
    Random random = new Random(SEED);
    int[] parallelism = {2, 4, 1};
    for (int part = 0; part < 3; part++) {
      int from = events.size() * part / 3;
      int to = events.size() * (part + 1) / 3;
      if (part > 0) {
        // While nobody reads, so that no silence lets time run on.
        send(events.subList(from, to), 4, random);
      }
      start(eventTime(world).idle(Duration.ofSeconds(8)), parallelism[part]);
      if (part == 0) {
        sendLists(world);
        send(events.subList(from, to), 4, random);
      }
      await().atMost(PATIENCE).untilAsserted(this::assertAllRead);
      if (part < 2) {
        flink.close();
      }
    }
    sendEnd();
    await().atMost(PATIENCE).untilAsserted(() -> said().assertAgreesWith("seed " + SEED, expected));
  }

  private RiskSettings shipped() {
    return new RiskSettings(kafka.bootstrapServers(), RulePacks.shipped());
  }

  private RiskSettings eventTime(RandomWorld world) {
    return new RiskSettings(kafka.bootstrapServers(), world.files())
        .mode(RiskSettings.Mode.EVENT_TIME)
        .bound(Duration.ofMillis(RandomWorld.MAX_DELAY_MS));
  }

  private void start(RiskSettings settings, int parallelism) {
    flink =
        FlinkCluster.start(
            FlinkSettings.of(
                    folder.resolve("checkpoints"),
                    folder.resolve("scratch"),
                    LoopbackPort.free(),
                    LoopbackPort.free())
                .withParallelism(parallelism)
                .withManagedMemoryMegabytes(128)
                .withCheckpointInterval(Duration.ofSeconds(2)));
    flink.run("risk", env -> RiskJob.build(env, settings), notice -> {});
    await().atMost(PATIENCE).until(flink::isRunning);
    await().atMost(PATIENCE).until(() -> flink.isReading("risk", Set.of("orders", "lists")));
  }

  private void sendLists(RandomWorld world) throws Exception {
    // In one partition, since a later entry may take back an earlier one.
    world.lists().forEach(entry -> send(Stream.LISTS, 0, entry));
    flush();
    await().atMost(PATIENCE).until(() -> metric("list_entries") == world.lists().size());
  }

  /** Concerns nobody, but comes after every deadline. */
  private void sendEnd() {
    send(Stream.LOGINS, 0, Disorder.end());
    flush();
  }

  private void send(List<SpecificRecord> events, int partitions, Random random) {
    for (SpecificRecord event : events) {
      Stream stream = Stream.ofSchema(event.getSchema()).orElseThrow();
      send(stream, random.nextInt(partitions), event);
    }
    flush();
  }

  private void send(Stream stream, int partition, SpecificRecord event) {
    String key = stream.keyOf(event);
    send(stream.topic(), partition, key, CODEC.encode(event));
  }

  private void send(String topic, int partition, String key, byte[] value) {
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    producer.send(
        new ProducerRecord<>(topic, partition, keyBytes, value),
        (taken, failure) -> {
          if (failure != null) {
            refused.add(failure);
          }
        });
  }

  private void flush() {
    producer.flush();
    assertThat(refused).isEmpty();
  }

  /** A checkpoint holds everything there is to read. */
  private void assertAllRead() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      Map<TopicPartition, Long> committed = new HashMap<>();
      admin
          .listConsumerGroupOffsets("fenghuo-risk")
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> committed.put(partition, offset.offset()));
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (String topic : List.of("orders", "payments", "logins", "traffic", "lists")) {
        for (int partition = 0; partition < Topics.PARTITIONS; partition++) {
          latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
      }
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin.listOffsets(latest).all().get().forEach((at, end) -> ends.put(at, end.offset()));
      // Nothing is committed of a partition with nothing in it.
      ends.values().removeIf(end -> end == 0);
      assertThat(committed).isEqualTo(ends);
    }
  }

  private Said said() throws Exception {
    return Said.on(kafka.bootstrapServers());
  }

  private Map<String, Outcome> decided() throws Exception {
    Map<String, Outcome> outcomes = new HashMap<>();
    for (Decision decision :
        Said.read(kafka.bootstrapServers(), Stream.DECISIONS, Decision.class)) {
      outcomes.put(decision.getOrderId(), decision.getOutcome());
    }
    return outcomes;
  }

  private long metric(String name) throws Exception {
    return Metrics.of(flink.metricsPage()).sum(name);
  }

  private static OrderEvent.Builder order(String id) {
    return OrderEvent.newBuilder()
        .setEventId("created-" + id)
        .setEventTime(System.currentTimeMillis())
        .setOrderId(id)
        .setType(OrderType.CREATED)
        .setUserId("u")
        .setDeviceId("d-" + id)
        .setAmount(100);
  }
}
