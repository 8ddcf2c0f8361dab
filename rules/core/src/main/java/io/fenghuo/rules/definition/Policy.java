package io.fenghuo.rules.definition;

import io.fenghuo.schemas.Outcome;
import java.util.EnumMap;
import java.util.Map;

/**
 * What holds for all rules.
 *
 * @param thresholds from points to an outcome: the score from which on each outcome is asked for
 * @param remember how long events that nothing looks at are remembered for rules to come,
 *     milliseconds; an entity remembers those of the types that something looks at
 */
public record Policy(Map<Outcome, Integer> thresholds, long remember) {

  public static final Policy DEFAULT =
      new Policy(Map.of(Outcome.CHALLENGE, 40, Outcome.REVIEW, 60, Outcome.BLOCK, 90), 0);

  public Policy {
    thresholds = new EnumMap<>(thresholds);
  }

  /** The most severe outcome whose threshold the score reaches. */
  public Outcome outcomeOf(int score) {
    Outcome outcome = Outcome.PASS;
    for (Map.Entry<Outcome, Integer> threshold : thresholds.entrySet()) {
      if (score >= threshold.getValue() && threshold.getKey().compareTo(outcome) > 0) {
        outcome = threshold.getKey();
      }
    }
    return outcome;
  }

  /** Points of a hit whose rule names an outcome but no score. */
  public static int defaultScore(Outcome outcome) {
    return switch (outcome) {
      case PASS -> 0;
      case CHALLENGE -> 40;
      case REVIEW -> 60;
      case BLOCK -> 90;
    };
  }
}
