package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.FeatureValue;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionTest {

  private static Scene rule(Scene scene, String id, String when, String effect) {
    return scene.file(
        id + ".yaml",
        "title: { zh: 规则 %s, en: rule %s }\nwhen: %s\n%s".formatted(id, id, when, effect));
  }

  private static Scene rule(String when, String effect) {
    return rule(new Scene(), "r", when, effect);
  }

  private static Decision first(Scene scene) {
    return scene.decisions().get(0);
  }

  @Test
  void anOrderThatNoRuleMatchesPasses() {
    Decision decision = first(new Scene().order("a", 7, order -> order.setAmount(250)));
    assertThat(decision.getOrderId()).isEqualTo("o1");
    assertThat(decision.getRevision()).isZero();
    assertThat(decision.getEventId()).isEqualTo("a");
    assertThat(decision.getEventTime()).isEqualTo(7);
    assertThat(decision.getOutcome()).isEqualTo(Outcome.PASS);
    assertThat(decision.getScore()).isZero();
    assertThat(decision.getUserId()).isEqualTo("u1");
    assertThat(decision.getAmount()).isEqualTo(250);
    assertThat(decision.getHits()).isEmpty();
    assertThat(decision.getEvidence()).isEmpty();
    assertThat(decision.getReason().getZh()).isEqualTo("未命中规则");
    assertThat(decision.getReason().getEn()).isEqualTo("no rule matched");
  }

  @Test
  void anOrderThatIsNeverCreatedIsNeverDecided() {
    assertThat(
            rule("PaymentEvent", "outcome: BLOCK")
                .payment("a", 1, PaymentStatus.FAILED)
                .decisions())
        .isEmpty();
  }

  @Test
  void theOutcomeHasItsUsualScore() {
    assertThat(first(rule("OrderEvent", "outcome: REVIEW").order("a", 1)).getScore()).isEqualTo(60);
    assertThat(first(rule("OrderEvent", "outcome: BLOCK").order("a", 1)).getScore()).isEqualTo(90);
    assertThat(first(rule("OrderEvent", "").order("a", 1)).getScore()).isZero();
  }

  @Test
  void scoresAddUpToAHundredAndReachThresholds() {
    Scene scene = rule("OrderEvent", "score: 30").order("a", 1);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.PASS);
    rule(scene, "s", "OrderEvent", "score: 30");
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.REVIEW);
    rule(scene, "t", "OrderEvent", "score: 50");
    assertThat(first(scene).getScore()).isEqualTo(100);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.BLOCK);
    scene.file("policy.yaml", "policy: { thresholds: { CHALLENGE: 99 } }");
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.CHALLENGE);
  }

  @Test
  void shadowHitsAreListedButDoNotCount() {
    Decision decision = first(rule("OrderEvent", "outcome: BLOCK\nmode: shadow").order("a", 1));
    assertThat(decision.getOutcome()).isEqualTo(Outcome.PASS);
    assertThat(decision.getScore()).isZero();
    assertThat(decision.getReason().getEn()).isEqualTo("no rule matched");
    assertThat(decision.getHits().get(0).getMode()).isEqualTo(RuleMode.SHADOW);
    assertThat(decision.getEvidence()).hasSize(1);
  }

  @Test
  void offRulesRest() {
    assertThat(first(rule("OrderEvent", "outcome: BLOCK\nmode: off").order("a", 1)).getHits())
        .isEmpty();
  }

  @Test
  void aHitCarriesWhatItsConditionNames() {
    Scene scene =
        rule(
                "OrderEvent(user.logins >= 2 and (user.mean is null or amount > 1))",
                "reason: { zh: \"{user.logins} 次\", en: \"{user.logins} of {user.mean}, {amount}\" }")
            .feature("user.logins", "of: LoginEvent, aggregate: count, window: 1h")
            .feature("user.mean", "of: LoginEvent, aggregate: avg, field: latitude, window: 1h")
            .login("a", 1, login -> login.setLatitude(1.0 / 3))
            .login("b", 2, true)
            .order("c", 3);
    RuleHit hit = first(scene).getHits().get(0);
    assertThat(hit.getFeatures())
        .containsExactly(
            new FeatureValue("user.logins", 2L), new FeatureValue("user.mean", 1.0 / 3));
    assertThat(hit.getReason().getZh()).isEqualTo("2 次");
    assertThat(hit.getReason().getEn()).isEqualTo("2 of 0.33, 100");
    assertThat(hit.getEventId()).isEqualTo("c");
    assertThat(first(scene).getEvidence())
        .extracting(EvidenceEvent::getEventId)
        .containsExactly("c", "b", "a");
  }

  @Test
  void previousAndItsLikeContributeOneEvent() {
    Scene scene =
        rule("OrderEvent(user.place = 'B')", "")
            .feature("user.place", "of: LoginEvent, aggregate: last, field: place, window: 1h")
            .login("a", 1, login -> login.setPlace("A"))
            .login("b", 2, login -> login.setPlace("B"))
            .order("c", 3);
    assertThat(first(scene).getEvidence())
        .extracting(EvidenceEvent::getEventId)
        .containsExactly("c", "b");
  }

  @Test
  void evidenceStopsAtTwenty() {
    Scene scene =
        rule("OrderEvent(user.logins > 0)", "")
            .feature("user.logins", "of: LoginEvent, aggregate: count, window: 1h");
    for (int i = 10; i < 40; i++) {
      scene.login("e" + i, i, true);
    }
    List<EvidenceEvent> evidence = first(scene.order("z", 99)).getEvidence();
    assertThat(evidence).hasSize(20);
    assertThat(evidence.get(0).getEventId()).isEqualTo("z");
    assertThat(evidence.get(19).getEventId()).isEqualTo("e21");
  }

  @Test
  void hitsBeforeTheCreationCount() {
    Scene scene =
        rule("PaymentEvent", "outcome: REVIEW").payment("a", 1, PaymentStatus.FAILED).order("b", 2);
    assertThat(scene.decisions()).hasSize(1);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.REVIEW);
    assertThat(first(scene).getHits().get(0).getEventId()).isEqualTo("a");
  }

  @Test
  void theFirstHitOfARuleIsKept() {
    Scene scene =
        rule("PaymentEvent", "outcome: REVIEW")
            .payment("a", 1, PaymentStatus.FAILED)
            .payment("b", 2, PaymentStatus.FAILED)
            .order("c", 3);
    assertThat(first(scene).getHits()).extracting(RuleHit::getEventId).containsExactly("a");
  }

  @Test
  void aLaterEventThatMakesItWorsePublishesARevision() {
    Scene scene =
        rule("PaymentEvent(status = PaymentStatus.FAILED)", "outcome: REVIEW\nscore: 1")
            .order("a", 1)
            .payment("b", 2, PaymentStatus.INITIATED)
            .payment("c", 3, PaymentStatus.FAILED)
            .payment("d", 4, PaymentStatus.FAILED);
    rule(scene, "q", "OrderEvent(type = OrderType.SHIPPED)", "outcome: CHALLENGE\nscore: 98");
    scene.order("e", 5, order -> order.setType(OrderType.SHIPPED));
    List<Decision> decisions = scene.decisions();
    assertThat(decisions).extracting(Decision::getRevision).containsExactly(0, 1, 2);
    assertThat(decisions).extracting(Decision::getEventId).containsExactly("a", "c", "e");
    assertThat(decisions)
        .extracting(Decision::getOutcome)
        .containsExactly(Outcome.PASS, Outcome.REVIEW, Outcome.BLOCK);
    assertThat(decisions.get(2).getReason().getEn()).isEqualTo("rule q; rule r");
    assertThat(decisions.get(2).getReason().getZh()).isEqualTo("规则 q；规则 r");
  }

  @Test
  void aSecondCreationIsJustALaterEvent() {
    Scene scene = rule("OrderEvent(amount > 500)", "outcome: BLOCK").order("a", 1);
    scene.order("b", 2);
    assertThat(scene.decisions()).hasSize(1);
    scene.order("c", 3, order -> order.setAmount(501));
    assertThat(scene.decisions()).hasSize(2);
    assertThat(scene.decisions().get(1).getAmount()).isEqualTo(100);
  }

  @Test
  void hitsOfOtherEventsDoNotCountForOrders() {
    Scene scene = rule("LoginEvent", "outcome: BLOCK").login("a", 1, true).order("b", 2);
    assertThat(first(scene).getHits()).isEmpty();
  }

  @Test
  void aDeniedUserIsBlockedWhateverElseIsSaid() {
    Decision decision =
        first(
            rule("OrderEvent", "outcome: CHALLENGE")
                .list(ListKind.ALLOW, "u1")
                .list(ListKind.DENY, "u1")
                .order("a", 1));
    assertThat(decision.getOutcome()).isEqualTo(Outcome.BLOCK);
    assertThat(decision.getLists())
        .containsExactly("ALLOW user u1: because", "DENY user u1: because");
    assertThat(decision.getReason().getEn()).isEqualTo("list DENY user u1: because; rule r");
    assertThat(decision.getReason().getZh()).isEqualTo("名单 DENY user u1: because；规则 r");
  }

  @Test
  void anAllowedUserPasses() {
    Decision decision =
        first(rule("OrderEvent", "outcome: BLOCK").list(ListKind.ALLOW, "u1").order("a", 1));
    assertThat(decision.getOutcome()).isEqualTo(Outcome.PASS);
    assertThat(decision.getScore()).isEqualTo(90);
  }

  @Test
  void aWatchedUserIsReviewedAtLeast() {
    assertThat(first(new Scene().list(ListKind.WATCH, "u1").order("a", 1)).getOutcome())
        .isEqualTo(Outcome.REVIEW);
    assertThat(
            first(rule("OrderEvent", "outcome: BLOCK").list(ListKind.WATCH, "u1").order("a", 1))
                .getOutcome())
        .isEqualTo(Outcome.BLOCK);
  }

  @Test
  void theLastEntryWrittenCounts() {
    Scene scene =
        new Scene()
            .list(ListKind.DENY, "u1")
            .list(ListKind.DENY, "u1", entry -> entry.setRemoved(true))
            .order("a", 1);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.PASS);
    scene.list(ListKind.DENY, "u1");
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.BLOCK);
  }

  @Test
  void anEntryHoldsFromItsBeginningToBeforeItsEnd() {
    for (long time = 9; time <= 20; time++) {
      Scene scene =
          new Scene()
              .list(
                  ListKind.DENY,
                  "u1",
                  entry -> {
                    entry.setFrom(10);
                    entry.setUntil(20L);
                  })
              .order("a", time);
      assertThat(first(scene).getOutcome())
          .isEqualTo(time >= 10 && time < 20 ? Outcome.BLOCK : Outcome.PASS);
    }
  }

  @Test
  void onceDeniedStaysDenied() {
    Scene scene =
        new Scene()
            .list(ListKind.DENY, "u1", entry -> entry.setUntil(10L))
            .payment("a", 5, PaymentStatus.FAILED)
            .order("b", 50);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.BLOCK);
    assertThat(first(scene).getLists()).containsExactly("DENY user u1: because");
  }

  @Test
  void onceAllowedStaysAllowedUnlessDenied() {
    Scene scene =
        rule("OrderEvent(type = OrderType.SHIPPED)", "outcome: BLOCK")
            .list(ListKind.ALLOW, "u1", entry -> entry.setUntil(10L))
            .order("a", 5)
            .order("b", 50, order -> order.setType(OrderType.SHIPPED));
    assertThat(scene.decisions()).hasSize(1);
    scene.list(ListKind.DENY, "u1", entry -> entry.setFrom(50));
    assertThat(scene.decisions()).hasSize(2);
  }

  @Test
  void aWatchThatHeldOnceGoesOnToHoldForTheOrder() {
    Scene scene =
        new Scene()
            .list(ListKind.WATCH, "u1", entry -> entry.setUntil(10L))
            .payment("a", 5, PaymentStatus.FAILED)
            .order("b", 50);
    assertThat(first(scene).getOutcome()).isEqualTo(Outcome.REVIEW);
  }
}
