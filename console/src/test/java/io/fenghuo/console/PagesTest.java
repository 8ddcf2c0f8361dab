package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Figures, service levels, rules and health. */
class PagesTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final MovingClock clock = new MovingClock(NOW);
  private final TestConsole test = new TestConsole(clock);

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void aFigureIsComparedWithYesterdayAndExportedSafely() {
    test.start(false);
    Instant minute = NOW.minusSeconds(60);
    Instant yesterday = minute.minus(Duration.ofDays(1));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, minute, 200, 1));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, yesterday, 100, 1));
    test.topics.write(
        Records.figure("gmv_paid", Map.of("method", "=cmd()"), Window.MINUTE, minute, 50, 1));
    await().until(() -> test.count("select count(*) from figure_minute") == 3);
    Visitor visitor = test.visitor();
    JsonNode series = visitor.get("/figures/gmv_paid?compare=day").json().path("series");
    assertThat(series.get(0).path("points").get(0).path("value").asInt()).isEqualTo(200);
    assertThat(series.get(1).path("label").asText()).isEqualTo("day");
    assertThat(series.get(1).path("points").get(0).path("value").asInt()).isEqualTo(100);
    assertThat(visitor.get("/figures/gmv_paid?compare=year").status()).isEqualTo(400);
    assertThat(visitor.get("/figures/gmv_paid?format=csv").raw().body())
        .isEqualTo(
            "\uFEFFseries,from,value,numerator,denominator\r\n"
                + "now,2026-11-11T11:59:00Z,200,200,1\r\n");
    JsonNode values =
        visitor.get("/figures/gmv_paid/values?dimension=method&window=MINUTE").json().path("items");
    assertThat(values).hasSize(1);
    assertThat(visitor.get("/figures").json().path("items").get(0).path("group").asText())
        .isEqualTo("trade");
  }

  @Test
  void anObjectiveShowsWhatIsLeftOfItsBudget() {
    test.start(false);
    Visitor visitor = test.visitor();
    assertThat(visitor.get("/sla").json().path("objectives")).isEmpty();
    Instant minute = NOW.minusSeconds(120);
    test.topics.write(Records.figure("sla/availability", Map.of(), Window.MINUTE, minute, 0.98, 1));
    test.topics.write(
        Records.figure("sla/availability.budget_left", Map.of(), Window.MINUTE, minute, 0.4, 0));
    test.topics.write(
        Records.figure("sla/availability.burn_rate_1h", Map.of(), Window.MINUTE, minute, 15, 0));
    test.topics.write(Records.alert("sla/availability", Severity.CRITICAL, minute, null));
    await().until(() -> test.count("select count(*) from alert") == 1);
    await().until(() -> test.count("select count(*) from figure_minute") == 3);
    JsonNode objective = visitor.get("/sla").json().path("objectives").get(0);
    assertThat(objective.path("goal").asDouble()).isEqualTo(0.999);
    assertThat(objective.path("now").asDouble()).isEqualTo(0.98);
    assertThat(objective.path("budgetLeft").asDouble()).isEqualTo(0.4);
    assertThat(objective.path("burn").path("1h").asDouble()).isEqualTo(15);
    assertThat(objective.path("state").asText()).isEqualTo("critical");
    assertThat(objective.path("burn").path("6h").isNull()).isTrue();

    // What was kept is known at once after a restart, and what is old is not shown as now.
    test.stop();
    test.start(false);
    assertThat(test.visitor().get("/sla").json().path("objectives").get(0)).isEqualTo(objective);
    clock.move(Duration.ofMinutes(14));
    assertThat(test.visitor().get("/sla").json().path("objectives").get(0).path("now").isNull())
        .isTrue();
  }

  @Test
  void aRulesModeIsChangedByTwoPeople() {
    test.start();
    Visitor author = test.somebody("author", "rule-author", "approver");
    Visitor approver = test.somebody("approver", "approver");
    test.topics.write(Records.decision("o-1", 0, Outcome.REVIEW, 60, NOW.minusSeconds(60)));
    test.topics.write(Records.decision("o-2", 0, Outcome.PASS, 0, NOW.minusSeconds(60)));
    await().until(() -> test.count("select count(*) from decision") == 2);
    JsonNode rule = author.get("/rules").json().path("items").get(0);
    assertThat(rule.path("hits").path("today").asInt()).isEqualTo(1);
    assertThat(rule.path("hits").path("byHour").get(23).asInt()).isEqualTo(1);
    assertThat(rule.path("shareOfDecisions").asDouble()).isEqualTo(0.5);
    assertThat(rule.path("precision").isNull()).isTrue();

    String path = "/rules/order%2Fburst";
    assertThat(approver.post(path + "/mode", "{'mode':'OFF','reason':'x'}").status())
        .isEqualTo(403);
    assertThat(author.post(path + "/mode", "{'mode':'OFF'}").status()).isEqualTo(400);
    assertThat(author.post(path + "/mode", "{'mode':'OFF','reason':'误报'}").status()).isEqualTo(200);
    assertThat(author.post(path + "/mode", "{'mode':'SHADOW','reason':'y'}").code())
        .isEqualTo("asked_already");
    assertThat(author.post(path + "/approve", "{}").code()).isEqualTo("same_person");
    Visitor.Answer approved = approver.post(path + "/approve", "{}");
    assertThat(approved.json().path("effective").asBoolean()).isFalse();
    assertThat(approver.post(path + "/approve", "{}").status()).isEqualTo(404);
    assertThat(author.get(path).json().path("history").get(0).path("decidedBy").asText())
        .isEqualTo("approver");
  }

  @Test
  void aDeadLetterIsCorrectedAndReplayed() {
    test.start();
    Visitor onCall = test.somebody("zhao", "on-call");
    Visitor viewer = test.somebody("wang", "viewer");
    OrderEvent future = Records.order("o-1", "u-1", NOW.plus(Duration.ofDays(3_000)));
    test.topics.write(Records.deadLetter(7, EventCodec.singleObject().encode(future), NOW));
    test.topics.write(Records.deadLetter(8, new byte[] {1, 2, 3}, NOW));
    await().until(() -> test.count("select count(*) from dead_letter") == 2);
    JsonNode first = onCall.get("/dead-letters?limit=1").json();
    JsonNode items =
        onCall
            .get("/dead-letters?limit=1&cursor=" + first.path("next").asText())
            .json()
            .path("items");
    assertThat(first.path("items").get(0).path("id").asText()).isEqualTo("orders~0~8");
    assertThat(first.path("items").get(0).path("json").isNull()).isTrue();
    assertThat(items.get(0).path("id").asText()).isEqualTo("orders~0~7");
    assertThat(items.get(0).path("json").asText()).contains("\"orderId\":\"o-1\"");
    assertThat(viewer.get("/dead-letters").raw().body()).doesNotContain("203.0.113.77");

    String replay = "/dead-letters/orders~0~7/replay";
    assertThat(onCall.post(replay, "{'json':{'orderId':'o-1'}}").status()).isEqualTo(400);
    test.outgoing.goAway(true);
    assertThat(onCall.post(replay, "{}").code()).isEqualTo("kafka_away");
    test.outgoing.goAway(false);
    future.setEventTime(NOW.toEpochMilli());
    String corrected = EventJson.toJson(future);
    assertThat(onCall.post(replay, "{'json':" + corrected + "}").status()).isEqualTo(204);
    assertThat(test.outgoing.to("orders").get(0).record()).isEqualTo(future);
    assertThat(test.outgoing.to("orders").get(0).key()).isEqualTo("u-1");
    assertThat(onCall.post("/dead-letters/none/replay", "{}").status()).isEqualTo(404);
    JsonNode health = viewer.get("/health").json();
    assertThat(health.path("deadLetters").path("byReason").path("future").asInt()).isEqualTo(2);
    assertThat(health.path("jobs").get(0).path("state").asText()).isEqualTo("RUNNING");
    assertThat(health.path("lag").get(0).path("records").asInt()).isEqualTo(7);
  }
}
