package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.UndecodableException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** What the job and the reference evaluator must say alike. */
final class Agreement {

  private Agreement() {}

  static void assertSame(
      String what,
      ReferenceEvaluator.Result expected,
      Collection<Outgoing> decisions,
      Collection<Outgoing> alerts) {
    assertSame(
        "decisions, " + what,
        comparable(decoded(decisions, Decision.class)),
        comparable(expected.decisions()));
    assertSame("alerts, " + what, byId(decoded(alerts, Alert.class)), byId(expected.alerts()));
  }

  /** Shows the first difference only: one is enough to look into, and the seed replays it. */
  private static void assertSame(String what, List<String> actual, List<String> expected) {
    for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
      assertThat(actual.get(i)).as(what + ", number " + i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as(what).hasSameSizeAs(expected);
  }

  static <T extends SpecificRecord> List<T> decoded(Collection<Outgoing> outgoing, Class<T> type) {
    EventCodec codec = EventCodec.singleObject();
    return outgoing.stream().map(record -> decoded(codec, record, type)).toList();
  }

  private static <T extends SpecificRecord> T decoded(
      EventCodec codec, Outgoing record, Class<T> type) {
    try {
      return codec.decode(record.value(), type);
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  /** All but wall-clock time, ids, rule-set digest and the wording of evidence. */
  private static List<String> comparable(List<Decision> decisions) {
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

  private static List<String> byId(List<Alert> alerts) {
    return alerts.stream()
        .sorted(Comparator.comparing(Alert::getAlertId))
        .map(
            alert -> {
              Alert copy = Alert.newBuilder(alert).build();
              copy.setLabels(new TreeMap<>(alert.getLabels()));
              copy.setAnnotations(new TreeMap<>(alert.getAnnotations()));
              return copy.toString();
            })
        .toList();
  }
}
