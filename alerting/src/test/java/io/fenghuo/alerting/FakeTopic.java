package io.fenghuo.alerting;

import static org.awaitility.Awaitility.await;

import io.fenghuo.alerting.inbox.KafkaInbox;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The topic of alerts, read by the real inbox with the client library's consumer without a broker.
 */
final class FakeTopic implements AutoCloseable {

  private static final TopicPartition ALERTS = new TopicPartition("alerts", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final Story story;
  private final KafkaInbox inbox;
  private long published;

  FakeTopic(Story story) {
    this.story = story;
    consumer.updateBeginningOffsets(Map.of(ALERTS, 0L));
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(ALERTS)));
    inbox =
        new KafkaInbox(
            consumer,
            story.database,
            story.alerting().inbox(),
            story.alerting().routing(),
            story.clock);
    inbox.start();
    await().until(() -> !consumer.assignment().isEmpty());
  }

  /** Publishes, and does not wait for anybody to read it. */
  FakeTopic add(Alert alert) {
    byte[] value = EventCodec.singleObject().encode(alert);
    consumer.addRecord(new ConsumerRecord<>("alerts", 0, published++, new byte[0], value));
    return this;
  }

  /** Publishes, waits until it is in the database, and lets the path do what is due. */
  FakeTopic publish(Alert alert) {
    add(alert).awaitRead();
    story.alerting().settle();
    return this;
  }

  void awaitRead() {
    await()
        .until(
            () ->
                story.count("select coalesce(max(next_offset), 0) from kafka_offset") == published);
  }

  @Override
  public void close() {
    inbox.close();
  }
}
