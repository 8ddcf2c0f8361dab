package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.RuleHit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RealDataTest {

  private static Path data;

  @BeforeAll
  static void theDataIsThere() {
    assumeTrue(
        RealData.folder().isPresent(),
        "no shared/data beside the checkout; set FENGHUO_DATA to its folder");
    data = RealData.folder().get();
  }

  @Test
  void firstPurchasesGiveThePublishedFigures() {
    RealData.Purchases purchases = RealData.ecommerceFraud(data);
    assertThat(purchases.orders()).hasSize(30_189);
    assertThat(purchases.frauds()).hasSize(2_867);

    String purchase = "OrderEvent(type = OrderType.CREATED)";
    Map<String, String> rules =
        Map.of(
            "features.yaml",
            """
            features:
              device.users: { of: "%s", aggregate: distinct, field: userId, window: 24 hours }
              user.signup_age: { of: "LoginEvent(kind = LoginKind.SIGNUP)", aggregate: age, field: userId, window: 30 days }
            """
                .formatted(purchase),
            "two.yaml",
            "title: T\nwhen: OrderEvent(device.users >= 2)",
            "three.yaml",
            "title: T\nwhen: OrderEvent(device.users >= 3)",
            "five.yaml",
            "title: T\nwhen: OrderEvent(device.users >= 5)",
            "minute.yaml",
            "title: T\nwhen: OrderEvent(user.signup_age <= 60000)");
    List<Decision> decisions =
        new ReferenceEvaluator(rules).evaluate(purchases.events(), List.of()).decisions();
    assertThat(decisions).hasSize(30_189);
    Set<String> frauds = purchases.frauds();
    assertFigures(decisions, frauds, "two", 886, 3);
    assertFigures(decisions, frauds, "three", 431, 2);
    assertFigures(decisions, frauds, "five", 57, 0);
    assertFigures(decisions, frauds, "minute", 1_531, 0);
  }

  private static void assertFigures(
      List<Decision> decisions, Set<String> frauds, String rule, int truly, int falsely) {
    Map<Boolean, Long> caught =
        decisions.stream()
            .filter(d -> d.getHits().stream().map(RuleHit::getRuleId).anyMatch(rule::equals))
            .collect(
                Collectors.partitioningBy(
                    d -> frauds.contains(d.getOrderId()), Collectors.counting()));
    assertThat(caught).as(rule).isEqualTo(Map.of(true, (long) truly, false, (long) falsely));
  }

  @Test
  void failuresInARowAreThoseOfUser1035() {
    assertThat(users("2 seconds", 2, true)).containsExactly("1035");
    assertThat(users("5 seconds", 3, true)).containsExactly("1035");
    assertThat(users("5 seconds", 2, false)).containsExactly("1035", "83419");
  }

  private static Set<String> users(String within, int times, boolean strictly) {
    String rule =
        """
        title: Failures
        entity: user
        within: %s
        sequence:
          - f: LoginEvent(success = false)
            times: %d
            strictly: %s
        alert: { severity: warning }
        """
            .formatted(within, times, strictly);
    List<SpecificRecord> logins = List.copyOf(RealData.flinkCourseLogins(data));
    assertThat(logins).hasSize(50);
    return keys(rule, logins);
  }

  @Test
  void unpaidOrdersAreThoseOfTheCourse() {
    String rule =
        """
        title: Not paid
        deadline:
          start: OrderEvent(type = OrderType.CREATED)
          end: PaymentEvent(status = PaymentStatus.SUCCEEDED)
          key: orderId
          within: 900 seconds
        alert: { severity: warning }
        """;
    assertThat(keys(rule, RealData.flinkCourseOrders(data))).containsExactly("34756", "34767");
  }

  private static Set<String> keys(String rule, List<SpecificRecord> events) {
    return new ReferenceEvaluator(Map.of("rule.yaml", rule))
        .evaluate(events, List.of()).alerts().stream()
            .map(Alert::getLabels)
            .map(labels -> labels.get("key"))
            .collect(Collectors.toCollection(TreeSet::new));
  }
}
