package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EvidenceEvent;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What an engine and the reference evaluator must say alike: decisions with their hits, scores,
 * figures, texts and evidence, and alerts.
 */
public final class Agreement {

  private Agreement() {}

  /**
   * Shows the first difference only: one is enough to look into, and the seed replays it.
   *
   * @param what with the seed, for the message
   * @throws AssertionError when the engine says anything else
   */
  public static void check(
      String what,
      ReferenceEvaluator.Result expected,
      Collection<Decision> decisions,
      Collection<Alert> alerts) {
    same("decisions, " + what, decisions(expected.decisions()), decisions(decisions));
    same("alerts, " + what, alerts(expected.alerts()), alerts(alerts));
  }

  private static void same(String what, List<String> expected, List<String> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      if (!expected.get(i).equals(actual.get(i))) {
        throw new AssertionError(
            "%s, number %d%nexpected %s%n but was %s"
                .formatted(what, i, expected.get(i), actual.get(i)));
      }
    }
    if (expected.size() != actual.size()) {
      List<String> longer = expected.size() > actual.size() ? expected : actual;
      throw new AssertionError(
          "%s: expected %d, but there are %d; the first too %s is %s"
              .formatted(
                  what,
                  expected.size(),
                  actual.size(),
                  longer.equals(expected) ? "few" : "many",
                  longer.get(Math.min(expected.size(), actual.size()))));
    }
  }

  /** All but wall-clock time, ids, rule-set digest and the wording of evidence. */
  private static List<String> decisions(Collection<Decision> decisions) {
    return decisions.stream()
        .sorted(Comparator.comparing(Decision::getOrderId).thenComparing(Decision::getRevision))
        .map(
            decision -> {
              Decision copy = Decision.newBuilder(decision).build();
              copy.setDecisionTime(0);
              copy.setDecisionId("");
              copy.setRuleSetVersion("");
              copy.setEvidence(
                  decision.getEvidence().stream()
                      .map(e -> new EvidenceEvent(e.getEventId(), e.getEventTime(), ""))
                      .toList());
              return copy.toString();
            })
        .toList();
  }

  private static List<String> alerts(Collection<Alert> alerts) {
    return alerts.stream()
        .map(
            alert -> {
              Alert copy = Alert.newBuilder(alert).build();
              copy.setLabels(new TreeMap<>(alert.getLabels()));
              copy.setAnnotations(new TreeMap<>(alert.getAnnotations()));
              return copy.toString();
            })
        .sorted()
        .toList();
  }
}
