package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A mode on its way: asked, approved, coming into force, in force; or failed, and tried again. */
class RuleModesTest {

  private static final String BURST = "/rules/order%2Fburst";
  private static final String LARGE = "/rules/order%2Flarge";

  private final MovingClock clock = new MovingClock(Instant.parse("2026-11-11T12:00:00Z"));
  private final TestConsole test = new TestConsole(clock);
  private final FakeRuleJobs jobs = new FakeRuleJobs();
  private Visitor author;
  private Visitor approver;

  @AfterEach
  void close() {
    test.close();
  }

  private void start(FakeRuleJobs with) {
    test.jobs = with;
    test.start();
    author = test.somebody("lin", "rule-author");
    approver = test.somebody("wang", "approver");
  }

  private void ask(String rule, String mode) {
    assertThat(
            author.post(rule + "/mode", "{'mode':'" + mode + "','reason':'误报'}").raw().statusCode())
        .isEqualTo(200);
  }

  private JsonNode approve(String rule) {
    Visitor.Answer answer = approver.post(rule + "/approve", "{}");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.json();
  }

  private JsonNode rule(String path) {
    return author.get(path).json();
  }

  private void awaitState(String rule, String state) {
    await().until(() -> rule(rule).path("change").path("state").asText().equals(state));
  }

  @Test
  void anApprovedModeComesIntoForceAndSaysWhoAndSinceWhen() {
    start(jobs);
    assertThat(rule(BURST).path("change").isNull()).isTrue();
    ask(BURST, "OFF");
    assertThat(rule(BURST).path("mode").asText()).isEqualTo("LIVE");
    assertThat(jobs.ranBy).isEmpty();
    assertThat(approve(BURST).path("effective").asBoolean(true)).isFalse();

    awaitState(BURST, "in_force");
    JsonNode rule = rule(BURST);
    assertThat(rule.path("mode").asText()).isEqualTo("OFF");
    assertThat(rule.path("fileMode").asText()).isEqualTo("LIVE");
    assertThat(rule.path("inForce").path("by").asText()).isEqualTo("lin");
    assertThat(rule.path("inForce").path("decidedBy").asText()).isEqualTo("wang");
    assertThat(rule.path("inForce").path("inForceAt").asText()).isEqualTo("2026-11-11T12:00:00Z");
    assertThat(rule.path("inForce").path("ruleSetVersion").asText()).isEqualTo("set-1");
    assertThat(jobs.ranBy.get(0)).contains("\"order/burst\":\n    mode: \"off\"\n    version: 1\n");
    assertThat(author.post(BURST + "/mode", "{'mode':'OFF','reason':'x'}").status()).isEqualTo(400);

    ask(BURST, "LIVE");
    approve(BURST);
    await().until(() -> rule(BURST).path("mode").asText().equals("LIVE"));
    assertThat(jobs.ranBy).hasSize(2);
    assertThat(author.get("/modes?format=yaml").raw().body()).isEqualTo(jobs.ranBy.get(1));
  }

  @Test
  void beforeTheJobsRunItWaitsAndNobodyAsksForAnother() {
    jobs.ready(false);
    start(jobs);
    ask(BURST, "SHADOW");
    approve(BURST);
    assertThat(rule(BURST).path("change").path("state").asText()).isEqualTo("approved");
    assertThat(rule(BURST).path("mode").asText()).isEqualTo("LIVE");
    assertThat(author.post(BURST + "/mode", "{'mode':'OFF','reason':'x'}").code())
        .isEqualTo("on_its_way");
    jobs.ready(true);
    awaitState(BURST, "in_force");
  }

