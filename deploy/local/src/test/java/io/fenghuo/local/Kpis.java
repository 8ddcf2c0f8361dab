package io.fenghuo.local;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What a consumer of kpis holds that upserts as the schema says: by name, dimensions and window; a
 * later {@code since} wins, then the greater revision.
 */
final class Kpis implements AutoCloseable {

  private record Key(String name, Map<String, String> dimensions, Window window, long from) {}

  private final EventCodec codec = EventCodec.singleObject();
  private final Map<Key, KpiPoint> held = new HashMap<>();
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;

  Kpis(KafkaAddress kafka) {
    consumer = kafka.consumer();
    partitions = kafka.partitions(Stream.KPIS.topic());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads up to where the topic ends now. */
  Kpis read() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        try {
          take(codec.decode(record.value(), KpiPoint.class));
        } catch (UndecodableException e) {
          throw new AssertionError(e);
        }
      }
    }
    return this;
  }

  private void take(KpiPoint point) {
    Key key =
        new Key(
            point.getName(), Map.copyOf(point.getDimensions()), point.getWindow(), point.getFrom());
    KpiPoint known = held.get(key);
    if (known == null || !counts(known, point)) {
      held.put(key, point);
    }
  }

  /** Whether what is known counts rather than what came after it. */
  private static boolean counts(KpiPoint known, KpiPoint later) {
    long before = known.getSince() == null ? Long.MIN_VALUE : known.getSince();
    long after = later.getSince() == null ? Long.MIN_VALUE : later.getSince();
    return before > after || before == after && known.getRevision() > later.getRevision();
  }

  /** The whole shop's value of the day that begins then, or 0. */
  double ofDay(String name, long day) {
    KpiPoint point = held.get(new Key(name, Map.of(), Window.DAY, day));
    return point == null ? 0 : point.getValue();
  }

  /** The whole shop's minutes from then on, by when they begin. */
  Map<Long, Double> minutes(String name, long since) {
    Map<Long, Double> minutes = new TreeMap<>();
    held.forEach(
        (key, point) -> {
          if (key.name().equals(name)
              && key.dimensions().isEmpty()
              && key.window() == Window.MINUTE
              && key.from() >= since) {
            minutes.put(key.from(), point.getValue());
          }
        });
    return minutes;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
