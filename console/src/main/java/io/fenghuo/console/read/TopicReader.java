package io.fenghuo.console.read;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics people look at. Listeners hear each record at once; the database gets all that
 * came within a second in one transaction with how far it goes, so nothing is lost and nothing is
 * stored twice. While the database is away reading goes on for a while, then Kafka waits.
 *
 * <p>Every console reads everything: the wall screen needs all figures in memory, and rows are
 * upserts.
 */
public final class TopicReader implements AutoCloseable {

  /** Traffic is not among them: it is a hundred times as much, and nobody reads it line by line. */
  public static final List<Stream> STREAMS =
      List.of(
          Stream.DECISIONS,
          Stream.KPIS,
          Stream.ALERTS,
          Stream.ORDERS,
          Stream.PAYMENTS,
          Stream.LOGINS,
          Stream.DEAD_LETTERS);

  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration STORE_EVERY = Duration.ofSeconds(1);

  /** More than this does not wait in memory for the database. */
  private static final int MOST_WAITING = 50_000;

  /** A statement with more rows takes longer than it saves. */
  private static final int BATCH = 5_000;

  private final Consumer<byte[], byte[]> consumer;
  private final ConsoleDatabase database;
  private final Partitions partitions;
  private final Tables tables;
  private final List<Heard> listeners;
  private final InstantSource clock;
  private final EventCodec codec = EventCodec.singleObject();
  private final AtomicLong unreadable = new AtomicLong();
  private Batch batch = new Batch();
  private volatile boolean stopping;
  private volatile boolean storing = true;
  private Thread thread;

  /**
   * @param consumer of bytes, that belongs to no group and begins at the beginning
   * @param promise within which a case should be decided
   */
  public TopicReader(
      Consumer<byte[], byte[]> consumer,
      ConsoleDatabase database,
      Partitions partitions,
      Duration promise,
      List<Heard> listeners,
      InstantSource clock) {
    this.consumer = consumer;
    this.database = database;
    this.partitions = partitions;
    this.tables = new Tables(partitions, promise);
    this.listeners = List.copyOf(listeners);
    this.clock = clock;
  }

  /** Reads until closed, in a thread of its own. */
  public synchronized void start() {
    thread = new Thread(this::run, "console-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /** Records that could not be decoded or stored, since the start. */
  public long unreadable() {
    return unreadable.get();
  }

  /** False while what was read waits for the database. */
  public boolean isStoring() {
    return storing;
  }

  private void run() {
    try (consumer) {
      long pause = 200;
      boolean assigned = false;
      long due = System.nanoTime();
      while (!stopping) {
        try {
          if (!assigned) {
            assign();
            assigned = true;
          }
          if (batch.records() < MOST_WAITING) {
            consumer.poll(POLL).forEach(this::take);
          } else {
            pause(POLL.toMillis());
          }
          if (System.nanoTime() - due >= 0 || batch.records() >= BATCH) {
            store();
            due = System.nanoTime() + STORE_EVERY.toNanos();
          }
          pause = 200;
        } catch (WakeupException e) {
          break;
        } catch (KafkaException e) {
          LOG.warn("Kafka does not answer, the console tries again: {}", e.toString());
          pause(pause);
          pause = Math.min(5_000, pause * 2);
        } catch (RuntimeException e) {
          storing = false;
          LOG.warn("{} records wait for the database: {}", batch.records(), e.toString());
          due = System.nanoTime() + STORE_EVERY.toNanos();
        }
      }
      storeTheLast();
    }
  }

  private void storeTheLast() {
    try {
      store();
    } catch (RuntimeException e) {
      LOG.info(
          "{} records will be read again at the next start: {}", batch.records(), e.toString());
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void assign() {
    Map<TopicPartition, Long> stored = offsets();
    List<TopicPartition> all = new ArrayList<>();
    for (Stream stream : STREAMS) {
      List<PartitionInfo> known = consumer.partitionsFor(stream.topic());
      if (known == null || known.isEmpty()) {
        throw new KafkaException("no topic " + stream.topic());
      }
      known.forEach(each -> all.add(new TopicPartition(each.topic(), each.partition())));
    }
    consumer.assign(all);
    Set<TopicPartition> fresh = new HashSet<>();
    for (TopicPartition partition : all) {
      Long next = stored.get(partition);
      if (next == null) {
        fresh.add(partition);
      } else {
        consumer.seek(partition, next);
      }
    }
    if (!fresh.isEmpty()) {
      consumer.seekToBeginning(fresh);
    }
  }

  private Map<TopicPartition, Long> offsets() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    database.read(
        handle ->
            handle
                .createQuery("select topic, part, next_offset from read_offset")
                .map(
                    (row, context) ->
                        offsets.put(
                            new TopicPartition(row.getString("topic"), row.getInt("part")),
                            row.getLong("next_offset")))
                .list());
    return offsets;
  }

  private void take(ConsumerRecord<byte[], byte[]> each) {
    Stream stream = Stream.ofTopic(each.topic()).orElseThrow();
    batch.readTo(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
    if (each.value() == null) {
      return;
    }
    SpecificRecord record;
    try {
      record = codec.decode(each.value(), stream.recordClass());
    } catch (UndecodableException e) {
      // Those of the shop's topics are dead letters of the jobs already.
      unreadable.incrementAndGet();
      LOG.debug("{}-{} {}: {}", each.topic(), each.partition(), each.offset(), e.getMessage());
      return;
    }
    for (Heard listener : listeners) {
      try {
        listener.heard(stream, record);
      } catch (RuntimeException e) {
        LOG.warn("a listener failed on a record of {}", each.topic(), e);
      }
    }
    batch.add(stream, record);
  }

  /** Stores what was read; throws when the database does not take it, and then keeps it. */
  void store() {
    if (batch.records() > 0) {
      try {
        write(batch);
      } catch (RuntimeException e) {
        if (!isAboutTheData(e)) {
          throw e;
        }
        LOG.warn("one of {} records cannot be stored", batch.records(), e);
        storeOneByOne();
      }
      batch = new Batch();
    }
    storing = true;
  }

  /** Nothing may hold up all that comes after it. */
  private void storeOneByOne() {
    for (Batch single : batch.singles()) {
      try {
        write(single);
      } catch (RuntimeException e) {
        if (!isAboutTheData(e)) {
          throw e;
        }
        unreadable.incrementAndGet();
        LOG.warn("a record is passed over: {}", e.toString());
      }
    }
    write(batch.offsetsOnly());
  }

  private void write(Batch each) {
    try {
      database.useTransaction(handle -> tables.write(handle, each, clock.instant()));
    } catch (RuntimeException e) {
      partitions.forget();
      throw e;
    }
  }

  /** A value the database refuses, as against a database that is away. */
  private static boolean isAboutTheData(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState().startsWith("22")
            || sql.getSQLState().startsWith("23")
            || sql.getSQLState().startsWith("54");
      }
    }
    return false;
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      if (thread != null) {
        thread.join(10_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
