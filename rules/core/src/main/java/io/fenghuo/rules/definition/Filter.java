package io.fenghuo.rules.definition;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.expression.Expression;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which events: {@code OrderEvent, LoginEvent(success = true)}. An event that satisfies any
 * alternative matches.
 */
public record Filter(List<Alternative> alternatives) implements Serializable {

  /** One type with its condition. */
  public record Alternative(EventType type, Expression condition) implements Serializable {
    @Override
    public String toString() {
      return condition.isAlways() ? type.label() : type.label() + "(" + condition + ")";
    }
  }

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Filter parse(String text) {
    List<Alternative> alternatives = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      int depth = 0;
      char quote = 0;
      for (; end < text.length(); end++) {
        char c = text.charAt(end);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
          quote = c;
        } else if (c == '(') {
          depth++;
        } else if (c == ')') {
          depth--;
        } else if (c == ',' && depth == 0) {
          break;
        }
      }
      alternatives.add(alternative(text.substring(at, end).strip()));
      at = end + 1;
    }
    if (alternatives.isEmpty()) {
      throw new IllegalArgumentException(
          "empty (expected: a filter such as OrderEvent(amount > 0))");
    }
    return new Filter(List.copyOf(alternatives));
  }

  private static Alternative alternative(String text) {
    int open = text.indexOf('(');
    String name = (open < 0 ? text : text.substring(0, open)).strip();
    EventType type =
        EventType.ofLabel(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        name
                            + ": not an event type (expected one of "
                            + Arrays.stream(EventType.values())
                                .map(EventType::label)
                                .collect(Collectors.joining(", "))
                            + ")"));
    if (open < 0) {
      return new Alternative(type, Expression.always());
    }
    if (!text.endsWith(")")) {
      throw new IllegalArgumentException(text + ": expected ) at the end");
    }
    String inside = text.substring(open + 1, text.length() - 1);
    return new Alternative(type, inside.isBlank() ? Expression.always() : Expression.parse(inside));
  }

  /** The types of event that can match. */
  public Set<EventType> types() {
    EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
    alternatives.forEach(alternative -> types.add(alternative.type()));
    return types;
  }

  /** The only alternative, where the language allows but one. */
  public Alternative single() {
    if (alternatives.size() != 1) {
      throw new IllegalArgumentException(this + ": expected one event type, not several");
    }
    return alternatives.get(0);
  }

  @Override
  public String toString() {
    return alternatives.stream().map(Alternative::toString).collect(Collectors.joining(", "));
  }
}
