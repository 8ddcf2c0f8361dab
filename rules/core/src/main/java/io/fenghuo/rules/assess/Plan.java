package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.expression.Expression;
import io.fenghuo.schemas.RuleMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule set arranged for evaluation: distinct filters, what each kind of entity remembers and
 * computes, and for each rule where it can be refuted.
 *
 * <p>The idea: a rule's condition is a conjunction, and each part that speaks of one kind of entity
 * only is tested where that entity's journal is. A rule that fails there is done with; most events
 * end without a word sent on.
 */
public final class Plan {

  /**
   * A rule as it is evaluated on its triggering events.
   *
   * @param condition the whole condition; a sequence rule's is that its sequence hits
   * @param names the figures whose values a hit shows, sorted
   * @param filter number of the filter that tells, from the event alone, whether the rule can hit;
   *     -1 for one that is off, which is never asked
   * @param reads kinds of entity whose figures it reads
   * @param home the one kind that settles it, or null when it needs several
   * @param alertEntity whom its alert speaks of, or null when it raises none
   */
  public record PlannedRule(
      int index,
      Rule rule,
      EventType type,
      Expression condition,
      List<String> names,
      int filter,
      Set<EntityKind> reads,
      EntityKind home,
      EntityKind alertEntity) {

    /** The parts of the condition that can be told from the event and this kind's figures. */
    public Expression partFor(EntityKind kind) {
      return Expression.all(
          condition.conjuncts().stream()
              .filter(part -> kindsIn(part).equals(Set.of(kind)))
              .toList());
    }

    public boolean shadow() {
      return rule.mode() == RuleMode.SHADOW;
    }

    public boolean off() {
      return rule.mode() == RuleMode.OFF;
    }
  }

  private final RuleSet ruleSet;
  private final List<Filter> filters = new ArrayList<>();
  private final Map<String, Integer> filterNumbers = new LinkedHashMap<>();
  private final List<String> filterOrigins = new ArrayList<>();
  private final List<PlannedRule> rules = new ArrayList<>();
  private final Map<EntityKind, EntityPlan> entities = new EnumMap<>(EntityKind.class);
  private final List<List<PlannedRule>> rulesByFilter = new ArrayList<>();

  private Plan(RuleSet ruleSet) {
    this.ruleSet = ruleSet;
  }

  /**
   * @throws RuleErrors when an entity would need more than 64 distinct filters
   */
  public static Plan of(RuleSet ruleSet) throws RuleErrors {
    Plan plan = new Plan(ruleSet);
    plan.arrange();
    return plan;
  }

