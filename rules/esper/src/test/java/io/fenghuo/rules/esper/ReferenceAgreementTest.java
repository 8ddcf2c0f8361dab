package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.rules.rehearsal.RiskPath;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EvidenceEvent;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine and the naive evaluator say the same on random rules and streams, with a restart after
 * every event.
 */
class ReferenceAgreementTest {

  /**
   * Replay one seed with {@code -Dfenghuo.seed=N}; more of them with {@code -Dfenghuo.worlds=N}.
   */
  static LongStream seeds() {
    Long seed = Long.getLong("fenghuo.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(1, 1 + Integer.getInteger("fenghuo.worlds", 200));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theEngineAgreesWithTheReferenceOnEverythingItPublishes(long seed) throws Exception {
    RandomWorld world = new RandomWorld(seed);
    var expected = new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());
    var expressions = EsperCompiler.compile(Plan.of(RuleSet.read(world.files())));
    try (RiskPath path = new RiskPath(expressions, true)) {
      world.lists().forEach(path::list);
      path.run(world.events());
      assertSame(
          "decisions of seed " + seed,
          decisions(path.decisions()),
          decisions(expected.decisions()));
      assertSame("alerts of seed " + seed, alerts(path.alerts()), alerts(expected.alerts()));
    }
  }

  /** Shows the first difference only: one is enough to look into, and the seed replays it. */
  private static void assertSame(String what, List<String> actual, List<String> expected) {
    for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
      assertThat(actual.get(i)).as(what + ", number " + i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as(what).hasSameSizeAs(expected);
  }

  /**
   * What both sides must agree on: all but wall-clock time, ids, rule-set digest and the wording of
   * evidence.
   */
  private static List<String> decisions(List<Decision> decisions) {
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

  private static List<String> alerts(List<Alert> alerts) {
    return alerts.stream()
        .sorted(Comparator.comparing(Alert::getAlertId))
        .map(Alert::toString)
        .toList();
  }
}
