package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private static Scene rule(String more) {
    return new Scene()
        .file(
            "ship.yaml",
            """
            title: { zh: 未发货, en: Not shipped }
            deadline:
              start: PaymentEvent(status = PaymentStatus.SUCCEEDED)
              end: OrderEvent(type in (OrderType.SHIPPED, OrderType.CANCELLED))
              key: orderId
              within: 10 seconds
            %s
            alert: { severity: critical, summary: { zh: "订单 {orderId}", en: "{eventId} late" } }
            """
                .formatted(more));
  }

  private static Scene paid(Scene scene, String id, long time) {
    return scene.payment(id, time, PaymentStatus.SUCCEEDED);
  }

  private static Scene shipped(Scene scene, String id, long time) {
    return scene.order(id, time, order -> order.setType(OrderType.SHIPPED));
  }

  private static List<Long> starts(Scene scene) {
    return scene.alerts().stream().map(Alert::getStartsAt).toList();
  }

  @Test
  void aClockThatIsNeverMetRaisesAnAlert() {
    Alert alert = paid(rule(""), "a", 5).alerts().get(0);
    assertThat(alert.getAlertId()).isEqualTo("ship|o1|10005");
    assertThat(alert.getFingerprint()).isEqualTo("ship|o1");
    assertThat(alert.getStartsAt()).isEqualTo(10_005);
    assertThat(alert.getSeverity()).isEqualTo(Severity.CRITICAL);
    assertThat(alert.getLabels())
        .isEqualTo(Map.of("rule", "ship", "entity", "order", "key", "o1", "severity", "critical"));
    assertThat(alert.getAnnotations())
        .isEqualTo(Map.of("summary_zh", "订单 o1", "summary_en", "a late"));
  }

  @Test
  void bothEndsOfTheTimeAllowedCount() {
    assertThat(starts(shipped(paid(rule(""), "a", 5), "b", 10_005))).isEmpty();
    assertThat(starts(shipped(paid(rule(""), "a", 5), "b", 10_006))).containsExactly(10_005L);
    assertThat(starts(shipped(paid(rule(""), "b", 5), "a", 5))).isEmpty();
    assertThat(starts(shipped(paid(rule(""), "b", 5), "a", 4))).containsExactly(10_005L);
  }

  @Test
  void anEndWithinTheLookbackCounts() {
    String lookback = "  lookback: 2 seconds";
    assertThat(starts(shipped(paid(rule(lookback), "a", 5000), "b", 3000))).isEmpty();
    assertThat(starts(shipped(paid(rule(lookback), "a", 5000), "b", 2999)))
        .containsExactly(15_000L);
  }

  @Test
  void aStartWhileAClockIsOpenOpensNoOther() {
    assertThat(starts(paid(paid(rule(""), "a", 0), "b", 10_000))).containsExactly(10_000L);
    assertThat(starts(paid(paid(rule(""), "a", 0), "b", 10_001))).containsExactly(10_000L, 20_001L);
  }

  @Test
  void anEndClosesTheClockForTheNextStart() {
    Scene scene = paid(shipped(paid(rule(""), "a", 0), "b", 3000), "c", 4000);
    assertThat(starts(scene)).containsExactly(14_000L);
  }

  @Test
  void aStartWhoseEndHasComeAlreadyOpensNoClock() {
    Scene scene = rule("  lookback: 2 seconds");
    shipped(scene, "a", 1000);
    paid(scene, "b", 2000);
    assertThat(starts(scene)).isEmpty();
    paid(scene, "c", 9000);
    assertThat(starts(scene)).hasSize(1);
  }

  @Test
  void eventsWithoutTheKeyAreNoStart() {
    Scene scene =
        rule("")
            .file(
                "ship.yaml",
                "title: D\nalert: { severity: notice }\ndeadline: "
                    + "{ start: OrderEvent, end: LoginEvent, key: deviceId, within: 1s }");
    scene.order("a", 1, order -> order.setDeviceId(null));
    assertThat(scene.alerts()).isEmpty();
    scene.order("b", 2);
    assertThat(scene.alerts().get(0).getLabels()).containsEntry("entity", "device");
  }

  @Test
  void shadowIsMarkedAndOffIsSilent() {
    assertThat(paid(rule("mode: shadow"), "a", 5).alerts().get(0).getMode())
        .isEqualTo(RuleMode.SHADOW);
    assertThat(paid(rule("mode: off"), "a", 5).alerts()).isEmpty();
  }
}
