package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveFiguresTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long MIDNIGHT = 1_800_000_000_000L;

  @TempDir Path folder;

  @Test
  void todayIsWhatWasToldSinceTheStartAlsoBeforeSomebodyLooked() throws Exception {
    int port = LoopbackPort.free();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
      kafka.createTopics(Topics.all());
      long former = tell(kafka, "visitors", 3);
      await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > former);
      long since = System.currentTimeMillis();
      tell(kafka, "orders", 58);
      try (LiveFigures figures =
          LiveFigures.start(
              new KafkaAddress(LoopbackPort.HOST, port), List.of(Stream.ORDERS), since)) {
        await().atMost(PATIENCE).until(() -> !figures.next().today().isEmpty());
        tell(kafka, "buyers", 20);
        await().atMost(PATIENCE).until(() -> figures.next().today().containsKey("buyers"));
        assertThat(figures.next().today()).isEqualTo(Map.of("orders", 58.0, "buyers", 20.0));
      }
    }
  }

  /** When the broker says it was told: its own clock, milliseconds. */
  private static long tell(EmbeddedKafka kafka, String name, double value) throws Exception {
    KpiPoint point =
        KpiPoint.newBuilder()
            .setName(name)
            .setWindow(Window.DAY)
            .setFrom(MIDNIGHT)
            .setTo(MIDNIGHT + 24 * 3_600_000)
            .setValue(value)
            .setNumerator(value)
            .setDenominator(1)
            .setUnit("")
            .setRevision(1)
            .build();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      return producer
          .send(
              new ProducerRecord<>(
                  Stream.KPIS.topic(),
                  Stream.KPIS.keyOf(point),
                  EventCodec.singleObject().encode(point)))
          .get()
          .timestamp();
    }
  }
}
