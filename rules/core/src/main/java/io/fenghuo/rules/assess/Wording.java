package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/** Texts of rules filled in, and events as one line. */
final class Wording {

  private Wording() {}

  /**
   * Replaces every {@code {name}} and {@code {name|unit}} by its value; an unknown value prints as
   * {@code -}, and what is no number has no unit.
   */
  static String fill(String text, Function<String, Object> values) {
    int open = text.indexOf('{');
    if (open < 0) {
      return text;
    }
    StringBuilder filled = new StringBuilder();
    int at = 0;
    while (open >= 0) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        break;
      }
      filled.append(text, at, open).append(spell(text.substring(open + 1, close), values));
      at = close + 1;
      open = text.indexOf('{', at);
    }
    return filled.append(text, at, text.length()).toString();
  }

  private static String spell(String placeholder, Function<String, Object> values) {
    int bar = placeholder.indexOf('|');
    if (bar < 0) {
      return spell(values.apply(placeholder));
    }
    Object value = values.apply(placeholder.substring(0, bar));
    Optional<Unit> unit = Unit.of(placeholder.substring(bar + 1));
    boolean number =
        value instanceof Number && (!(value instanceof Double real) || Double.isFinite(real));
    return unit.isPresent() && number
        ? unit.get().shown(new BigDecimal(value.toString()))
        : spell(value);
  }

  /**
   * A value for a reader: doubles with at most two decimals, rounded as they are read, nothing as
   * {@code -}.
   */
  static String spell(Object value) {
    if (value == null) {
      return "-";
    }
    if (value instanceof Double real) {
      if (real.isNaN() || real.isInfinite()) {
        return real.toString();
      }
      BigDecimal rounded =
          BigDecimal.valueOf(real).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros();
      return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }
    return value.toString();
  }

  /** A property of an event by name, or null. */
  static Object property(SpecificRecord record, String name) {
    EventType type = EventType.of(record.getSchema()).orElseThrow();
    return type.field(name).map(field -> field.valueIn(record)).orElse(null);
  }

  /** An event in one line for a reviewer: its type and every field that says something. */
  static String line(SpecificRecord record) {
    EventType type = EventType.of(record.getSchema()).orElseThrow();
    StringBuilder line = new StringBuilder(type.label());
    for (EventType.Field field : type.fields()) {
      Object value = field.valueIn(record);
      boolean silent =
          value == null
              || field.name().equals("eventId")
              || field.name().equals("eventTime")
              || Long.valueOf(0).equals(value);
      if (!silent) {
        line.append(' ').append(field.name()).append('=').append(spell(value));
      }
    }
    return line.length() > 300 ? line.substring(0, 299) + "…" : line.toString();
  }
}
