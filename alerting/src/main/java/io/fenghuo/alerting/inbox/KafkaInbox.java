package io.fenghuo.alerting.inbox;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.alert.Severity;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic {@code alerts}. How far it was read is a row that is written with the alerts in
 * one transaction, so nothing is lost and nothing is taken twice; Kafka's own offsets are not used.
 * While the database is away, Kafka waits.
 */
public final class KafkaInbox implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaInbox.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PAUSE_MILLIS = 500;
  private static final String SEVERITY = "severity";

  private final Consumer<byte[], byte[]> consumer;
  private final Database database;
  private final Inbox inbox;
  private final Supplier<Routing> routing;
  private final InstantSource clock;
  private final EventCodec codec = EventCodec.singleObject();
  private volatile boolean stopping;
  private Thread reader;

  /**
   * @param consumer of bytes, that commits nothing by itself and begins at the beginning
   */
  public KafkaInbox(
      Consumer<byte[], byte[]> consumer,
      Database database,
      Inbox inbox,
      Supplier<Routing> routing,
      InstantSource clock) {
    this.consumer = consumer;
    this.database = database;
    this.inbox = inbox;
    this.routing = routing;
    this.clock = clock;
  }

  /** Reads until closed, in a thread of its own. */
  public synchronized void start() {
    consumer.subscribe(List.of(Stream.ALERTS.topic()), new GoOnWhereTheDatabaseIs());
    reader = new Thread(this::read, "alerting-kafka");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try {
      while (!stopping) {
        insist(
            "the topic of alerts is waited for",
            () -> {
              ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
              if (!records.isEmpty()) {
                insist(records.count() + " alerts wait in Kafka", () -> accept(records));
              }
            });
      }
    } catch (WakeupException e) {
      // closed
    } finally {
      consumer.close();
    }
  }

  /** Does what somebody else is needed for, again until it works: there is nowhere else to go. */
  private void insist(String meanwhile, Runnable work) {
    while (!stopping) {
      try {
        work.run();
        return;
      } catch (WakeupException closed) {
        throw closed;
      } catch (RuntimeException e) {
        LOG.warn("{}: {}", meanwhile, e.toString());
        try {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
          stopping = true;
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** One poll, in one transaction with how far it goes. */
  void accept(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    List<Reported> alerts = new ArrayList<>();
    Map<TopicPartition, Long> next = new HashMap<>();
    int[] unreadable = {0};
    for (ConsumerRecord<byte[], byte[]> each : records) {
      next.merge(new TopicPartition(each.topic(), each.partition()), each.offset() + 1, Math::max);
      Optional<Reported> alert = reported(each);
      alert.ifPresentOrElse(alerts::add, () -> unreadable[0]++);
    }
    inbox.accept(
        alerts,
        handle -> {
          supersede(handle, alerts);
          Database.count(handle, "invalid", "", unreadable[0]);
          next.forEach(
              (partition, offset) ->
                  handle
                      .createUpdate(
                          "insert into kafka_offset (topic, partition, next_offset)"
                              + " values (:topic, :partition, :offset) on conflict (topic, partition)"
                              + " do update set next_offset = excluded.next_offset")
                      .bind("topic", partition.topic())
                      .bind("partition", partition.partition())
                      .bind("offset", offset)
                      .execute());
        });
  }

  /**
   * An alert that has become more severe is another one by its labels, and of the former nobody
   * will ever report the end: it passes, and people hear of the worse one at once.
   */
  private void supersede(Handle handle, List<Reported> alerts) {
    Map<Labels, Labels> latest = new HashMap<>();
    for (Reported alert : alerts) {
      latest.put(alert.labels().with(SEVERITY, ""), alert.labels());
    }
    List<String> former = new ArrayList<>();
    latest.values().forEach(labels -> former.addAll(otherwiseSevere(labels)));
    if (former.isEmpty()) {
      return;
    }
    handle
        .createUpdate(
            "with passed as (update alert set ended_at = :now, ended_as = 'passed'"
                + " where ended_at is null and fingerprint in (<former>) returning fingerprint)"
                + " update alert_group set next_flush_at = :now where next_flush_at > :now"
                + " and group_key in (select group_key from group_alert"
                + " where fingerprint in (select fingerprint from passed))")
        .bind("now", clock.instant())
        .bindList("former", former)
        .execute();
  }

  private static List<String> otherwiseSevere(Labels labels) {
    return Arrays.stream(Severity.values())
        .map(Severity::label)
        .filter(severity -> !severity.equals(labels.get(SEVERITY)))
        .map(severity -> labels.with(SEVERITY, severity).fingerprint())
        .toList();
  }

  private Optional<Reported> reported(ConsumerRecord<byte[], byte[]> each) {
    try {
      if (each.value() == null) {
        return Optional.empty();
      }
      return Optional.of(
          reported(codec.decode(each.value(), Alert.class), routing.get(), clock.instant()));
    } catch (UndecodableException | IllegalArgumentException e) {
      LOG.warn(
          "alert at {}-{} offset {} cannot be read: {}",
          each.topic(),
          each.partition(),
          each.offset(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Our own record as an alert. A rule's hit on an entity has no end that anybody will report: it
   * is a happening, and passes. Whatever else has no end lasts until its end is published.
   */
  static Reported reported(Alert alert, Routing routing, Instant now) {
    TreeMap<String, String> labels = new TreeMap<>(alert.getLabels());
    labels.putIfAbsent("alertname", alert.getRuleId());
    labels.putIfAbsent(SEVERITY, alert.getSeverity().name().toLowerCase(Locale.ROOT));
    if (alert.getMode() == RuleMode.SHADOW) {
      labels.put("mode", "shadow");
    }
    TreeMap<String, String> annotations = new TreeMap<>(alert.getAnnotations());
    if (alert.getValue() != null) {
      annotations.putIfAbsent("value", figure(alert.getValue()));
    }
    if (alert.getThreshold() != null) {
      annotations.putIfAbsent("threshold", figure(alert.getThreshold()));
    }
    Instant start = Instant.ofEpochMilli(alert.getStartsAt());
    Instant end = alert.getEndsAt() == null ? null : Instant.ofEpochMilli(alert.getEndsAt());
    boolean happening = end == null && labels.containsKey("entity");
    return new Reported(
        Labels.of(labels),
        annotations,
        start,
        null,
        happening ? now.plus(routing.happeningLasts()) : null,
        end,
        "",
        "kafka");
  }

  private static String figure(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("\\.?0+$", "");
  }

  /** Another instance may have read a partition meanwhile: the row says how far. */
  private final class GoOnWhereTheDatabaseIs implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // what was polled is stored before the next poll, so nothing is under way here
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      // To go on from anywhere else would be to take alerts twice.
      insist(
          "the place in the topic is asked for",
          () ->
              partitions.forEach(
                  partition ->
                      offset(partition).ifPresent(offset -> consumer.seek(partition, offset))));
    }
  }

  private Optional<Long> offset(TopicPartition partition) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select next_offset from kafka_offset where topic = :topic and partition = :partition")
                .bind("topic", partition.topic())
                .bind("partition", partition.partition())
                .mapTo(Long.class)
                .findOne());
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      if (reader != null) {
        reader.join(5_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
