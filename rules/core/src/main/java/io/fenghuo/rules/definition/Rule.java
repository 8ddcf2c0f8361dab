package io.fenghuo.rules.definition;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.expression.Expression;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleMode;
import java.util.List;

/**
 * One rule file.
 *
 * @param id its path without the ending: {@code order/burst}
 * @param version raised by its author when the meaning changes
 * @param entity whom an alert speaks of; null when the definition leaves it open
 * @param alert null when it raises none
 */
public record Rule(
    String id,
    int version,
    Words title,
    Words reason,
    String owner,
    RuleMode mode,
    Outcome outcome,
    int score,
    EntityKind entity,
    AlertSpec alert,
    Body body) {

  /** What a rule looks for. */
  public sealed interface Body permits When, Sequence, Deadline {}

  /** A condition on one event, its features and sequences. */
  public record When(Filter.Alternative trigger) implements Body {}

  /**
   * Steps in order on one entity's journal.
   *
   * @param within milliseconds
   */
  public record Sequence(EntityKind entity, long within, List<Step> steps) implements Body {

    public Sequence {
      steps = List.copyOf(steps);
    }

    public Step last() {
      return steps.get(steps.size() - 1);
    }
  }

  /**
   * One step of a sequence.
   *
   * @param times how many such events, at least 1
   * @param strictly nothing may stand between the step before and this one
   */
  public record Step(String alias, Filter.Alternative of, int times, boolean strictly) {

    /** What can be said of the step's event without knowing the earlier ones. */
    public Expression alone() {
      return Expression.all(
          of.condition().conjuncts().stream()
              .filter(part -> part.names().stream().noneMatch(Step::isOfAlias))
              .toList());
    }

    /** True for {@code alias.property}; enum constants begin with a capital letter. */
    public static boolean isOfAlias(String name) {
      return name.indexOf('.') > 0 && Character.isLowerCase(name.charAt(0));
    }
  }

  /**
   * Something that must follow in time.
   *
   * @param entity the kind whose key field is the deadline's key
   * @param within milliseconds from the start
   * @param lookback milliseconds before the start in which an end still counts
   */
  public record Deadline(EntityKind entity, Filter start, Filter end, long within, long lookback)
      implements Body {}

  /** The same rule in another mode. */
  public Rule in(RuleMode other) {
    return new Rule(id, version, title, reason, owner, other, outcome, score, entity, alert, body);
  }

  /** The last part of the id as rules write it: {@code takeover_order}. */
  public String shortName() {
    return id.substring(id.lastIndexOf('/') + 1).replace('-', '_');
  }
}
