package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.ReviewOutcome;
import io.fenghuo.schemas.Verdict;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The desk: two people and a queue. */
class ReviewTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final MovingClock clock = new MovingClock(NOW);
  private final TestConsole test = new TestConsole(clock);
  private Visitor wang;
  private Visitor li;

  @BeforeEach
  void start() {
    test.start();
    wang = test.somebody("wang", "reviewer");
    li = test.somebody("li", "reviewer");
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void flagged(String... orders) {
    long before = test.count("select count(*) from review_case");
    for (String order : orders) {
      test.topics.write(Records.order(order, "u-" + order, NOW));
      test.topics.write(Records.decision(order, 0, Outcome.REVIEW, 60, NOW));
    }
    await().until(() -> test.count("select count(*) from review_case") == before + orders.length);
    await().until(() -> test.count("select count(*) from event") >= before + orders.length);
  }

  private static List<String> ids(JsonNode list) {
    List<String> ids = new ArrayList<>();
    list.path("items").forEach(item -> ids.add(item.path("id").asText()));
    return ids;
  }

  @Test
  void aFlaggedOrderIsACaseAndALaterRevisionChangesIt() {
    test.topics.write(Records.decision("pass", 0, Outcome.PASS, 0, NOW));
    flagged("o-1");
    JsonNode list = wang.get("/cases").json();
    assertThat(ids(list)).containsExactly("o-1");
    assertThat(list.path("counts").path("open").asLong()).isEqualTo(1);
    assertThat(list.path("items").get(0).path("dueAt").asText())
        .isEqualTo("2026-11-11T12:30:00.020Z");

    test.topics.write(Records.decision("o-1", 1, Outcome.BLOCK, 95, NOW));
    await().until(() -> wang.get("/cases/o-1").json().path("outcome").asText().equals("BLOCK"));
    test.topics.write(Records.decision("o-1", 0, Outcome.REVIEW, 60, NOW));
    flagged("o-2");
    assertThat(wang.get("/cases/o-1").json().path("score").asInt()).isEqualTo(95);
    assertThat(wang.get("/cases/o-1").json().path("revisions")).hasSize(2);
  }

  @Test
  void theQueueIsByRiskTimesMoneyTimesAgeAndPagesGoOnWithoutGaps() {
    test.topics.write(Records.decision("mild", 0, Outcome.CHALLENGE, 40, NOW));
    test.topics.write(Records.decision("bad", 0, Outcome.BLOCK, 90, NOW));
    // Waiting doubles every ten minutes: 70 minutes are 128 times.
    test.topics.write(
        Records.decision("mild-but-waiting", 0, Outcome.CHALLENGE, 40, NOW.minusSeconds(4_200)));
    await().until(() -> test.count("select count(*) from review_case") == 3);
    assertThat(ids(wang.get("/cases").json())).containsExactly("mild-but-waiting", "bad", "mild");
    assertThat(ids(wang.get("/cases?sort=age").json())).startsWith("mild-but-waiting");
    assertThat(ids(wang.get("/cases?outcome=BLOCK").json())).containsExactly("bad");
    assertThat(ids(wang.get("/cases?minScore=80").json())).containsExactly("bad");
    assertThat(ids(wang.get("/cases?rule=order/burst&q=mild").json())).containsExactly("mild");
    assertThat(wang.get("/cases").json().path("counts").path("overdue").asInt()).isEqualTo(1);

    List<String> paged = new ArrayList<>();
    String next = "";
    for (int page = 0; page < 3; page++) {
      JsonNode list = wang.get("/cases?limit=1" + next).json();
      paged.addAll(ids(list));
      next = "&cursor=" + list.path("next").asText();
    }
    assertThat(paged).containsExactly("mild-but-waiting", "bad", "mild");
    assertThat(wang.get("/cases?limit=1" + next).json().path("items")).isEmpty();
    assertThat(wang.get("/cases?cursor=nonsense").status()).isEqualTo(400);
    assertThat(wang.get("/cases?minScore=many").status()).isEqualTo(400);
    assertThat(wang.get("/cases?outcome=MAYBE").status()).isEqualTo(400);
  }

  @Test
  void twoReviewersNeverHoldTheSameCase() throws Exception {
    String[] orders = new String[40];
    for (int i = 0; i < orders.length; i++) {
      orders[i] = "o-" + i;
    }
    flagged(orders);
    Set<String> held = new ConcurrentSkipListSet<>();
    List<String> twice = new ArrayList<>();
    ExecutorService people = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Visitor visitor = i % 2 == 0 ? wang : li;
        all.add(
            people.submit(
                () -> {
                  while (true) {
                    Visitor.Answer answer = visitor.post("/cases/next", "{}");
                    if (answer.status() == 204) {
                      return null;
                    }
                    String id = answer.json().path("id").asText();
                    if (!held.add(id)) {
                      synchronized (twice) {
                        twice.add(id);
                      }
                    }
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      people.shutdownNow();
    }
    assertThat(twice).isEmpty();
    assertThat(held).hasSize(40);
    assertThat(test.count("select count(*) from review_case where state = 'taken'")).isEqualTo(40);
  }

  @Test
  void whatOneHoldsTheOtherCannotTakeOrDecideUntilItIsGivenBack() {
    flagged("o-1");
    assertThat(wang.post("/cases/next", "{}").json().path("takenBy").asText()).isEqualTo("wang");
    assertThat(li.post("/cases/next", "{}").status()).isEqualTo(204);
    assertThat(li.post("/cases/o-1/take", "{}").code()).isEqualTo("case_taken");
    assertThat(li.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}").code())
        .isEqualTo("not_yours");
    assertThat(li.post("/cases/o-1/release", "{}").code()).isEqualTo("not_yours");
    assertThat(ids(wang.get("/cases?state=mine").json())).containsExactly("o-1");
    assertThat(ids(li.get("/cases?state=mine").json())).isEmpty();

    clock.move(Duration.ofMinutes(10));
    await().until(() -> ids(li.get("/cases").json()).equals(List.of("o-1")));
    assertThat(wang.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}").code())
        .isEqualTo("not_yours");
    assertThat(li.post("/cases/o-1/take", "{}").status()).isEqualTo(200);
    assertThat(li.post("/cases/o-1/release", "{}").status()).isEqualTo(204);
    assertThat(wang.post("/cases/o-1/take", "{}").status()).isEqualTo(200);
  }

  @Test
  void aVerdictIsPublishedAfterTenSecondsOnce() {
    flagged("o-1");
    wang.post("/cases/o-1/take", "{}");
    JsonNode given =
        wang.post("/cases/o-1/verdict", "{'verdict':'REJECT','note':'同一设备 <b>'}").json();
    assertThat(given.path("undoUntil").asText()).isEqualTo("2026-11-11T12:00:10Z");
    assertThat(ids(wang.get("/cases").json())).isEmpty();
    assertThat(ids(wang.get("/cases?state=done").json())).containsExactly("o-1");
    clock.move(Duration.ofSeconds(9));
    assertThat(test.outgoing.to("reviews")).isEmpty();

    clock.move(Duration.ofSeconds(1));
    await().until(() -> test.outgoing.to("reviews").size() == 1);
    ReviewOutcome outcome = (ReviewOutcome) test.outgoing.to("reviews").get(0).record();
    assertThat(test.outgoing.to("reviews").get(0).key()).isEqualTo("o-1");
    assertThat(outcome.getVerdict()).isEqualTo(Verdict.REJECT);
    assertThat(outcome.getReviewer()).isEqualTo("wang");
    assertThat(outcome.getNote()).isEqualTo("同一设备 <b>");
    assertThat(outcome.getRules()).containsExactly("order/burst");
    assertThat(outcome.getDecisionId()).isEqualTo("o-1/0");
    assertThat(wang.post("/cases/o-1/undo", "{}").code()).isEqualTo("too_late");
    await().until(() -> test.count("select count(*) from outbox where published_at is null") == 0);

    JsonNode rule = test.admin().get("/rules/order%2Fburst").json();
    assertThat(rule.path("precision").path("of").asInt()).isEqualTo(1);
    assertThat(rule.path("moneyStopped").asLong()).isEqualTo(100_000);
    JsonNode team = wang.get("/team").json();
    assertThat(team.path("perReviewer").get(0).path("name").asText()).isEqualTo("wang");
    assertThat(team.path("promise").path("kept").asDouble()).isEqualTo(1);
  }

  @Test
  void anUndoneVerdictIsNeverPublishedAndTheCaseIsTheReviewersAgain() {
    flagged("o-1");
    wang.post("/cases/o-1/take", "{}");
    wang.post("/cases/o-1/verdict", "{'verdict':'REJECT'}");
    assertThat(li.post("/cases/o-1/undo", "{}").code()).isEqualTo("too_late");
    assertThat(wang.post("/cases/o-1/undo", "{}").json().path("takenBy").asText())
        .isEqualTo("wang");
    wang.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}");
    clock.move(Duration.ofSeconds(11));
    await().until(() -> test.outgoing.to("reviews").size() == 1);
    ReviewOutcome outcome = (ReviewOutcome) test.outgoing.to("reviews").get(0).record();
    assertThat(outcome.getVerdict()).isEqualTo(Verdict.APPROVE);
    assertThat(outcome.getReviewId()).isEqualTo("o-1/0/verdict/2");
  }

  @Test
  void aStopBetweenTheVerdictAndKafkaLosesNothing() {
    flagged("o-1");
    wang.post("/cases/o-1/take", "{}");
    wang.post("/cases/o-1/verdict", "{'verdict':'REJECT'}");
    test.outgoing.goAway(true);
    clock.move(Duration.ofSeconds(11));
    test.stop();
    assertThat(test.outgoing.to("reviews")).isEmpty();
    test.outgoing.goAway(false);
    test.start();
    await().until(() -> test.outgoing.to("reviews").size() == 1);
  }

  @Test
  void anEscalatedCaseIsHandedToASeniorAndNobodyElseCanTakeIt() {
    Visitor sun = test.somebody("sun", "approver");
    flagged("o-1");
    test.topics.write(Records.decision("worse", 0, Outcome.BLOCK, 95, NOW));
    await().until(() -> test.count("select count(*) from review_case") == 2);
    // An approver decides what is handed to them, and nothing else.
    assertThat(sun.post("/cases/next", "{}").status()).isEqualTo(204);
    assertThat(sun.post("/cases/o-1/take", "{}").code()).isEqualTo("forbidden");

    wang.post("/cases/o-1/take", "{}");
    wang.post("/cases/o-1/verdict", "{'verdict':'ESCALATE','note':'金额太大，请定'}");
    JsonNode page = li.get("/cases/o-1").json();
    assertThat(page.path("state").asText()).isEqualTo("open");
    assertThat(page.path("escalated").path("by").asText()).isEqualTo("wang");
    assertThat(page.path("escalated").path("note").asText()).isEqualTo("金额太大，请定");
    assertThat(page.path("dueAt").asText()).isEqualTo("2026-11-11T12:30:00.020Z");
    // On top for who may take it; for the others it is there, last.
    assertThat(ids(sun.get("/cases").json())).containsExactly("o-1", "worse");
    assertThat(ids(li.get("/cases").json())).containsExactly("worse", "o-1");
    assertThat(ids(li.get("/cases?state=escalated").json())).containsExactly("o-1");
    assertThat(li.get("/cases").json().path("counts").path("escalated").asInt()).isEqualTo(1);
    assertThat(li.post("/cases/o-1/take", "{}").code()).isEqualTo("needs_senior");
    assertThat(li.post("/cases/next", "{}").json().path("id").asText()).isEqualTo("worse");
    assertThat(li.post("/cases/next", "{}").status()).isEqualTo(204);
    assertThat(li.get("/team").json().path("escalated").asInt()).isEqualTo(1);

    assertThat(sun.post("/cases/next", "{}").json().path("id").asText()).isEqualTo("o-1");
    assertThat(sun.post("/cases/o-1/verdict", "{'verdict':'ESCALATE'}").code())
        .isEqualTo("escalated_already");
    assertThat(sun.post("/cases/o-1/verdict", "{'verdict':'REJECT'}").status()).isEqualTo(200);
    clock.move(Duration.ofSeconds(11));
    await().until(() -> test.outgoing.to("reviews").size() == 2);
    List<Verdict> published =
        test.outgoing.to("reviews").stream()
            .map(sent -> ((ReviewOutcome) sent.record()).getVerdict())
            .toList();
    assertThat(published).containsExactlyInAnyOrder(Verdict.ESCALATE, Verdict.REJECT);

    JsonNode team = wang.get("/team").json();
    assertThat(team.path("escalated").asInt()).isZero();
    for (JsonNode each : team.path("perReviewer")) {
      boolean isWang = each.path("name").asText().equals("wang");
      assertThat(each.path("done").asInt()).isEqualTo(isWang ? 0 : 1);
      assertThat(each.path("escalated").asInt()).isEqualTo(isWang ? 1 : 0);
    }
    assertThat(team.path("perReviewer")).hasSize(2);
    JsonNode audit = test.admin().get("/audit?what=escalate").json().path("items");
    assertThat(audit.get(0).path("who").asText()).isEqualTo("wang");
    assertThat(audit.get(0).path("detail").asText()).contains("金额太大");
  }

  @Test
  void anEscalationIsTakenBackOnlyUntilASeniorHasTheCase() {
    Visitor sun = test.somebody("sun", "approver", "reviewer");
    flagged("o-1");
    wang.post("/cases/o-1/take", "{}");
    wang.post("/cases/o-1/verdict", "{'verdict':'ESCALATE'}");
    JsonNode back = wang.post("/cases/o-1/undo", "{}").json();
    assertThat(back.path("takenBy").asText()).isEqualTo("wang");
    assertThat(back.path("escalated").isNull()).isTrue();

    wang.post("/cases/o-1/verdict", "{'verdict':'ESCALATE'}");
    sun.post("/cases/next", "{}");
    assertThat(wang.post("/cases/o-1/undo", "{}").code()).isEqualTo("case_taken");
    sun.post("/cases/o-1/verdict", "{'verdict':'APPROVE'}");
    assertThat(wang.post("/cases/o-1/undo", "{}").code()).isEqualTo("too_late");
    assertThat(sun.post("/cases/o-1/undo", "{}").json().path("escalated").path("by").asText())
        .isEqualTo("wang");
  }

  @Test
  void anEscalatedCaseThatIsHeldTooLongGoesBackToTheSeniorsAndAMoreSeriousRevisionKeepsItThere() {
    Visitor sun = test.somebody("sun", "approver", "reviewer");
    flagged("o-1", "o-2");
    for (String id : List.of("o-1", "o-2")) {
      sun.post("/cases/" + id + "/take", "{}");
      sun.post("/cases/" + id + "/verdict", "{'verdict':'ESCALATE'}");
    }
    // What one has handed on oneself does not come back at once as the next.
    assertThat(sun.post("/cases/next", "{}").status()).isEqualTo(204);
    test.admin().post("/cases/o-1/take", "{}");
    clock.move(Duration.ofMinutes(11));
    await().until(() -> li.get("/cases/o-1").json().path("state").asText().equals("open"));
    assertThat(li.get("/cases/o-1").json().path("escalated").path("by").asText()).isEqualTo("sun");
    test.topics.write(Records.decision("o-2", 1, Outcome.BLOCK, 95, NOW));
    await().until(() -> li.get("/cases/o-2").json().path("score").asInt() == 95);
    assertThat(li.post("/cases/o-2/take", "{}").code()).isEqualTo("needs_senior");

    // Decided, and then more is known: it begins anew, for everybody.
    test.admin().post("/cases/o-2/take", "{}");
    test.admin().post("/cases/o-2/verdict", "{'verdict':'APPROVE'}");
    test.topics.write(Records.decision("o-2", 2, Outcome.BLOCK, 99, NOW));
    await().until(() -> li.get("/cases/o-2").json().path("score").asInt() == 99);
    assertThat(li.post("/cases/o-2/take", "{}").status()).isEqualTo(200);
  }

  @Test
  void pagesGoOnFromEscalatedCasesToTheOthers() {
    Visitor sun = test.somebody("sun", "approver");
    flagged("o-1", "o-2", "o-3", "o-4");
    for (String id : List.of("o-2", "o-3")) {
      wang.post("/cases/" + id + "/take", "{}");
      wang.post("/cases/" + id + "/verdict", "{'verdict':'ESCALATE'}");
    }
    assertThat(paged(sun)).containsExactly("o-2", "o-3", "o-1", "o-4");
    assertThat(paged(li)).containsExactly("o-1", "o-4", "o-2", "o-3");
    String body = "{'ids':['o-1','o-2'],'verdict':'APPROVE','preview':true}";
    assertThat(li.post("/cases/bulk", body).json().path("skipped").toString())
        .isEqualTo("[{\"id\":\"o-2\",\"why\":\"needs_senior\"}]");
    assertThat(sun.post("/cases/bulk", body).json().path("skipped").toString())
        .isEqualTo("[{\"id\":\"o-1\",\"why\":\"forbidden\"}]");
    assertThat(
            sun.post("/cases/bulk", body.replace("APPROVE", "ESCALATE"))
                .json()
                .path("would")
                .asInt())
        .isZero();
  }

  private static List<String> paged(Visitor visitor) {
    List<String> all = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = visitor.get("/cases?limit=1" + next).json();
      all.addAll(ids(page));
      next = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asText();
    }
    return all;
  }

  @Test
  void aCaseShowsWhyWhatHappenedAndWhoElseAndNothingPersonal() {
    test.topics.write(Records.login("l-1", "u-o-1", NOW.minusSeconds(60)));
    test.topics.write(Records.order("earlier", "somebody-else", NOW.minusSeconds(120)));
    flagged("o-1");
    await().until(() -> test.count("select count(*) from event") == 3);
    Visitor.Answer answer = wang.get("/cases/o-1");
    JsonNode page = answer.json();
    JsonNode hit = page.path("decision").path("hits").get(0);
    assertThat(hit.path("title").path("zh").asText()).isEqualTo("短时间内大量下单");
    assertThat(hit.path("features").get(0).path("value").asInt()).isEqualTo(6);
    assertThat(hit.path("features").get(0).path("threshold").asText()).isEqualTo(">= 5");
    assertThat(page.path("timeline")).hasSize(3);
    assertThat(page.path("timeline").get(2).path("mine").asBoolean()).isTrue();
    assertThat(page.path("timeline").get(2).path("who").asText()).isEqualTo("user");
    assertThat(page.path("timeline").get(0).path("who").asText()).isEqualTo("device");
    assertThat(page.path("links").toString()).contains("somebody-else");
    assertThat(page.path("order").path("ip").asText()).isEqualTo("203.0.*.*");
    assertThat(answer.raw().body())
        .doesNotContain("203.0.113.77")
        .doesNotContain("device-123456")
        .doesNotContain("account-778899")
        .doesNotContain("address-445566");

    assertThat(wang.post("/cases/o-1/unmask", "{'reason':''}").status()).isEqualTo(400);
    assertThat(
            wang.post("/cases/o-1/unmask", "{'reason':'客户来电核实'}")
                .json()
                .path("order")
                .path("ip")
                .asText())
        .isEqualTo("203.0.113.77");
    assertThat(test.admin().get("/audit?what=unmask").raw().body()).contains("客户来电核实");
  }

  @Test
  void anEntityGoesOnAListByItsMaskedName() {
    flagged("o-1");
    String body = "{'list':'DENY','entity':'device','value':'***3456','reason':'刷单'}";
    assertThat(wang.post("/cases/o-1/list", body).status()).isEqualTo(204);
    await().until(() -> test.outgoing.to("lists").size() == 1);
    ListEntry entry = (ListEntry) test.outgoing.to("lists").get(0).record();
    assertThat(entry.getValue()).isEqualTo("device-123456");
    assertThat(entry.getReason()).isEqualTo("wang: 刷单");
    assertThat(wang.post("/cases/o-1/list", body.replace("device", "horse")).status())
        .isEqualTo(400);
    assertThat(wang.post("/cases/none/list", body).status()).isEqualTo(404);
  }

  @Test
  void aBulkVerdictSaysFirstWhatItWouldDo() {
    flagged("o-1", "o-2", "o-3");
    li.post("/cases/o-3/take", "{}");
    String body = "{'ids':['o-1','o-2','o-3','none'],'verdict':'APPROVE','preview':%s}";
    JsonNode preview = wang.post("/cases/bulk", body.formatted("true")).json();
    assertThat(preview.path("would").asInt()).isEqualTo(2);
    assertThat(preview.path("amount").asLong()).isEqualTo(200_000);
    assertThat(preview.path("skipped").toString())
        .contains("\"none\",\"why\":\"not_found\"")
        .contains("\"o-3\",\"why\":\"case_taken\"");
    assertThat(ids(wang.get("/cases").json())).hasSize(2);

    assertThat(wang.post("/cases/bulk", body.formatted("false")).json()).isEqualTo(preview);
    clock.move(Duration.ofSeconds(11));
    await().until(() -> test.outgoing.to("reviews").size() == 2);
  }

  @Test
  void oddNamesAndNotesComeBackAsTheyWere() {
    String odd = "o<script>alert(1)</script>\uD83D\uDE00\u202Eabc 'x'/y?z#%";
    flagged(odd);
    String path = "/cases/" + URLEncoder.encode(odd, StandardCharsets.UTF_8).replace("+", "%20");
    assertThat(wang.get(path).json().path("id").asText()).isEqualTo(odd);
    assertThat(
            wang.post(path + "/note", "{'text':'\uD83D\uDE00\u202E<img src=x>\\u0000\\ud800'}")
                .status())
        .isEqualTo(204);
    assertThat(wang.get(path).json().path("notes").get(0).path("text").asText())
        .isEqualTo("\uD83D\uDE00\u202E<img src=x>\uFFFD\uFFFD");
    assertThat(wang.post(path + "/note", "{'text':'" + "x".repeat(10_000) + "'}").status())
        .isEqualTo(400);
    assertThat(wang.get("/cases/" + "x".repeat(5_000)).status()).isEqualTo(404);
  }

  @Test
  void savedViewsAreOnesOwnAndTwoTabsDoNotOverwriteEachOther() {
    assertThat(wang.get("/views").json().path("etag").asText()).isEqualTo("\"0\"");
    wang.with("If-Match", "\"0\"");
    assertThat(wang.put("/views", "{'views':[{'name':'大额'}]}").status()).isEqualTo(200);
    assertThat(wang.put("/views", "{'views':[]}").status()).isEqualTo(412);
    assertThat(wang.get("/views").json().path("views").get(0).path("name").asText())
        .isEqualTo("大额");
    assertThat(li.get("/views").json().path("views")).isEmpty();
  }

  @Test
  void aQueueOf100000IsReadByItsIndexInWhicheverOrder() {
    test.database.useTransaction(
        handle -> {
          handle.execute(
              "insert into review_case (order_id, decision_id, revision, outcome, score, amount,"
                  + " currency, user_id, rules, reason_zh, reason_en, event_time, opened_at,"
                  + " opened_ms, due_at, state) select 'o-' || n, 'd-' || n, 0,"
                  + " (array['CHALLENGE', 'REVIEW', 'BLOCK'])[1 + n % 3], n % 100, n * 7919 % 1000000,"
                  + " 'CNY', 'u-' || n % 5000, array['order/burst'], '大额', 'large', t, t,"
                  + " 1762862400000 - n * 37, t, 'open' from generate_series(1, 100000) n,"
                  + " (values (timestamptz '2025-11-11T12:00Z')) v(t)");
          handle.execute("analyze review_case");
        });
    for (String sort : List.of("priority", "age", "amount")) {
      long start = System.nanoTime();
      JsonNode list = wang.get("/cases?sort=" + sort).json();
      System.out.printf(
          "queue of 100,000 by %s: %d ms%n", sort, (System.nanoTime() - start) / 1_000_000);
      assertThat(list.path("items")).hasSize(50);
      assertThat(list.path("counts").path("open").asLong()).isEqualTo(100_000);
    }
    for (String order : List.of("rank desc", "opened_ms", "amount desc")) {
      String plan =
          String.join(
              "\n",
              test.database.<List<String>>read(
                  handle ->
                      handle
                          .createQuery(
                              "explain select * from review_case where state = 'open' order by "
                                  + order
                                  + ", order_id limit 50")
                          .mapTo(String.class)
                          .list()));
      assertThat(plan).contains("Index Scan").doesNotContain("Seq Scan");
    }
  }
}
