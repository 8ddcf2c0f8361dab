package io.fenghuo.rules.esper;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.expression.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Conditions on one type of event, told together by one statement: a column for each.
 *
 * <p>One statement for many conditions costs far less to compile and to run than one for each. When
 * one of them fails, the statement says nothing of the others; so every condition has a guard by
 * which the event can be sent once more for each condition alone.
 *
 * @param name of the statement
 * @param type the Esper event type
 */
record Bundle(String name, String type, List<Part> parts) {

  /** Keeps each statement's code small enough for the just-in-time compiler. */
  static final int MOST_PARTS = 16;

  /**
   * One condition.
   *
   * @param number of the rule or filter
   * @param origin "file:line" of the definition
   * @param what a failure is reported as
   */
  record Part(int number, Expression condition, String origin, String what) {

    String guarded(int place) {
      return "(%s < 0 or %s = %d) and (%s)"
          .formatted(
              EplTypes.ONLY, EplTypes.ONLY, place, condition.render(EsperCompiler::spelling));
    }
  }

  /** The statement for all parts. */
  String epl() {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      columns.add("(" + parts.get(i).guarded(i) + ") as c" + i);
    }
    return "select " + String.join(", ", columns) + " from " + type;
  }

  /** The same for one part, to find out whether it compiles. */
  Bundle alone(Part part) {
    return new Bundle(name, type, List.of(part));
  }

  private static List<Bundle> of(String prefix, Map<String, List<Part>> byType) {
    List<Bundle> bundles = new ArrayList<>();
    byType.forEach(
        (type, parts) -> {
          for (int from = 0; from < parts.size(); from += MOST_PARTS) {
            int to = Math.min(parts.size(), from + MOST_PARTS);
            bundles.add(
                new Bundle(
                    prefix + ":" + type + ":" + from, type, List.copyOf(parts.subList(from, to))));
          }
        });
    return bundles;
  }

  private static void add(Map<String, List<Part>> byType, String type, Part part) {
    if (!part.condition().isAlways()) {
      byType.computeIfAbsent(type, t -> new ArrayList<>()).add(part);
    }
  }

  /** Filters, on events alone; those without a condition are left out. */
  static List<Bundle> filters(List<Filter> filters, IntFunction<String> originOf) {
    Map<String, List<Part>> byType = new LinkedHashMap<>();
    for (int f = 0; f < filters.size(); f++) {
      Filter filter = filters.get(f);
      for (Filter.Alternative one : filter.alternatives()) {
        add(
            byType,
            EplTypes.event(one.type()),
            new Part(f, one.condition(), originOf.apply(f), filter.toString()));
      }
    }
    return of("filters", byType);
  }

  /** The parts of rules that one kind of entity can tell. */
  static List<Bundle> entities(Plan plan) {
    Map<String, List<Part>> byType = new LinkedHashMap<>();
    for (EntityKind kind : EntityKind.values()) {
      for (Plan.PlannedRule rule : plan.entity(kind).rulesHere()) {
        add(byType, EplTypes.atEntity(kind, rule.type()), part(plan, rule, rule.partFor(kind)));
      }
    }
    return of("entity", byType);
  }

  /** Whole conditions, with all figures. */
  static List<Bundle> rules(Plan plan) {
    Map<String, List<Part>> byType = new LinkedHashMap<>();
    for (Plan.PlannedRule rule : plan.rules()) {
      if (!rule.off()) {
        add(byType, EplTypes.whole(rule.type()), part(plan, rule, rule.condition()));
      }
    }
    return of("rules", byType);
  }

  private static Part part(Plan plan, Plan.PlannedRule rule, Expression condition) {
    String id = rule.rule().id();
    return new Part(rule.index(), condition, plan.ruleSet().lines().get(id), id);
  }

  /** The filters that every event of a type matches. */
  static int[] unconditionalFilters(List<Filter> filters, EventType type) {
    List<Integer> numbers = new ArrayList<>();
    for (int f = 0; f < filters.size(); f++) {
      for (Filter.Alternative one : filters.get(f).alternatives()) {
        if (one.type() == type && one.condition().isAlways()) {
          numbers.add(f);
        }
      }
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The rules that every event of a type satisfies. */
  static int[] unconditionalRules(Plan plan, EventType type) {
    return plan.rules().stream()
        .filter(rule -> !rule.off() && rule.type() == type && rule.condition().isAlways())
        .mapToInt(Plan.PlannedRule::index)
        .toArray();
  }
}
