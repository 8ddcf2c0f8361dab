package io.fenghuo.console.health;

import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads offsets once a second, which costs Kafka next to nothing. */
public final class KafkaPulse implements Pulse, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaPulse.class);

  private static final List<Stream> SHOP =
      List.of(Stream.ORDERS, Stream.PAYMENTS, Stream.LOGINS, Stream.TRAFFIC, Stream.RESOURCES);

  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final int SECONDS = 5;

  private record Reading(long nanos, long written) {}

  private final Admin admin;
  private final List<String> groups;
  private final ScheduledExecutorService seconds =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "console-pulse");
            thread.setDaemon(true);
            return thread;
          });
  private final Deque<Reading> readings = new ArrayDeque<>();
  private final List<TopicPartition> partitions = new ArrayList<>();
  private Map<String, Long> lag = Map.of();
  private int turn;

  /**
   * @param groups of the jobs, which confirm what they have read at their checkpoints
   */
  public KafkaPulse(Admin admin, List<String> groups) {
    this.admin = admin;
    this.groups = List.copyOf(groups);
  }

  public void start() {
    seconds.scheduleAtFixedRate(this::read, 0, 1, TimeUnit.SECONDS);
  }

  private void read() {
    try {
      if (partitions.isEmpty()) {
        find();
      }
      Map<TopicPartition, Long> ends = ends(partitions);
      long written = ends.values().stream().mapToLong(Long::longValue).sum();
      synchronized (this) {
        readings.addLast(new Reading(System.nanoTime(), written));
        if (readings.size() > SECONDS + 1) {
          readings.removeFirst();
        }
      }
      if (turn++ % SECONDS == 0) {
        Map<String, Long> behind = behind(ends);
        synchronized (this) {
          lag = behind;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.debug("Kafka does not tell its offsets: {}", e.toString());
      synchronized (this) {
        readings.clear();
        lag = Map.of();
      }
    }
  }

  private void find() throws InterruptedException, ExecutionException, TimeoutException {
    admin
        .describeTopics(SHOP.stream().map(Stream::topic).toList())
        .allTopicNames()
        .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(each -> partitions.add(new TopicPartition(topic, each.partition()))));
  }

  private Map<TopicPartition, Long> ends(List<TopicPartition> of)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    of.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(asked)
        .all()
        .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .forEach((partition, found) -> ends.put(partition, found.offset()));
    return ends;
  }

  /** Of each topic the job that is furthest behind. */
  private Map<String, Long> behind(Map<TopicPartition, Long> ends)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, Long> worst = new TreeMap<>();
    for (String group : groups) {
      Map<String, Long> ofGroup = new HashMap<>();
      Map<TopicPartition, OffsetAndMetadata> read =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      read.forEach(
          (partition, offset) -> {
            if (offset != null && ends.containsKey(partition)) {
              ofGroup.merge(
                  partition.topic(), Math.max(0, ends.get(partition) - offset.offset()), Long::sum);
            }
          });
      ofGroup.forEach((topic, records) -> worst.merge(topic, records, Math::max));
    }
    return worst;
  }

  @Override
  public synchronized double eventsPerSecond() {
    if (readings.size() < 2) {
      return Double.NaN;
    }
    Reading first = readings.getFirst();
    Reading last = readings.getLast();
    return (last.written() - first.written()) * 1e9 / (last.nanos() - first.nanos());
  }

  @Override
  public synchronized Map<String, Long> lag() {
    return lag;
  }

  @Override
  public void close() {
    seconds.shutdownNow();
    admin.close(LIMIT);
  }
}