  @Test
  void whatTheJobsDoNotTakeLeavesTheFormerModesAndMayBeTriedAgain() {
    jobs.refuse(text -> text.contains("order/burst"));
    start(jobs);
    ask(BURST, "OFF");
    approve(BURST);
    awaitState(BURST, "failed");
    JsonNode rule = rule(BURST);
    assertThat(rule.path("mode").asText()).isEqualTo("LIVE");
    assertThat(rule.path("change").path("problem").path("zh").asText()).isEqualTo("没有换用");
    assertThat(author.post(BURST + "/retry", "{}").status()).isEqualTo(403);
    assertThat(approver.post(LARGE + "/retry", "{}").code()).isEqualTo("not_failed");

    jobs.refuse(text -> false);
    assertThat(approver.post(BURST + "/retry", "{}").status()).isEqualTo(200);
    awaitState(BURST, "in_force");
    assertThat(rule(BURST).path("mode").asText()).isEqualTo("OFF");
  }

  @Test
  void oneThatIsRefusedDoesNotHoldUpAnother() {
    jobs.refuse(text -> text.contains("order/burst"));
    jobs.ready(false);
    start(jobs);
    ask(BURST, "OFF");
    ask(LARGE, "LIVE");
    approve(BURST);
    approve(LARGE);
    jobs.ready(true);
    awaitState(BURST, "failed");
    awaitState(LARGE, "in_force");
    assertThat(jobs.ranBy).hasSize(1);
  }

  @Test
  void aStopInTheMiddleComesOutAfterTheNextStart() {
    jobs.killed(true);
    start(jobs);
    ask(BURST, "OFF");
    approve(BURST);
    await().until(() -> !jobs.ranBy.isEmpty());
    test.stop();
    assertThat(test.count("select count(*) from rule_request where state = 'coming'")).isOne();

    jobs.killed(false);
    start(jobs);
    awaitState(BURST, "in_force");
    assertThat(jobs.ranBy).containsOnly(jobs.ranBy.get(0));
  }

  @Test
  void aModeOfARuleThatWasChangedOrIsGoneIsShownAndNotApplied() {
    kept("order/burst", "OFF", 7, "in_force");
    kept("order/gone", "OFF", 1, "in_force");
    kept("order/large", "LIVE", 4, "approved");
    start(jobs);
    assertThat(rule(BURST).path("mode").asText()).isEqualTo("LIVE");
    assertThat(rule(BURST).path("inForce").path("ignored").path("en").asText())
        .isEqualTo("Approved for version 7; the rule has version 1 now. Ask anew");
    awaitState(LARGE, "failed");
    assertThat(rule(LARGE).path("change").path("problem").path("zh").asText())
        .isEqualTo("规则已改为版本 1，批准的是版本 4，请重新申请");
    assertThat(approver.post(LARGE + "/retry", "{}").code()).isEqualTo("rule_changed");
    List<String> ignored =
        StreamSupport.stream(author.get("/modes").json().path("ignored").spliterator(), false)
            .map(each -> each.path("id").asText())
            .toList();
    assertThat(ignored).containsExactlyInAnyOrder("order/burst", "order/gone");
    assertThat(jobs.ranBy).isEmpty();
  }

  private void kept(String rule, String mode, int version, String state) {
    test.database.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "insert into rule_request (rule_id, mode, rule_version, reason, asked_by,"
                        + " asked_at, state, decided_by, decided_at)"
                        + " values (:rule, :mode, :version, 'x', 'lin', now(), :state, 'wang', now())")
                .bind("rule", rule)
                .bind("mode", mode)
                .bind("version", version)
                .bind("state", state)
                .execute());
  }

  @Test
  void whereTheJobsAreRunElsewhereItSaysWhatToDoAndGivesTheFile() {
    start(null);
    ask(BURST, "OFF");
    JsonNode approved = approve(BURST);
    assertThat(approved.path("effective").asBoolean(true)).isFalse();
    assertThat(approved.path("how").path("en").asText())
        .contains("submit the risk job again with --modes modes.yaml");
    assertThat(approved.path("mode").asText()).isEqualTo("LIVE");
    assertThat(author.get("/modes?format=yaml").raw().body())
        .contains("\"order/burst\":\n    mode: \"off\"\n");
    ask(BURST, "LIVE");
    approve(BURST);
    assertThat(author.get("/modes?format=yaml").raw().body()).contains("mode: \"live\"\n");
  }
}
