package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import org.junit.jupiter.api.Test;

class AlertTest {

  private static Scene rule(String when, String more) {
    return new Scene()
        .feature("user.logins", "of: LoginEvent, aggregate: count, window: 1h")
        .feature("device.logins", "of: LoginEvent, aggregate: count, window: 1h")
        .file("a/r.yaml", "title: R\nwhen: " + when + "\n" + more + "\n");
  }

  private static String alert(String every) {
    return "alert: { severity: warning, every: " + every + ", summary: \"{eventId}\" }";
  }

  @Test
  void thereIsOneAlertForEachPieceOfTime() {
    Scene scene =
        rule("LoginEvent", "entity: user\n" + alert("10 seconds"))
            .login("a", 9_000, true)
            .login("b", 9_999, true)
            .login("c", 10_000, true)
            .login("d", 35_000, true);
    assertThat(scene.alerts())
        .extracting(Alert::getAlertId)
        .containsExactly("a/r|u1|0", "a/r|u1|1", "a/r|u1|3");
    Alert first = scene.alerts().get(0);
    assertThat(first.getStartsAt()).isEqualTo(9_000);
    assertThat(first.getFingerprint()).isEqualTo("a/r|u1");
    assertThat(first.getAnnotations()).containsEntry("summary_en", "a");
    assertThat(first.getLabels())
        .containsEntry("rule", "a/r")
        .containsEntry("entity", "user")
        .containsEntry("key", "u1")
        .containsEntry("severity", "warning");
  }

  @Test
  void piecesAreTenMinutesUnlessSaid() {
    Scene scene =
        rule("LoginEvent", "entity: user\nalert: { severity: notice }")
            .login("a", 1, true)
            .login("b", 599_999, true)
            .login("c", 600_000, true);
    assertThat(scene.alerts()).hasSize(2);
    assertThat(scene.alerts().get(0).getAnnotations()).containsEntry("summary_zh", "R");
  }

  @Test
  void eachKeyHasItsOwn() {
    Scene scene =
        rule("LoginEvent", "entity: user\n" + alert("1h"))
            .login("a", 1, true)
            .login("b", 2, login -> login.setUserId("u2"))
            .login("c", 3, login -> login.setUserId(null));
    assertThat(scene.alerts())
        .extracting(Alert::getAlertId)
        .containsExactly("a/r|u1|0", "a/r|u2|0");
  }

  @Test
  void theEntityIsThatOfTheFeaturesWhenTheyAreOfOneKind() {
    Scene scene = rule("OrderEvent(device.logins >= 0)", alert("1h")).order("a", 1);
    assertThat(scene.alerts().get(0).getLabels()).containsEntry("entity", "device");
  }

  @Test
  void theEntityIsTheOrderOtherwise() {
    Scene scene =
        rule("OrderEvent(device.logins >= 0, user.logins >= 0)", alert("1h")).order("a", 1);
    assertThat(scene.alerts().get(0).getLabels()).containsEntry("entity", "order");
    assertThat(rule("OrderEvent", alert("1h")).order("a", 1).alerts().get(0).getLabels())
        .containsEntry("entity", "order");
  }

  @Test
  void everyHitCountsForAlertsNotOnlyTheFirstOfAnOrder() {
    Scene scene = rule("OrderEvent", alert("1s")).order("a", 1).order("b", 1001);
    assertThat(scene.alerts()).hasSize(2);
    assertThat(scene.decisions()).hasSize(1);
  }

  @Test
  void shadowAlertsAreMarked() {
    Scene scene = rule("OrderEvent", "mode: shadow\n" + alert("1s")).order("a", 1);
    assertThat(scene.alerts()).extracting(Alert::getMode).containsExactly(RuleMode.SHADOW);
  }

  @Test
  void sequencesSpeakOfTheirEntity() {
    Scene scene =
        new Scene()
            .file(
                "s.yaml",
                "title: S\nentity: device\nwithin: 1m\nsequence: [ f: LoginEvent, o: OrderEvent ]\n"
                    + "alert: { severity: critical, summary: \"{f.eventId} {o.eventId}\" }")
            .login("a", 1, true)
            .order("b", 2);
    Alert alert = scene.alerts().get(0);
    assertThat(alert.getLabels()).containsEntry("entity", "device").containsEntry("key", "d1");
    assertThat(alert.getAnnotations()).containsEntry("summary_zh", "a b");
  }
}
