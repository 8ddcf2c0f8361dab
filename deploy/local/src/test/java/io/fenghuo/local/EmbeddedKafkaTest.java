package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void keepsClusterAndRecordsAcrossARestart() throws Exception {
    String clusterId;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, LoopbackPort.free())) {
      kafka.createTopics(List.of(Topics.events("orders"), Topics.compacted("lists")));
      clusterId = clusterId(kafka);
      produce(kafka, "orders", "a", "b");
      assertThat(consume(kafka, "orders", 2)).containsExactlyInAnyOrder("a", "b");
    }

    // Another port, as --kafka-port may say; the data is what makes it the same cluster.
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, LoopbackPort.free())) {
      kafka.createTopics(List.of(Topics.events("orders"), Topics.compacted("lists")));
      assertThat(clusterId(kafka)).isEqualTo(clusterId);
      produce(kafka, "orders", "c");
      assertThat(consume(kafka, "orders", 3)).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  /** A broker does not know a topic in the same moment as its controller does. */
  @Test
  void topicsAreThereAsSoonAsTheyWereMade() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, LoopbackPort.free())) {
      for (int i = 0; i < 8; i++) {
        kafka.createTopics(List.of(Topics.events("orders-" + i), Topics.compacted("lists-" + i)));
      }
      produce(kafka, "orders-7", "a");
      assertThat(consume(kafka, "orders-7", 1)).containsExactly("a");
    }
  }

  @Test
  void aTakenPortIsNamedTogetherWithTheWayOut() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName(LoopbackPort.HOST))) {
      int port = other.getLocalPort();
      assertThatThrownBy(() -> EmbeddedKafka.start(folder, port))
          .isInstanceOfSatisfying(
              CommandFailure.class,
              failure -> {
                assertThat(failure)
                    .hasMessageContaining("127.0.0.1:" + port + ": the port is taken");
                assertThat(failure.nextStep()).contains("--kafka-port");
              });
    }
  }

  private static String clusterId(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin.describeCluster().clusterId().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void produce(EmbeddedKafka kafka, String topic, String... values)
      throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (String value : values) {
        producer
            .send(new ProducerRecord<>(topic, value, value))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private static List<String> consume(EmbeddedKafka kafka, String topic, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "reader-" + count,
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (values.size() < count && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }
}
