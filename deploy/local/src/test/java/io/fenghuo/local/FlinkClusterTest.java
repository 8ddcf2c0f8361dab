package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String WORDS = "words";
  private static final String COUNTS = "counts";

  @TempDir Path folder;

  private final List<String> notices = new ArrayList<>();
  private EmbeddedKafka kafka;

  @BeforeEach
  void startKafka() {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), LoopbackPort.free());
    kafka.createTopics(List.of(Topics.events(WORDS), Topics.events(COUNTS)));
  }

  @AfterEach
  void stopKafka() {
    kafka.close();
  }

  @Test
  void countsGoOnAfterAStopAndASecondStart() throws Exception {
    try (FlinkCluster flink = start(slowCheckpoints())) {
      assertThat(notices).containsExactly("no checkpoint: beginning with empty state");
      say("a", "a", "b");
      awaitCounts(Map.of("a", 2L, "b", 1L));
      // The interval is an hour: only the checkpoint taken by close() can carry the counts over.
      assertThat(checkpoints()).isEmpty();
    }
    assertThat(checkpoints()).hasSize(1);

    try (FlinkCluster flink = start(slowCheckpoints())) {
      assertThat(notices).last().asString().startsWith("going on from checkpoint");
      say("a", "c");
      awaitCounts(Map.of("a", 3L, "b", 1L, "c", 1L));
    }
  }

  @Test
  void aKilledJobGoesOnFromItsLastCheckpoint() throws Exception {
    FlinkCluster flink = start(slowCheckpoints());
    say("a", "a");
    awaitCounts(Map.of("a", 2L));
    assertThat(flink.checkpoint()).isPresent();
    say("a");
    awaitCounts(Map.of("a", 3L));
    flink.closeAbruptly();

    try (FlinkCluster second = start(slowCheckpoints())) {
      say("a");
      awaitCounts(Map.of("a", 4L));
    }
  }

  @Test
  void aDamagedCheckpointIsNamedAndTheOneBeforeIsUsed() throws Exception {
    try (FlinkCluster flink = start(slowCheckpoints())) {
      say("a");
      awaitCounts(Map.of("a", 1L));
      assertThat(flink.checkpoint()).isPresent();
      say("a");
      awaitCounts(Map.of("a", 2L));
    }
    List<Checkpoint> newestFirst = checkpoints();
    assertThat(newestFirst).hasSize(2);
    Path metadata = newestFirst.get(0).folder().resolve(Checkpoint.METADATA);
    byte[] bytes = Files.readAllBytes(metadata);
    Files.write(metadata, Arrays.copyOf(bytes, bytes.length / 2));

    try (FlinkCluster flink = start(slowCheckpoints())) {
      assertThat(notices)
          .anyMatch(notice -> notice.contains(newestFirst.get(0).folder() + " cannot be read"));
      assertThat(notices).last().asString().endsWith(newestFirst.get(1).folder().toString());
      // The second "a" is read again from where the older checkpoint stood.
      say("a");
      awaitCounts(Map.of("a", 3L));
    }
  }

  @Test
  void aJobIsExchangedForAnotherFromWhereItStoodAndOneThatDoesNotRunForTheFormer()
      throws Exception {
    try (FlinkCluster flink = start(slowCheckpoints())) {
      say("a", "a");
      awaitCounts(Map.of("a", 2L));
      flink.exchange("count words", env -> countWords(env, 10), this::countWords, notices::add);
      say("a");
      awaitCounts(Map.of("a", 12L));

      assertThatThrownBy(
              () ->
                  flink.exchange(
                      "count words",
                      env -> countWords(env, -1),
                      env -> countWords(env, 10),
                      notices::add))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("no steps backwards");
      await().atMost(PATIENCE).until(flink::isRunning);
      say("a");
      awaitCounts(Map.of("a", 22L));
      flink.closeAbruptly();
    }
    // A kill before the first checkpoint of the new run goes on from the savepoint.
    try (FlinkCluster flink = start(slowCheckpoints(), env -> countWords(env, 10))) {
      assertThat(notices).last().asString().contains("/stopped/savepoint-");
      say("a");
      awaitCounts(Map.of("a", 32L));
    }
  }

  @Test
  void manyStartsLeaveNoMoreThanTheRetainedCheckpoints() throws Exception {
    for (long run = 1; run <= 5; run++) {
      try (FlinkCluster flink = start(slowCheckpoints())) {
        say("a");
        awaitCounts(Map.of("a", run));
        assertThat(flink.checkpoint()).isPresent();
      }
    }
    CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("checkpoints"));
    checkpoints.deleteUnused();
    assertThat(checkpoints.newestFirst())
        .hasSize(CheckpointFolder.RETAINED)
        .allSatisfy(checkpoint -> assertThat(checkpoint.files()).isNotEmpty());
  }

  @Test
  void servesThePageAndMetricsOnLoopbackOnly() throws Exception {
    try (FlinkCluster flink = start(slowCheckpoints())) {
      assertThat(get(flink.webPage()).body()).contains("Apache Flink");
      assertThat(get(flink.webPage().resolve("/config")).body())
          .contains("\"web-submit\":false", "\"web-cancel\":false");
      assertThat(get(flink.metricsPage()).body()).contains("flink_jobmanager_numRunningJobs");
    }
  }

  @Test
  void aTakenPortIsNamedTogetherWithTheWayOut() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName(LoopbackPort.HOST))) {
      FlinkSettings settings =
          FlinkSettings.of(folder, folder, other.getLocalPort(), LoopbackPort.free());
      assertThatThrownBy(() -> FlinkCluster.start(settings))
          .isInstanceOfSatisfying(
              CommandFailure.class,
              failure -> assertThat(failure.nextStep()).contains("--flink-port"));
    }
  }

  private FlinkSettings slowCheckpoints() {
    return FlinkSettings.of(
            folder.resolve("checkpoints"),
            folder.resolve("scratch"),
            LoopbackPort.free(),
            LoopbackPort.free())
        .withManagedMemoryMegabytes(64)
        .withCheckpointInterval(Duration.ofHours(1));
  }

  private FlinkCluster start(FlinkSettings settings) {
    return start(settings, this::countWords);
  }

  private FlinkCluster start(FlinkSettings settings, Job job) {
    FlinkCluster flink = FlinkCluster.start(settings);
    flink.run("count words", job, notices::add);
    await().atMost(PATIENCE).until(flink::isRunning);
    await().atMost(PATIENCE).until(() -> flink.isReading("count words", Set.of(WORDS)));
    return flink;
  }

  private List<Checkpoint> checkpoints() throws Exception {
    return new CheckpointFolder(folder.resolve("checkpoints")).newestFirst();
  }

  private void countWords(StreamExecutionEnvironment env) {
    countWords(env, 1);
  }

  private void countWords(StreamExecutionEnvironment env, long step) {
    KafkaSource<String> words =
        KafkaSource.<String>builder()
            .setBootstrapServers(kafka.bootstrapServers())
            .setTopics(WORDS)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new SimpleStringSchema())
            .build();
    KafkaSink<String> counts =
        KafkaSink.<String>builder()
            .setBootstrapServers(kafka.bootstrapServers())
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(
                KafkaRecordSerializationSchema.builder()
                    .setTopic(COUNTS)
                    .setValueSerializationSchema(new SimpleStringSchema())
                    .build())
            .build();
    env.fromSource(words, WatermarkStrategy.noWatermarks(), "words")
        .uid("words")
        .keyBy(word -> word, Types.STRING)
        .process(new Count(step))
        .uid("count")
        .returns(Types.STRING)
        .sinkTo(counts)
        .uid("counts");
  }

  /** Emits word=number for every word, the number kept in RocksDB and raised by a step. */
  private static final class Count extends KeyedProcessFunction<String, String, String> {

    private static final long serialVersionUID = 1L;

    private final long step;
    private transient ValueState<Long> count;

    Count(long step) {
      this.step = step;
    }

    @Override
    public void open(OpenContext context) {
      if (step < 0) {
        throw new IllegalStateException("no steps backwards");
      }
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public void processElement(String word, Context context, Collector<String> out)
        throws Exception {
      long before = count.value() == null ? 0 : count.value();
      count.update(before + step);
      out.collect(word + "=" + (before + step));
    }
  }

  private void say(String... words) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (String word : words) {
        producer
            .send(new ProducerRecord<>(WORDS, word, word))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  /** Waits until the last count of every word is as expected. */
  private void awaitCounts(Map<String, Long> expected) {
    Map<String, Long> last = new HashMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(COUNTS).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                for (ConsumerRecord<String, String> record :
                    consumer.poll(Duration.ofMillis(100))) {
                  String[] parts = record.value().split("=");
                  last.merge(parts[0], Long.valueOf(parts[1]), Math::max);
                }
                return last.equals(expected);
              });
    }
  }

  private static HttpResponse<String> get(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }
}
