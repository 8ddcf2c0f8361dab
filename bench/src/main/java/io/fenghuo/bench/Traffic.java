package io.fenghuo.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Both ends of the line: sends the events of a tape, and reads what is said of their orders. What
 * has an answer, and when, is for {@link Awaited} to say.
 */
final class Traffic implements AutoCloseable {

  private static final long HIGHEST = Duration.ofMinutes(10).toNanos();
  private static final long SHORT_NANOS = 200_000;

  private final Tape tape;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader;
  private final Awaited awaited;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Histogram latencies = new Histogram(HIGHEST, 3);
  private volatile long recordFrom = Long.MAX_VALUE;
  private volatile long recordTo = Long.MAX_VALUE;
  private volatile boolean closed;
  private long sent;
  private long orders;

  private Traffic(
      Tape tape,
      KafkaProducer<String, byte[]> producer,
      KafkaConsumer<byte[], byte[]> consumer,
      Awaited awaited) {
    this.tape = tape;
    this.producer = producer;
    this.consumer = consumer;
    this.awaited = awaited;
    this.reader = new Thread(this::readAnswers, "answers");
  }

  /** Connects; answers are read from the present end of their topic. */
  static Traffic open(Path tape, String kafka, Awaited awaited) throws IOException {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                kafka,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "fetch.min.bytes",
                1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(awaited.topic()).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    Traffic traffic = new Traffic(Tape.open(tape), producer(kafka, 1), consumer, awaited);
    traffic.reader.setDaemon(true);
    traffic.reader.start();
    return traffic;
  }

  private static KafkaProducer<String, byte[]> producer(String kafka, int lingerMillis) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", kafka);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", lingerMillis);
    settings.put("batch.size", 32 << 10);
    settings.put("compression.type", "lz4");
    settings.put("buffer.memory", 64L << 20);
    settings.put("max.block.ms", 180_000);
    settings.put("delivery.timeout.ms", 240_000);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** Writes a whole tape as fast as Kafka takes it. */
  static long fill(Path file, String kafka, LongConsumer progress) throws IOException {
    AtomicReference<Exception> failure = new AtomicReference<>();
    long count = 0;
    try (Tape tape = Tape.open(file);
        KafkaProducer<String, byte[]> producer = producer(kafka, 20)) {
      for (Tape.Record record = tape.next(); record != null; record = tape.next()) {
        producer.send(
            new ProducerRecord<>(record.stream().topic(), record.key(), record.value()),
            (metadata, error) -> {
              if (error != null) {
                failure.compareAndSet(null, error);
              }
            });
        if (++count % 100_000 == 0) {
          progress.accept(count);
        }
      }
    }
    if (failure.get() != null) {
      throw new IOException("Kafka did not take an event", failure.get());
    }
    return count;
  }

  /**
   * Sends as fast as answers come back.
   *
   * @param mostAwaited orders under way at a time
   * @return orders answered in a second during the last {@code measured} seconds, times events in
   *     an order: events a second
   */
  double flatOut(int seconds, int measured, int mostAwaited) throws IOException {
    long start = System.nanoTime();
    long from = start + (long) ((seconds - measured) * 1e9);
    long to = start + (long) (seconds * 1e9);
    long answeredBefore = -1;
    long measuredFrom = start;
    while (System.nanoTime() < to) {
      if (answeredBefore < 0 && System.nanoTime() >= from) {
        answeredBefore = answered.get();
        measuredFrom = System.nanoTime();
      }
      if (awaited.size() >= mostAwaited) {
        LockSupport.parkNanos(SHORT_NANOS);
      } else {
        for (int i = 0; i < 100; i++) {
          send(System.nanoTime());
        }
      }
    }
    double ordersPerSecond =
        (answered.get() - answeredBefore) / ((System.nanoTime() - measuredFrom) / 1e9);
    return ordersPerSecond * sent / orders;
  }

  /**
   * Sends by a schedule; orders due after the settling time count.
   *
   * @param progress told the orders not decided yet
   */
  void openLoop(double perSecond, int settle, int seconds, LongConsumer progress)
      throws IOException {
    OpenLoop schedule = new OpenLoop(System.nanoTime() + 1_000_000, perSecond);
    recordFrom = schedule.startNanos() + (long) (settle * 1e9);
    recordTo = recordFrom + (long) (seconds * 1e9);
    long n = 0;
    long told = System.nanoTime();
    while (schedule.dueNanos(n) < recordTo) {
      long now = System.nanoTime();
      long due = schedule.dueBy(now);
      while (n < due) {
        send(schedule.dueNanos(n++));
      }
      if (now - told > 1_000_000_000L) {
        told = now;
        progress.accept(awaited.size());
      }
      LockSupport.parkNanos(Math.max(1, Math.min(SHORT_NANOS, schedule.dueNanos(n) - now)));
    }
    producer.flush();
  }

  /** Waits for what is awaited still; gives what never came. */
  int awaitRest(Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (awaited.size() > 0 && System.nanoTime() < end) {
      checkFailure();
      LockSupport.parkNanos(10_000_000);
    }
    return awaited.size();
  }

  /** The orders without an answer though they were due before then. */
  long overdue(long nanos) {
    return awaited.overdue(nanos);
  }

  private void send(long dueNanos) throws IOException {
    Tape.Record record = tape.next();
    if (record == null) {
      throw new IOException("the tape has ended; give it more with --events");
    }
    checkFailure();
    sent++;
    if (record.orderId() != null) {
      orders++;
      awaited.expect(record.orderId(), dueNanos);
    }
    producer.send(
        new ProducerRecord<>(record.stream().topic(), record.key(), record.value()),
        (metadata, error) -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          }
        });
  }

  private void checkFailure() throws IOException {
    if (failure.get() != null) {
      throw new IOException("traffic failed", failure.get());
    }
  }

  private void readAnswers() {
    try (consumer) {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
          long now = System.nanoTime();
          awaited.answer(record, due -> answered(due, now));
        }
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void answered(long due, long now) {
    answered.incrementAndGet();
    if (due >= recordFrom && due < recordTo) {
      synchronized (latencies) {
        latencies.recordValue(Math.min(HIGHEST, Math.max(0, now - due)));
      }
    }
  }

  /** In nanoseconds. */
  Histogram latencies() {
    synchronized (latencies) {
      return latencies.copy();
    }
  }

  long sent() {
    return sent;
  }

  long orders() {
    return orders;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      reader.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(1));
    tape.close();
  }
}
