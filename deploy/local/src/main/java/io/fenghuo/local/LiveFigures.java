package io.fenghuo.local;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what goes in and comes out, as a consumer of the topics like any other. */
final class LiveFigures implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveFigures.class);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration OFFSETS_EVERY = Duration.ofMillis(500);
  private static final Duration OFFSETS_LIMIT = Duration.ofSeconds(5);

  /** Older events are replays: the time since they happened is not how long the decision took. */
  private static final Duration LONGEST_PLAUSIBLE = Duration.ofMinutes(1);

  /**
   * What happened since the last look.
   *
   * @param events written to the streams the shop writes
   * @param decisions by outcome
   * @param p99Millis from event to decision, 99th percentile, or -1 when no decision was timely
   * @param deadLetters in all
   * @param alerts in all
   * @param today the last known value of each figure of the whole shop for the day, by name
   */
  record Figures(
      long events,
      Map<Outcome, Long> decisions,
      long p99Millis,
      long deadLetters,
      long alerts,
      Map<String, Double> today) {

    long decided() {
      return decisions.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> shopStreams;
  private final List<TopicPartition> deadLetters;
  private final List<TopicPartition> alerts;
  private final Thread thread;
  private final Map<Outcome, LongAdder> decisions = new EnumMap<>(Outcome.class);
  private final Recorder latency = new Recorder(LONGEST_PLAUSIBLE.toMillis(), 3);
  private final EventCodec codec = EventCodec.singleObject();
  private final Map<String, Double> today = new ConcurrentHashMap<>();
  private final Map<String, Long> days = new HashMap<>();
  private volatile boolean closed;
  private volatile Totals totals;
  private long eventsSeen;

  private record Totals(long events, long deadLetters, long alerts) {}

  private LiveFigures(KafkaAddress kafka, Collection<Stream> shopStreams, long since) {
    this.shopStreams = new ArrayList<>();
    for (Stream stream : shopStreams) {
      this.shopStreams.addAll(kafka.partitions(stream.topic()));
    }
    this.deadLetters = kafka.partitions(Stream.DEAD_LETTERS.topic());
    this.alerts = kafka.partitions(Stream.ALERTS.topic());
    for (Outcome outcome : Outcome.values()) {
      decisions.put(outcome, new LongAdder());
    }
    this.consumer = kafka.consumer();
    List<TopicPartition> decisionPartitions = kafka.partitions(Stream.DECISIONS.topic());
    List<TopicPartition> figures = kafka.partitions(Stream.KPIS.topic());
    List<TopicPartition> followed = new ArrayList<>(decisionPartitions);
    followed.addAll(figures);
    consumer.assign(followed);
    consumer.seekToEnd(followed);
    followed.forEach(consumer::position);
    Map<TopicPartition, Long> times = new HashMap<>();
    figures.forEach(each -> times.put(each, since));
    consumer
        .offsetsForTimes(times)
        .forEach(
            (each, first) -> {
              if (first != null) {
                consumer.seek(each, first.offset());
              }
            });
    this.totals = readTotals();
    this.eventsSeen = totals.events();
    this.thread = new Thread(this::run, "live-figures");
    this.thread.setDaemon(true);
  }

  /**
   * Counts from now on; dead letters and alerts also those already there.
   *
   * @param since figures of the day are those told since then, milliseconds; a job tells them all
   *     when it starts
   */
  static LiveFigures start(KafkaAddress kafka, Collection<Stream> shopStreams, long since) {
    LiveFigures figures = new LiveFigures(kafka, shopStreams, since);
    figures.thread.start();
    return figures;
  }

  /** The figures since the last call. */
  Figures next() {
    Totals now = totals;
    Map<Outcome, Long> decided = new EnumMap<>(Outcome.class);
    decisions.forEach((outcome, count) -> decided.put(outcome, count.sumThenReset()));
    Histogram histogram = latency.getIntervalHistogram();
    long p99 = histogram.getTotalCount() == 0 ? -1 : histogram.getValueAtPercentile(99);
    long events = now.events() - eventsSeen;
    eventsSeen = now.events();
    return new Figures(events, decided, p99, now.deadLetters(), now.alerts(), Map.copyOf(today));
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (consumer) {
      long due = System.nanoTime();
      while (!closed) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.topic().equals(Stream.KPIS.topic())) {
            follow(record.value());
          } else {
            count(record.value());
          }
        }
        if (System.nanoTime() - due >= 0) {
          refreshTotals();
          due = System.nanoTime() + OFFSETS_EVERY.toNanos();
        }
      }
    } catch (KafkaException e) {
      LOG.warn("No live figures any more: {}", e.getMessage());
    }
  }

  private void refreshTotals() {
    try {
      totals = readTotals();
    } catch (RetriableException e) {
      LOG.info("Kafka is slow to tell its offsets; the figures wait", e);
    }
  }

  private void follow(byte[] value) {
    try {
      KpiPoint point = codec.decode(value, KpiPoint.class);
      boolean ofTheDay = point.getWindow() == Window.DAY && point.getDimensions().isEmpty();
      // Late events revise yesterday, which is not what is shown.
      if (ofTheDay
          && point.getValue() != null
          && point.getFrom() >= days.getOrDefault(point.getName(), Long.MIN_VALUE)) {
        days.put(point.getName(), point.getFrom());
        today.put(point.getName(), point.getValue());
      }
    } catch (UndecodableException e) {
      LOG.warn("A record of {} is no figure: {}", Stream.KPIS.topic(), e.getMessage());
    }
  }

  private void count(byte[] value) {
    try {
      Decision decision = codec.decode(value, Decision.class);
      decisions.get(decision.getOutcome()).increment();
      long took = decision.getDecisionTime() - decision.getEventTime();
      if (took >= 0 && took <= LONGEST_PLAUSIBLE.toMillis()) {
        latency.recordValue(took);
      }
    } catch (UndecodableException e) {
      LOG.warn("A record of {} is no decision: {}", Stream.DECISIONS.topic(), e.getMessage());
    }
  }

  /** Counted by offsets, since nobody needs to read the records themselves for that. */
  private Totals readTotals() {
    return new Totals(written(shopStreams), kept(deadLetters), kept(alerts));
  }

  private long written(List<TopicPartition> partitions) {
    return sum(consumer.endOffsets(partitions, OFFSETS_LIMIT));
  }

  private long kept(List<TopicPartition> partitions) {
    return written(partitions) - sum(consumer.beginningOffsets(partitions, OFFSETS_LIMIT));
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }
}
