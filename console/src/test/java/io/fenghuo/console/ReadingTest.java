package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.console.read.Partitions;
import io.fenghuo.console.read.Retention;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From topics to rows. */
class ReadingTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final MovingClock clock = new MovingClock(NOW);
  private final TestConsole test = new TestConsole(clock);

  @AfterEach
  void close() {
    test.close();
  }

  private void awaitCount(String query, long expected) {
    await().until(() -> test.count(query) == expected);
  }

  @Test
  void everyTopicBecomesRowsWithHowFarItWasRead() {
    test.topics.write(Records.decision("o-1", 0, Outcome.PASS, 0, NOW));
    test.topics.write(Records.order("o-1", "u-1", NOW));
    test.topics.write(Records.login("l-1", "u-1", NOW));
    test.topics.write(Records.alert("sla/availability", Severity.CRITICAL, NOW, null));
    test.topics.write(Records.deadLetter(5, new byte[] {1, 2}, NOW));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, NOW, 5, 1));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.DAY, NOW, 5, 1));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.SECOND, NOW, 5, 1));
    test.start();

    awaitCount("select count(*) from decision", 1);
    awaitCount("select count(*) from event", 2);
    awaitCount("select count(*) from alert", 1);
    awaitCount("select count(*) from dead_letter", 1);
    awaitCount("select count(*) from figure_minute", 1);
    awaitCount("select count(*) from figure_long", 1);
    assertThat(test.count("select sum(next_offset) from read_offset")).isEqualTo(8);
    assertThat(test.count("select count(*) from review_case")).isZero();
  }

  @Test
  void whoComesBackGoesOnWhereItWasAndWhatComesTwiceIsThereOnce() {
    test.topics.write(Records.order("o-1", "u-1", NOW));
    test.start();
    awaitCount("select count(*) from event", 1);
    test.stop();
    test.topics.write(Records.order("o-1", "u-1", NOW));
    test.topics.write(Records.order("o-2", "u-1", NOW));
    test.start();
    awaitCount("select next_offset from read_offset where topic = 'orders'", 3);
    assertThat(test.count("select count(*) from event")).isEqualTo(2);
  }

  @Test
  void theHigherRevisionOfAFigureWinsInWhicheverOrderTheyCome() {
    test.start();
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, NOW, 20, 2));
    awaitCount("select count(*) from figure_minute", 1);
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, NOW, 10, 1));
    test.topics.write(
        Records.figure("gmv_paid", Map.of("method", "alipay"), Window.MINUTE, NOW, 7, 1));
    awaitCount("select count(*) from figure_minute", 2);
    assertThat(test.count("select cast(value as bigint) from figure_minute where cut = ''"))
        .isEqualTo(20);
  }

  @Test
  void aRecordNobodyCanReadOrStoreHoldsUpNothing() {
    test.start();
    test.topics.write("orders", new byte[] {1, 2, 3});
    OrderEvent odd = Records.order("o-\u0000\uD83D\uDE00<script>", "u\u0000", NOW);
    test.topics.write(odd);
    test.topics.write(Records.order("o-2", "u-2", NOW));
    awaitCount("select count(*) from event", 2);
    assertThat(
            test.count(
                "select count(*) from event where order_id = 'o-\uFFFD\uD83D\uDE00<script>'"))
        .isEqualTo(1);
  }

  @Test
  void whileTheDatabaseIsAwayNothingIsLostAndPagesSaySo() {
    test.start();
    Visitor visitor = test.somebody("wang", "reviewer");
    assertThat(visitor.get("/health").json().path("database").path("state").asText())
        .isEqualTo("ok");
    test.topics.write(Records.decision("o-1", 0, Outcome.REVIEW, 60, NOW));
    awaitCount("select count(*) from review_case", 1);
    assertThat(visitor.post("/cases/o-1/take", "{}").status()).isEqualTo(200);

    TestDatabase.takeAway(test.url);
    test.topics.write(Records.decision("o-2", 0, Outcome.REVIEW, 60, NOW));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.DAY, NOW, 42, 1));
    Visitor.Answer refused = visitor.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("database_away");
    assertThat(refused.json().path("detail").path("zh").asText()).contains("没有丢失");
    assertThat(visitor.get("/health").json().path("database").path("state").asText())
        .isEqualTo("away");
    // The wall screen lives on what is in memory.
    await()
        .until(
            () -> {
              for (JsonNode figure : visitor.get("/live").json().path("figures")) {
                if (figure.path("value").asDouble() == 42) {
                  return true;
                }
              }
              return false;
            });

    TestDatabase.giveBack(test.url);
    awaitCount("select count(*) from review_case", 2);
    awaitCount("select count(*) from verdict", 0);
    await()
        .until(() -> visitor.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}").status() == 200);
  }

  @Test
  void partitionsAreMadeAheadAndDroppedWhenAllInThemIsTooOld() {
    test.start();
    test.topics.write(Records.order("new", "u", NOW));
    test.topics.write(Records.order("old", "u", NOW.minus(Duration.ofDays(20))));
    test.topics.write(Records.order("too-old", "u", NOW.minus(Duration.ofDays(31))));
    test.topics.write(Records.order("tomorrow", "u", NOW.plus(Duration.ofDays(1))));
    test.topics.write(Records.order("never", "u", NOW.plus(Duration.ofDays(400))));
    awaitCount("select coalesce(max(next_offset), 0) from read_offset where topic = 'orders'", 5);
    assertThat(test.count("select count(*) from event")).isEqualTo(3);
    assertThat(test.count("select count(*) from event_20261022")).isEqualTo(1);

    Partitions partitions = new Partitions(Retention.STANDARD);
    test.database.useTransaction(
        handle -> partitions.maintain(handle, NOW.plus(Duration.ofDays(15))));
    assertThat(test.count("select count(*) from pg_class where relname = 'event_20261022'"))
        .isZero();
    assertThat(test.count("select count(*) from pg_class where relname = 'event_20261127'"))
        .isEqualTo(1);
    assertThat(test.count("select count(*) from event")).isEqualTo(2);
  }
}
