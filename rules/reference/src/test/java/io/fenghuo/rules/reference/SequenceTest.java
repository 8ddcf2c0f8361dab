package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.RuleHit;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceTest {

  private static Scene rule(String steps) {
    return new Scene()
        .file(
            "account/take-over.yaml",
            "title: { zh: 盗号, en: Take-over }\nentity: user\nwithin: 10 seconds\nsequence:\n"
                + steps.indent(2));
  }

  private static List<String> hits(Scene scene) {
    return scene.decisions().get(0).getHits().stream().map(RuleHit::getRuleId).toList();
  }

  /** The chosen events, oldest first. */
  private static List<String> chosen(Scene scene) {
    List<String> newestFirst =
        scene.decisions().get(0).getEvidence().stream().map(EvidenceEvent::getEventId).toList();
    return newestFirst.stream().sorted().toList();
  }

  @Test
  void stepsFollowInOrderWithOthersBetween() {
    Scene scene =
        rule("- f: LoginEvent(success = false)\n- o: OrderEvent")
            .login("a", 1, false)
            .login("b", 2, true)
            .order("c", 3);
    assertThat(hits(scene)).containsExactly("account/take-over");
    assertThat(chosen(scene)).containsExactly("a", "c");
  }

  @Test
  void theWindowIsOpenAtItsFarEnd() {
    String steps = "- f: LoginEvent\n- o: OrderEvent";
    assertThat(hits(rule(steps).login("a", 0, true).order("b", 10_000))).isEmpty();
    assertThat(hits(rule(steps).login("a", 1, true).order("b", 10_000))).hasSize(1);
  }

  @Test
  void theLastStepIsTheTrigger() {
    Scene scene =
        rule("- o: OrderEvent\n- f: LoginEvent")
            .login("a", 1, true)
            .order("b", 2)
            .login("c", 3, true);
    assertThat(hits(scene)).isEmpty();
  }

  @Test
  void anEarlierStepCanBeNamed() {
    String steps = "- f: LoginEvent\n- s: LoginEvent(deviceId != f.deviceId)\n- o: OrderEvent";
    assertThat(hits(rule(steps).login("a", 1, true).login("b", 2, true).order("c", 3))).isEmpty();
    Scene scene =
        rule(steps)
            .login("a", 1, true)
            .login("b", 2, true)
            .login("c", 3, login -> login.setDeviceId("d2"))
            .order("d", 4);
    assertThat(chosen(scene)).containsExactly("a", "c", "d");
  }

  @Test
  void strictlyAllowsNothingOfTheNamedTypesBetween() {
    String steps = "- f: LoginEvent(success = false)\n- o: OrderEvent\n  strictly: true";
    assertThat(hits(rule(steps).login("a", 1, false).login("b", 2, true).order("c", 3))).isEmpty();
    Scene otherType =
        rule(steps).login("a", 1, false).payment("b", 2, PaymentStatus.FAILED).order("c", 3);
    assertThat(chosen(otherType)).containsExactly("a", "c");
  }

  @Test
  void timesTakesConsecutiveMatches() {
    String steps = "- f: LoginEvent(success = false)\n  times: 2\n- o: OrderEvent";
    assertThat(hits(rule(steps).login("a", 1, false).order("c", 3))).isEmpty();
    Scene scene =
        rule(steps)
            .login("a", 1, false)
            .login("b", 2, true)
            .login("c", 3, false)
            .login("d", 4, false)
            .order("e", 5);
    assertThat(chosen(scene)).containsExactly("a", "c", "e");
  }

  @Test
  void strictlyWithTimesMeansOneRightAfterTheOther() {
    String steps =
        "- f: LoginEvent(success = false)\n  times: 2\n  strictly: true\n- o: OrderEvent";
    Scene apart =
        rule(steps).login("a", 1, false).login("b", 2, true).login("c", 3, false).order("e", 5);
    assertThat(hits(apart)).isEmpty();
    Scene together =
        rule(steps)
            .login("a", 1, true)
            .login("b", 2, false)
            .login("c", 3, false)
            .login("d", 4, true)
            .order("e", 5);
    assertThat(chosen(together)).containsExactly("b", "c", "e");
  }

  @Test
  void theAliasOfTimesIsTheLastOfThem() {
    Scene scene =
        rule("- f: LoginEvent(success = false)\n  times: 2\n"
                + "- o: OrderEvent(deviceId = f.deviceId)")
            .login("a", 1, false)
            .login(
                "b",
                2,
                login -> {
                  login.setSuccess(false);
                  login.setDeviceId("d2");
                })
            .order("c", 3, order -> order.setDeviceId("d2"));
    assertThat(hits(scene)).hasSize(1);
  }

  @Test
  void theLastOfTimesMayBeTheTrigger() {
    Scene scene =
        rule("- o: OrderEvent\n  times: 2")
            .order("a", 1, order -> order.setOrderId("o0"))
            .order("b", 2, order -> order.setOrderId("o1"));
    assertThat(scene.decisions().get(0).getHits()).isEmpty();
    assertThat(scene.decisions().get(1).getHits()).hasSize(1);
  }

  @Test
  void theSmallestChoiceIsReported() {
    Scene scene =
        rule("- a: LoginEvent\n- b: LoginEvent(success = false)\n- o: OrderEvent")
            .login("a", 1, true)
            .login("b", 2, false)
            .login("c", 3, false)
            .order("d", 4);
    assertThat(chosen(scene)).containsExactly("a", "b", "d");
  }

  @Test
  void onlyTheLatestTwoHundredEventsAreLookedAt() {
    Scene scene = rule("- f: LoginEvent(success = false)\n- o: OrderEvent").login("a", 1, false);
    for (int i = 0; i < 198; i++) {
      scene.login("b%03d".formatted(i), 2, true);
    }
    scene.order("c", 3);
    assertThat(hits(scene)).hasSize(1);
    scene.login("b198", 2, true);
    assertThat(hits(scene)).isEmpty();
  }

  @Test
  void aSequenceIsABooleanForConditions() {
    Scene scene =
        rule("- f: LoginEvent(success = false)\n- o: OrderEvent")
            .file("x.yaml", "title: X\nwhen: OrderEvent(user.take_over = true)\nscore: 7")
            .login("a", 1, false)
            .order("b", 2)
            .order("c", 60_000, order -> order.setOrderId("o2"))
            .order(
                "d",
                60_000,
                order -> {
                  order.setOrderId("o3");
                  order.setUserId(null);
                });
    assertThat(hits(scene)).containsExactly("account/take-over", "x");
    assertThat(chosen(scene)).containsExactly("a", "b");
    assertThat(scene.at("b")).containsEntry("user.take_over", true);
    assertThat(scene.at("c")).containsEntry("user.take_over", false);
    assertThat(scene.at("d")).containsEntry("user.take_over", null);
  }

  @Test
  void aSequenceThatIsOffStillServesOtherRules() {
    Scene scene =
        new Scene()
            .file(
                "s.yaml",
                "title: S\nmode: off\nentity: user\nwithin: 1m\nsequence:\n  - o: OrderEvent\n")
            .order("a", 1);
    assertThat(scene.at("a")).isEmpty();
    scene.file("x.yaml", "title: X\nwhen: OrderEvent(user.s = true)");
    assertThat(scene.at("a")).containsEntry("user.s", true);
    assertThat(hits(scene)).containsExactly("x");
  }

  @Test
  void textsNameStepsAndTheTrigger() {
    Scene scene =
        rule("- f: LoginEvent\n- o: OrderEvent")
            .file(
                "t.yaml",
                """
                title: T
                entity: user
                within: 1m
                outcome: REVIEW
                sequence: [ f: LoginEvent, o: OrderEvent ]
                reason: "{f.eventId} {o.amount} {amount} {f.place} {g.amount} {user.take_over}"
                """)
            .login("a", 1, true)
            .order("b", 2);
    assertThat(scene.decisions().get(0).getReason().getEn())
        .isEqualTo("Take-over; a 100 100 - - true");
  }
}
