package io.fenghuo.pipelines;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What had been said before a restart but after the checkpoint it resumes from.
 *
 * <p>In arrival mode the same events may be decided differently when they are read again, since
 * topics then interleave differently. What was published stands: the job adopts it, and only amends
 * it by a revision.
 */
final class PublishedDecisions {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Kafka's clock and ours may differ, and records may have been under way. */
  private static final long MARGIN_MS = 60_000;

  /** Our own clock may have been set back a little. */
  private static final long OWN_MARGIN_MS = 5_000;

  private final RiskSettings settings;
  private final EventCodec wire;

  /** Encoded: there may be many, and few are looked at. */
  private final Map<String, byte[]> latest = new HashMap<>();

  private final Map<String, Integer> revisions = new HashMap<>();

  private PublishedDecisions(RiskSettings settings) {
    this.settings = settings;
    this.wire = Intake.wire(settings);
  }

  /** How to find out what was said. */
  interface Lookup extends Serializable {
    /**
     * @param checkpoint see {@link #since}; empty when there is none to resume from
     */
    PublishedDecisions find(OptionalLong checkpoint, RiskSettings settings, Predicate<String> ours);
  }

  static PublishedDecisions none(RiskSettings settings) {
    return new PublishedDecisions(settings);
  }

  /** See {@link Lookup}. */
  static PublishedDecisions inKafka(
      OptionalLong checkpoint, RiskSettings settings, Predicate<String> ours) {
    return checkpoint.isPresent()
        ? since(checkpoint.getAsLong(), settings, ours)
        : onUnread(RiskJob.TOPICS, settings, ours);
  }

  /**
   * The latest revision of each order decided since a checkpoint.
   *
   * @param checkpoint the earliest moment at which one of the deciding subtasks took part in it;
   *     wall clock, milliseconds
   * @param ours which orders matter here
   */
  private static PublishedDecisions since(
      long checkpoint, RiskSettings settings, Predicate<String> ours) {
    PublishedDecisions published = new PublishedDecisions(settings);
    try (KafkaConsumer<byte[], byte[]> consumer = published.consumer()) {
      published.read(consumer, checkpoint - MARGIN_MS, checkpoint - OWN_MARGIN_MS, ours);
    }
    return published;
  }

  /**
   * The latest revision of each order that may have been decided by events that will be read again
   * although there is no checkpoint to resume from: a job may be killed before its first one.
   *
   * @param ours which orders matter here
   */
  private static PublishedDecisions onUnread(
      Collection<String> topics, RiskSettings settings, Predicate<String> ours) {
    PublishedDecisions published = new PublishedDecisions(settings);
    try (KafkaConsumer<byte[], byte[]> consumer = published.consumer()) {
      OptionalLong oldest = oldestUnread(consumer, topics);
      if (oldest.isPresent()) {
        long since = Math.max(0, oldest.getAsLong() - MARGIN_MS);
        published.read(consumer, since, since, ours);
      }
    }
    return published;
  }

  /** Takes out what was said last about this order, if anything. */
  Optional<Decision> take(String order) {
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    revisions.remove(order);
    byte[] said = latest.remove(order);
    try {
      return said == null ? Optional.empty() : Optional.of(wire.decode(said, Decision.class));
    } catch (UndecodableException impossible) {
      throw new IllegalStateException("a decision that was decoded before", impossible);
    }
  }

  int size() {
    return latest.size();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties properties = new Properties();
    properties.putAll(settings.kafkaProperties());
    properties.put("bootstrap.servers", settings.kafka());
    properties.put("group.id", settings.group());
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic, PATIENCE).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /** Kafka's time of the oldest record that will be read, of the oldest of each partition. */
  private static OptionalLong oldestUnread(
      KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
    Set<TopicPartition> unread = new HashSet<>();
    topics.forEach(topic -> unread.addAll(partitions(consumer, topic)));
    Map<TopicPartition, Long> ends = consumer.endOffsets(unread, PATIENCE);
    Map<TopicPartition, Long> starts = new HashMap<>(consumer.beginningOffsets(unread, PATIENCE));
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(unread, PATIENCE);
    committed.forEach(
        (partition, offset) -> {
          if (offset != null) {
            starts.merge(partition, offset.offset(), Math::max);
          }
        });
    unread.removeIf(partition -> starts.get(partition) >= ends.get(partition));
    consumer.assign(unread);
    unread.forEach(partition -> consumer.seek(partition, starts.get(partition)));
    OptionalLong oldest = OptionalLong.empty();
    while (!unread.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(Duration.ofMillis(200))) {
        oldest = OptionalLong.of(Math.min(oldest.orElse(Long.MAX_VALUE), kafka.timestamp()));
      }
      // One record of each is enough; the transaction markers and gaps of compaction count as read.
      unread.removeIf(partition -> consumer.position(partition) > starts.get(partition));
      consumer.pause(
          consumer.assignment().stream().filter(partition -> !unread.contains(partition)).toList());
    }
    return oldest;
  }

  private void read(
      KafkaConsumer<byte[], byte[]> consumer,
      long publishedSince,
      long decidedSince,
      Predicate<String> ours) {
    List<TopicPartition> partitions = partitions(consumer, Stream.DECISIONS.topic());
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, publishedSince));
    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times, PATIENCE);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp start = starts.get(partition);
      consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
    }
    while (partitions.stream()
        .anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(Duration.ofMillis(200))) {
        keepLatest(kafka.value(), decidedSince, ours);
      }
    }
  }

  private void keepLatest(byte[] value, long decidedSince, Predicate<String> ours) {
    try {
      Decision decision = wire.decode(value, Decision.class);
      String order = decision.getOrderId();
      if (decision.getDecisionTime() >= decidedSince
          && ours.test(order)
          && decision.getRevision() >= revisions.getOrDefault(order, 0)) {
        revisions.put(order, decision.getRevision());
        latest.put(order, value);
      }
    } catch (UndecodableException foreign) {
      // Somebody else's record in our topic says nothing about our decisions.
    }
  }
}
