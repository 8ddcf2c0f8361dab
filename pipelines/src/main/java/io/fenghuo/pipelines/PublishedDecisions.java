package io.fenghuo.pipelines;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What had been said before a restart but after the checkpoint it resumes from.
 *
 * <p>In arrival mode the same events may be decided differently when they are read again, since topics then
 * interleave differently. What was published stands: the job adopts it, and only amends it by a revision.
 */
final class PublishedDecisions {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private PublishedDecisions() {}

  /**
   * The latest revision of each order decided since a moment.
   *
   * @param since wall clock, milliseconds
   * @param ours which orders matter here
   */
  static Map<String, Decision> since(long since, RiskSettings settings, Predicate<String> ours) {
    Properties properties = new Properties();
    properties.putAll(settings.kafkaProperties());
    properties.put("bootstrap.servers", settings.kafka());
    Map<String, Decision> latest = new HashMap<>();
    EventCodec wire = Intake.wire(settings);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Stream.DECISIONS.topic(), PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(partition -> times.put(partition, since));
      Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times, PATIENCE);
      for (TopicPartition partition : partitions) {
        OffsetAndTimestamp start = starts.get(partition);
        consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
      }
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(Duration.ofMillis(200))) {
          keepLatest(latest, wire, kafka.value(), ours);
        }
      }
    }
    return latest;
  }

  private static void keepLatest(
      Map<String, Decision> latest, EventCodec wire, byte[] value, Predicate<String> ours) {
    try {
      Decision decision = wire.decode(value, Decision.class);
      if (ours.test(decision.getOrderId())) {
        latest.merge(
            decision.getOrderId(),
            decision,
            (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
      }
    } catch (UndecodableException foreign) {
      // Somebody else's record in our topic says nothing about our decisions.
    }
  }
}
