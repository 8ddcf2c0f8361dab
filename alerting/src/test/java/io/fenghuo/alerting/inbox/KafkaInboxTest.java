package io.fenghuo.alerting.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.TestDatabase;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.config.RoutingFile;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * From the topic to rows, with the offsets; on the client library's own consumer without a broker.
 */
class KafkaInboxTest {

  private static final TopicPartition ALERTS = new TopicPartition("alerts", 0);
  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final Routing routing =
      RoutingFile.read(
          "r.yml",
          "route: { receiver: a }\nreceivers: [ { name: a } ]",
          new PrintWriter(System.out));
  private final Database database = TestDatabase.fresh();
  private final Inbox inbox = new Inbox(database, () -> routing, InstantSource.fixed(NOW));

  @AfterEach
  void close() {
    database.close();
  }

  private static byte[] alert(String rule, String key, Long endsAt) {
    return EventCodec.singleObject()
        .encode(
            Alert.newBuilder()
                .setAlertId(rule + key)
                .setFingerprint(rule + key)
                .setRuleId(rule)
                .setMode(RuleMode.LIVE)
                .setSeverity(Severity.WARNING)
                .setLabels(Map.of("rule", rule, "key", key))
                .setAnnotations(Map.of("summary_zh", "事"))
                .setValue(92.1)
                .setThreshold(99.5)
                .setStartsAt(NOW.toEpochMilli() - 1000)
                .setEndsAt(endsAt)
                .build());
  }

  private static MockConsumer<byte[], byte[]> consumer() {
    return new MockConsumer<>("earliest");
  }

  private KafkaInbox start(MockConsumer<byte[], byte[]> consumer, byte[]... values) {
    return start(consumer, database, inbox, values);
  }

  private KafkaInbox start(
      MockConsumer<byte[], byte[]> consumer, Database target, Inbox into, byte[]... values) {
    consumer.updateBeginningOffsets(Map.of(ALERTS, 0L));
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(ALERTS));
          for (int offset = 0; offset < values.length; offset++) {
            consumer.addRecord(
                new ConsumerRecord<>("alerts", 0, offset, new byte[0], values[offset]));
          }
        });
    KafkaInbox kafka =
        new KafkaInbox(consumer, target, into, () -> routing, InstantSource.fixed(NOW));
    kafka.start();
    return kafka;
  }

  private long count(String query) {
    return count(database, query);
  }

  private static long count(Database in, String query) {
    return in.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  @Test
  void alertsAndHowFarTheTopicWasReadAreStoredTogether() {
    try (KafkaInbox kafka =
        start(consumer(), alert("pay", "1", null), new byte[] {1, 2, 3}, alert("pay", "2", null))) {
      await().until(() -> count("select coalesce(max(next_offset), 0) from kafka_offset") == 3);
      assertThat(count("select count(*) from alert where annotations ->> 'value' = '92.1'"))
          .isEqualTo(2);
      assertThat(count("select count from tally where name = 'invalid'")).isEqualTo(1);
    }
  }

  @Test
  void whoComesBackGoesOnWhereTheDatabaseIsAndTakesNothingTwice() {
    byte[] first = alert("pay", "1", null);
    try (KafkaInbox kafka = start(consumer(), first)) {
      await().until(() -> count("select count(*) from kafka_offset") == 1);
    }
    MockConsumer<byte[], byte[]> again = consumer();
    try (KafkaInbox kafka = start(again, first, alert("pay", "2", null))) {
      await().until(() -> count("select coalesce(max(next_offset), 0) from kafka_offset") == 2);
    }
    assertThat(count("select sum(count) from tally where name = 'received'")).isEqualTo(2);
  }

  /** A pool that can be away, and counts who came in vain. */
  private static DataSource moody(DataSource pool, AtomicBoolean away, AtomicInteger inVain) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              if (away.get() && method.getName().equals("getConnection")) {
                inVain.incrementAndGet();
                throw new SQLException("away");
              }
              try {
                return method.invoke(pool, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void whoIsGivenAPartitionWhileTheDatabaseIsAwayWaitsToHearHowFarItWasRead() {
    AtomicBoolean away = new AtomicBoolean();
    AtomicInteger inVain = new AtomicInteger();
    PGSimpleDataSource pool = new PGSimpleDataSource();
    pool.setUrl(TestDatabase.freshUrl());
    pool.setUser("postgres");
    Database sometimes = Database.on(moody(pool, away, inVain));
    Inbox target = new Inbox(sometimes, () -> routing, InstantSource.fixed(NOW));
    byte[] first = alert("pay", "1", null);
    new KafkaInbox(consumer(), sometimes, target, () -> routing, InstantSource.fixed(NOW))
        .accept(List.of(new ConsumerRecord<>("alerts", 0, 0, new byte[0], first)));
    away.set(true);
    try (KafkaInbox kafka = start(consumer(), sometimes, target, first, alert("pay", "2", null))) {
      await().until(() -> inVain.get() > 0);
      away.set(false);
      await()
          .until(
              () ->
                  count(sometimes, "select coalesce(max(next_offset), 0) from kafka_offset") == 2);
    }
    assertThat(count(sometimes, "select sum(count) from tally where name = 'received'"))
        .isEqualTo(2);
  }

  @Test
  void whatTheDatabaseDidNotTakeHasNotBeenRead() {
    Inbox failing = new Inbox(database, () -> routing, InstantSource.fixed(NOW));
    KafkaInbox kafka =
        new KafkaInbox(consumer(), database, failing, () -> routing, InstantSource.fixed(NOW));
    List<ConsumerRecord<byte[], byte[]>> poll =
        List.of(new ConsumerRecord<>("alerts", 0, 0, new byte[0], alert("pay", "1", null)));
    database.useTransaction(handle -> handle.execute("alter table kafka_offset rename to away"));
    assertThatThrownBy(() -> kafka.accept(poll)).isNotNull();
    database.useTransaction(handle -> handle.execute("alter table away rename to kafka_offset"));
    assertThat(count("select count(*) from alert")).isZero();
    kafka.accept(poll);
    assertThat(count("select count(*) from alert")).isEqualTo(1);
  }

  @Test
  void anEndThatIsPublishedEndsTheAlertAndAHitOnAnEntityPasses() {
    Alert hit =
        Alert.newBuilder((Alert) decode(alert("order/burst", "u1", null)))
            .setLabels(Map.of("entity", "user", "key", "u1"))
            .build();
    assertThat(KafkaInbox.reported(hit, routing, NOW).passesAt())
        .isEqualTo(NOW.plusSeconds(4 * 3600));
    Alert lasting = (Alert) decode(alert("pay", "1", null));
    assertThat(KafkaInbox.reported(lasting, routing, NOW).passesAt()).isNull();
    Alert over = (Alert) decode(alert("pay", "1", NOW.toEpochMilli()));
    assertThat(KafkaInbox.reported(over, routing, NOW).endedAt()).isEqualTo(NOW);
  }

  private static Object decode(byte[] bytes) {
    try {
      return EventCodec.singleObject().decode(bytes);
    } catch (io.fenghuo.schemas.UndecodableException e) {
      throw new IllegalStateException(e);
    }
  }
}
