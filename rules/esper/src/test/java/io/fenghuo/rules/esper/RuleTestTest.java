package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.rehearsal.RuleTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a rule's author reads when a test does not hold, or is itself wrong. */
class RuleTestTest {
  private static final String FEATURES =
      "features:\n  user.orders: { of: OrderEvent, aggregate: count, window: 1 hour }\n";
  private static final String RULE =
      """
      title: { zh: T, en: T }
      when: OrderEvent(user.orders >= 2)
      outcome: REVIEW
      alert: { severity: notice, summary: { zh: S, en: S } }
      """;
  private static final String EVENTS =
      """
      events:
        - { at: 0s, OrderEvent: { orderId: "o{n}", type: CREATED, userId: u1 }, repeat: 2, every: 1m }
      """;

  private static List<String> run(String test, Map<String, String> more) {
    Map<String, String> files = new TreeMap<>(more);
    files.put("features.yaml", FEATURES);
    files.put("order/x.test.yaml", test);
    files.putIfAbsent("order/x.yaml", RULE);
    return RuleTest.of("order/x", files).orElseThrow().run(EsperCompiler::compile).stream()
        .map(RuleError::toString)
        .toList();
  }

  private static List<String> run(String test) {
    return run(test, Map.of());
  }

  @Test
  void aTestThatHoldsSaysNothing() {
    assertThat(
            run(
                EVENTS
                    + """
                    expect:
                      - { order: o1, outcome: PASS, rules: [] }
                      - { order: o2, outcome: REVIEW, score: 60, revision: 0, rules: [order/x] }
                      - { alert: order/x, key: u1, at: 1m }
                    """))
        .isEmpty();
  }

  @Test
  void whatWasExpectedAndWhatHappenedStandSideBySide() {
    assertThat(
            run(
                EVENTS
                    + """
                    expect:
                      - { order: o2, outcome: BLOCK, score: 90, rules: [] }
                      - { order: o3, outcome: PASS }
                      - { alert: order/x, key: u1, at: 2m }
                    """))
        .containsExactly(
            "order/x.test.yaml:4: order o2: expected outcome BLOCK, score 90, rules none; found"
                + " outcome REVIEW, score 60, revision 0, rules order/x (user.orders = 2)",
            "order/x.test.yaml:5: order o3: expected a decision, found none; decided: o1, o2",
            "order/x.test.yaml:6: expected an alert order/x for u1 at 120s, which was not raised;"
                + " raised: order/x for u1 at 60s",
            "order/x.test.yaml:4: expected no alert order/x for u1 at 60s; it was raised");
  }

  @Test
  void mistakesInATestAreNamedWithTheirPlace() {
    assertThat(run("events:\n  - { at: 0s, OrderEvent: { orderId: o1, typ: CREATED } }\n"))
        .singleElement()
        .asString()
        .startsWith("order/x.test.yaml:2: events[0].OrderEvent: ")
        .contains("typ");
    assertThat(run("events: []\nexpect: []")).singleElement().asString().contains("must expect");
    assertThat(run(EVENTS + "expect:\n  - { order: o1, outcom: PASS }"))
        .anySatisfy(error -> assertThat(error).contains(":4: expect[0].outcom: unknown key"));
    assertThat(run("events:\n  - { at: soon, Order: { } }"))
        .anySatisfy(error -> assertThat(error).contains(":2: events[0].at: soon (expected: a dur"))
        .anySatisfy(error -> assertThat(error).contains(":2: events[0].Order: unknown key"));
  }

  @Test
  void onlyTheRuleAndTheSequencesItNamesAreLoaded() {
    Map<String, String> more =
        Map.of(
            "order/x.yaml",
            "title: { zh: T, en: T }\nwhen: OrderEvent(user.two_in_a_row = true)\noutcome: BLOCK",
            "other/two-in-a-row.yaml",
            """
            title: { zh: T, en: T }
            entity: user
            within: 1 hour
            sequence: [ { a: OrderEvent, times: 2 } ]
            mode: off
            """,
            "other/broken.yaml",
            "title: 1");
    assertThat(run(EVENTS + "expect: [ { order: o2, outcome: BLOCK, rules: [order/x] } ]", more))
        .isEmpty();
  }

  @Test
  void aTestMaySetLists() {
    String lists = "lists: [ { list: DENY, entity: user, value: u1, from: 30s } ]\n";
    assertThat(
            run(
                EVENTS
                    + lists
                    + """
                    expect:
                      - { order: o1, outcome: PASS }
                      - { order: o2, outcome: BLOCK }
                      - { alert: order/x, key: u1, at: 1m }
                    """))
        .isEmpty();
  }
}