  private void arrange() throws RuleErrors {
    for (Rule rule : ruleSet.rules()) {
      if (!(rule.body() instanceof Rule.Deadline)) {
        rules.add(planned(rule));
      }
    }
    List<RuleError> errors = new ArrayList<>();
    for (EntityKind kind : EntityKind.values()) {
      EntityPlan entity = new EntityPlan(kind, rules.size());
      entities.put(kind, entity);
      ruleSet.features().stream()
          .filter(feature -> feature.entity() == kind)
          .forEach(feature -> entity.addFeature(feature, number(feature.of(), feature.fullName())));
      for (Rule rule : ruleSet.rules()) {
        if (rule.body() instanceof Rule.Sequence sequence && sequence.entity() == kind) {
          int[] steps =
              sequence.steps().stream()
                  .mapToInt(step -> number(of(step.of().type(), step.alone()), rule.id()))
                  .toArray();
          entity.addSequence(rule, sequence, steps);
        } else if (rule.body() instanceof Rule.Deadline deadline
            && deadline.entity() == kind
            && rule.mode() != RuleMode.OFF) {
          entity.addDeadline(
              rule,
              deadline,
              number(deadline.start(), rule.id()),
              number(deadline.end(), rule.id()));
        }
      }
      rules.forEach(entity::addRule);
      entity.close(ruleSet.policy().remember(), errors);
    }
    for (int i = 0; i < filters.size(); i++) {
      rulesByFilter.add(new ArrayList<>());
    }
    rules.stream()
        .filter(rule -> !rule.off())
        .forEach(rule -> rulesByFilter.get(rule.filter()).add(rule));
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors);
    }
  }

  private static Filter of(EventType type, Expression condition) {
    return new Filter(List.of(new Filter.Alternative(type, condition)));
  }

  private int number(Filter filter, String definition) {
    return filterNumbers.computeIfAbsent(
        filter.toString(),
        text -> {
          filters.add(filter);
          filterOrigins.add(ruleSet.lines().get(definition));
          return filters.size() - 1;
        });
  }

  private PlannedRule planned(Rule rule) {
    EventType type;
    Expression condition;
    Expression alone;
    List<String> names;
    if (rule.body() instanceof Rule.Sequence sequence) {
      String name = sequence.entity().label() + "." + rule.shortName();
      type = sequence.last().of().type();
      condition = Expression.parse(name + " = true");
      alone = sequence.last().alone();
      names = List.of();
    } else {
      Rule.When when = (Rule.When) rule.body();
      type = when.trigger().type();
      condition = when.trigger().condition();
      alone =
          Expression.all(
              condition.conjuncts().stream().filter(part -> kindsIn(part).isEmpty()).toList());
      names = condition.names().stream().filter(Rule.Step::isOfAlias).distinct().sorted().toList();
    }
    Set<EntityKind> reads = kindsIn(condition);
    EntityKind alertEntity = rule.alert() == null ? null : alertEntity(rule, reads, type);
    EntityKind home = null;
    if (reads.size() == 1) {
      home = reads.iterator().next();
    } else if (reads.isEmpty()) {
      home = type.bearsOnOrder() ? EntityKind.ORDER : alertEntity;
    }
    return new PlannedRule(
        rules.size(),
        rule,
        type,
        condition,
        names,
        rule.mode() == RuleMode.OFF ? -1 : number(of(type, alone), rule.id()),
        reads,
        home,
        alertEntity);
  }

  private static EntityKind alertEntity(Rule rule, Set<EntityKind> reads, EventType type) {
    if (rule.entity() != null) {
      return rule.entity();
    }
    if (reads.size() == 1) {
      return reads.iterator().next();
    }
    return type.bearsOnOrder() ? EntityKind.ORDER : null;
  }

  /** The kinds of entity whose figures an expression names. */
  static Set<EntityKind> kindsIn(Expression expression) {
    EnumSet<EntityKind> kinds = EnumSet.noneOf(EntityKind.class);
    for (String name : expression.names()) {
      if (Rule.Step.isOfAlias(name)) {
        EntityKind.ofLabel(name.substring(0, name.indexOf('.'))).ifPresent(kinds::add);
      }
    }
    return kinds;
  }

  public RuleSet ruleSet() {
    return ruleSet;
  }

  /** The distinct filters; their numbers are their places here. */
  public List<Filter> filters() {
    return filters;
  }

  /** Where a filter stands: "file:line" of the first definition that uses it. */
  public String originOf(int filter) {
    return filterOrigins.get(filter);
  }

  /**
   * The rules that look at events, by number. Those that are off have numbers too, so that findings
   * which wait in a savepoint say the same when a rule has been switched on or off.
   */
  public List<PlannedRule> rules() {
    return rules;
  }

  public EntityPlan entity(EntityKind kind) {
    return entities.get(kind);
  }

  /** The rules that an event matching this filter can make hit. */
  List<PlannedRule> rulesOfFilter(int filter) {
    return rulesByFilter.get(filter);
  }

  /** The figure's place among its kind's figures, or -1. */
  public int figure(String name) {
    EntityKind kind = EntityKind.ofLabel(name.substring(0, name.indexOf('.'))).orElseThrow();
    return Arrays.asList(entity(kind).figureNames()).indexOf(name);
  }
}
