package io.fenghuo.rules.reference;

import java.util.HashMap;
import java.util.Map;

/** One triggering event with the features and sequences of its entities, computed when asked. */
final class Moment {

  final Event event;
  private final RuleSet rules;
  private final Journals journals;
  private final Map<String, Figure> figures = new HashMap<>();

  /** To be asked before the next event is added to the journals. */
  Moment(Event event, RuleSet rules, Journals journals) {
    this.event = event;
    this.rules = rules;
    this.journals = journals;
  }

  boolean has(String name) {
    return rules.features.containsKey(name) || rules.sequences.containsKey(name);
  }

  Figure figure(String name) {
    Figure known = figures.get(name);
    if (known == null) {
      known = compute(name);
      figures.put(name, known);
    }
    return known;
  }

  /** The value of a name in a rule's condition. */
  Object value(String name) {
    return name.contains(".") ? figure(name).value() : Filter.property(event, name);
  }

  private Figure compute(String name) {
    if (rules.features.containsKey(name)) {
      return journals.feature(rules.features.get(name), event);
    }
    if (rules.sequences.containsKey(name)) {
      return journals.sequence(rules.sequences.get(name), event);
    }
    throw new IllegalArgumentException("no feature or sequence " + name);
  }
}
