package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.reference.RealData;
import io.fenghuo.rules.rehearsal.RiskPath;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.RuleHit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The engine on public records, against figures that were counted without it. */
class RealDataTest {
  private static Path data;

  @BeforeAll
  static void theDataIsThere() {
    assumeTrue(
        RealData.folder().isPresent(),
        "no shared/data beside the checkout; set FENGHUO_DATA to its folder");
    data = RealData.folder().get();
  }

  private static RiskPath run(Map<String, String> files, List<? extends SpecificRecord> events)
      throws RuleErrors {
    RiskPath path = new RiskPath(EsperCompiler.compile(Plan.of(RuleSet.read(files))));
    path.run(events);
    path.close();
    return path;
  }

  private static String rule(String condition) {
    return "title: { zh: T, en: T }\nwhen: OrderEvent(" + condition + ")";
  }

  @Test
  void firstPurchasesGiveThePublishedFigures() throws Exception {
    RealData.Purchases purchases = RealData.ecommerceFraud(data);
    Map<String, String> rules =
        Map.of(
            "features.yaml",
            """
            features:
              device.users: { of: "OrderEvent(type = OrderType.CREATED)", aggregate: distinct, field: userId, window: 24 hours }
              user.signup_age: { of: "LoginEvent(kind = LoginKind.SIGNUP)", aggregate: age, field: userId, window: 30 days }
            """,
            "two.yaml",
            rule("device.users >= 2"),
            "three.yaml",
            rule("device.users >= 3"),
            "five.yaml",
            rule("device.users >= 5"),
            "minute.yaml",
            rule("user.signup_age <= 60000"));
    List<Decision> decisions = run(rules, purchases.events()).decisions();
    assertThat(decisions).hasSize(30_189);
    assertCaught(decisions, purchases.frauds(), "two", 886, 3);
    assertCaught(decisions, purchases.frauds(), "three", 431, 2);
    assertCaught(decisions, purchases.frauds(), "five", 57, 0);
    assertCaught(decisions, purchases.frauds(), "minute", 1_531, 0);
  }

  private static void assertCaught(
      List<Decision> decisions, Set<String> frauds, String rule, long truly, long falsely) {
    Map<Boolean, Long> caught =
        decisions.stream()
            .filter(d -> d.getHits().stream().map(RuleHit::getRuleId).anyMatch(rule::equals))
            .collect(
                Collectors.partitioningBy(
                    d -> frauds.contains(d.getOrderId()), Collectors.counting()));
    assertThat(caught).as(rule).isEqualTo(Map.of(true, truly, false, falsely));
  }

  @Test
  void failuresInARowAreThoseOfUser1035() throws Exception {
    assertThat(failing("2 seconds", 2, true)).containsExactly("1035");
    assertThat(failing("5 seconds", 3, true)).containsExactly("1035");
    assertThat(failing("5 seconds", 2, false)).containsExactlyInAnyOrder("1035", "83419");
  }

  private static Set<String> failing(String within, int times, boolean strictly) throws RuleErrors {
    return alerted(
        """
        title: { zh: T, en: T }
        entity: user
        within: %s
        sequence:
          - f: LoginEvent(success = false)
            times: %d
            strictly: %s
        alert: { severity: warning, summary: { zh: S, en: S } }
        """
            .formatted(within, times, strictly),
        RealData.flinkCourseLogins(data));
  }

  @Test
  void unpaidOrdersAreThoseOfTheCourse() throws Exception {
    assertThat(
            alerted(
                """
                title: { zh: T, en: T }
                deadline:
                  start: OrderEvent(type = OrderType.CREATED)
                  end: PaymentEvent(status = PaymentStatus.SUCCEEDED)
                  key: orderId
                  within: 900 seconds
                alert: { severity: warning, summary: { zh: S, en: S } }
                """,
                RealData.flinkCourseOrders(data)))
        .containsExactlyInAnyOrder("34756", "34767");
  }

  private static Set<String> alerted(String rule, List<? extends SpecificRecord> events)
      throws RuleErrors {
    return run(Map.of("rule.yaml", rule), events).alerts().stream()
        .map(alert -> alert.getLabels().get("key"))
        .collect(Collectors.toSet());
  }
}
