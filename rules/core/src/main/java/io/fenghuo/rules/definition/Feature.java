package io.fenghuo.rules.definition;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType.ValueKind;

/**
 * A sliding-window figure over one entity's journal.
 *
 * @param name short name, without the entity
 * @param field the field it looks at; null for count
 * @param fieldKind what that field holds; null for count
 * @param window milliseconds; the window is {@code (t - window, t]}
 */
public record Feature(
    EntityKind entity,
    String name,
    Filter of,
    Aggregate aggregate,
    String field,
    ValueKind fieldKind,
    long window) {

  /** How the events in the window become one value. See rules/README.md. */
  public enum Aggregate {
    COUNT,
    SUM,
    AVG,
    MIN,
    MAX,
    DISTINCT,
    FIRST,
    LAST,
    PREVIOUS,
    AGE
  }

  /** The name rules use: {@code user.orders_10m}. */
  public String fullName() {
    return entity.label() + "." + name;
  }

  /** What its values are. */
  public ValueKind kind() {
    return switch (aggregate) {
      case COUNT, DISTINCT, AGE -> ValueKind.WHOLE;
      case AVG -> ValueKind.REAL;
      case SUM, MIN, MAX, FIRST, LAST, PREVIOUS -> fieldKind;
    };
  }
}
