package io.fenghuo.rules.reference;

import java.util.List;

/** The value of a feature or sequence at an event, and the events behind it. */
record Figure(Object value, List<Event> events) {

  static final Figure UNKNOWN = new Figure(null, List.of());

  /** The value as decisions carry it: an enum constant becomes its name. */
  Object published() {
    return value instanceof Enum<?> constant ? constant.name() : value;
  }
}
