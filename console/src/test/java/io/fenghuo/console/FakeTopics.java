package io.fenghuo.console;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * All topics with one partition each, on the client library's own consumer without a broker: what
 * is written reaches every consumer that was made, at its next poll.
 */
final class FakeTopics {

  private final Map<String, List<byte[]>> topics = new LinkedHashMap<>();
  private final List<Follower> followers = new ArrayList<>();

  FakeTopics() {
    for (Stream stream : Stream.values()) {
      topics.put(stream.topic(), new ArrayList<>());
    }
  }

  /** Gives a consumer what it has not been given, each time it polls. */
  private final class Follower extends MockConsumer<byte[], byte[]> {
    private final Map<String, Integer> given = new HashMap<>();

    Follower() {
      super("earliest");
      Map<TopicPartition, Long> beginnings = new HashMap<>();
      for (String topic : topics.keySet()) {
        Node node = new Node(0, "nowhere", 0);
        updatePartitions(
            topic,
            List.of(new PartitionInfo(topic, 0, node, new Node[] {node}, new Node[] {node})));
        beginnings.put(new TopicPartition(topic, 0), 0L);
      }
      updateBeginningOffsets(beginnings);
      updateEndOffsets(ends());
    }

    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
      updateEndOffsets(ends());
      super.assign(partitions);
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      super.seek(partition, offset);
      given.put(partition.topic(), (int) offset);
    }

    @Override
    public synchronized void seekToEnd(Collection<TopicPartition> partitions) {
      updateEndOffsets(ends());
      super.seekToEnd(partitions);
      partitions.forEach(each -> given.put(each.topic(), topics.get(each.topic()).size()));
    }

    private boolean hasMore() {
      return assignment().stream()
          .anyMatch(each -> given.getOrDefault(each.topic(), 0) < topics.get(each.topic()).size());
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      synchronized (topics) {
        if (!hasMore()) {
          try {
            topics.wait(Math.max(1, Math.min(20, timeout.toMillis())));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
        for (TopicPartition partition : assignment()) {
          List<byte[]> all = topics.get(partition.topic());
          int next = given.getOrDefault(partition.topic(), 0);
          for (; next < all.size(); next++) {
            addRecord(new ConsumerRecord<>(partition.topic(), 0, next, new byte[0], all.get(next)));
          }
          given.put(partition.topic(), next);
        }
      }
      return super.poll(timeout);
    }
  }

  private Map<TopicPartition, Long> ends() {
    synchronized (topics) {
      Map<TopicPartition, Long> ends = new HashMap<>();
      topics.forEach((topic, all) -> ends.put(new TopicPartition(topic, 0), (long) all.size()));
      return ends;
    }
  }

  Consumer<byte[], byte[]> consumer() {
    Follower follower = new Follower();
    followers.add(follower);
    return follower;
  }

  void write(SpecificRecord record) {
    Stream stream = Stream.ofSchema(record.getSchema()).orElseThrow();
    write(stream.topic(), EventCodec.singleObject().encode(record));
  }

  void write(String topic, byte[] value) {
    synchronized (topics) {
      topics.get(topic).add(value);
      topics.notifyAll();
    }
  }
}
