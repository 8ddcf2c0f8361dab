package io.fenghuo.console.decide;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who waits for the decision on an event, and a reader of its own that tells them at once. */
public final class DecisionWaiters implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionWaiters.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final EventCodec codec = EventCodec.singleObject();
  private final Map<String, CompletableFuture<Decision>> waiting = new ConcurrentHashMap<>();
  private volatile boolean stopping;
  private volatile boolean reading;
  private Thread thread;

  /**
   * @param consumer of bytes, that belongs to no group
   */
  public DecisionWaiters(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  public synchronized void start() {
    thread = new Thread(this::run, "console-decisions");
    thread.setDaemon(true);
    thread.start();
  }

  /** False before the reader stands at the end of the topic, and while Kafka is away. */
  boolean isReading() {
    return reading;
  }

  int waiting() {
    return waiting.size();
  }

  /** Completes with the first decision that the event leads to. Whoever waits must also forget. */
  CompletableFuture<Decision> await(String eventId) {
    return waiting.computeIfAbsent(eventId, any -> new CompletableFuture<>());
  }

  void forget(String eventId) {
    waiting.remove(eventId);
  }

  private void run() {
    try (consumer) {
      while (!stopping) {
        try {
          if (!reading) {
            goToTheEnd();
          }
          consumer.poll(POLL).forEach(this::hear);
          reading = true;
        } catch (WakeupException e) {
          return;
        } catch (KafkaException e) {
          reading = false;
          LOG.warn("nobody is told of decisions: {}", e.toString());
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void goToTheEnd() {
    List<PartitionInfo> known = consumer.partitionsFor(Stream.DECISIONS.topic());
    if (known == null || known.isEmpty()) {
      throw new KafkaException("no topic " + Stream.DECISIONS.topic());
    }
    List<TopicPartition> all =
        known.stream().map(each -> new TopicPartition(each.topic(), each.partition())).toList();
    consumer.assign(all);
    consumer.seekToEnd(all);
    // Positions are looked up here and not at the next poll: what comes from now on is heard.
    all.forEach(consumer::position);
  }

  private void hear(ConsumerRecord<byte[], byte[]> each) {
    if (waiting.isEmpty() || each.value() == null) {
      return;
    }
    try {
      Decision decision = codec.decode(each.value(), Decision.class);
      CompletableFuture<Decision> waiter = waiting.remove(decision.getEventId());
      if (waiter != null) {
        waiter.complete(decision);
      }
    } catch (UndecodableException e) {
      LOG.debug("a record of {} is no decision: {}", each.topic(), e.getMessage());
    }
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      if (thread != null) {
        thread.join(5_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
