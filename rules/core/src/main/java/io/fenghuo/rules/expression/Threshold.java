package io.fenghuo.rules.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something a condition needs: as long as this name's value does not reach the constant, the
 * condition cannot hold. Asking this first is far cheaper than testing the whole condition, and on
 * most events the answer is no.
 *
 * @param comparison {@code =}, {@code <}, {@code <=}, {@code >} or {@code >=}
 * @param constant a Long, Double or Boolean
 */
public record Threshold(String name, String comparison, Object constant) {

  private static final Map<String, String> TURNED =
      Map.of("=", "=", "<", ">", "<=", ">=", ">", "<", ">=", "<=");

  /** False when the condition cannot hold with this value. */
  public boolean reachedBy(Object value) {
    if (value == null) {
      return false;
    }
    if (!(value instanceof Number number)) {
      return value.equals(constant);
    }
    if (value instanceof Long whole && constant instanceof Long bound) {
      return compares(Long.compare(whole, bound));
    }
    double real = number.doubleValue();
    // What is not a number compares with nothing; adding 0.0 makes -0.0 equal to 0.0.
    return !Double.isNaN(real) && compares(Double.compare(real + 0.0, real(constant) + 0.0));
  }

  /** No smaller number reaches it; negative infinity when small ones do. */
  public double least() {
    return constant instanceof Number && !comparison.startsWith("<")
        ? real(constant)
        : Double.NEGATIVE_INFINITY;
  }

  private boolean compares(int order) {
    return switch (comparison) {
      case "=" -> order == 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static double real(Object constant) {
    return ((Number) constant).doubleValue();
  }

  /** What must be reached for all of these to hold. */
  static List<Threshold> of(List<Term> conjuncts) {
    List<Threshold> needed = new ArrayList<>();
    conjuncts.forEach(term -> needed.addAll(of(term)));
    return needed;
  }

  private static List<Threshold> of(Term term) {
    if (!(term instanceof Term.Operation operation)) {
      return List.of();
    }
    List<Term> operands = operation.operands();
    return switch (operation.operator()) {
      case "and" -> of(operands);
      case "or" ->
          operands.stream().map(Threshold::of).reduce(Threshold::neededByEither).orElseThrow();
      case "between" -> {
        List<Threshold> both = new ArrayList<>(of(operands.get(0), ">=", operands.get(1)));
        both.addAll(of(operands.get(0), "<=", operands.get(2)));
        yield both;
      }
      default ->
          operands.size() == 2 && TURNED.containsKey(operation.operator())
              ? of(operands.get(0), operation.operator(), operands.get(1))
              : List.of();
    };
  }

  private static List<Threshold> of(Term left, String comparison, Term right) {
    if (left instanceof Term.Literal && right instanceof Term.Name) {
      return of(right, TURNED.get(comparison), left);
    }
    if (left instanceof Term.Name name && right instanceof Term.Literal literal) {
      Object constant = constant(literal.text());
      boolean comparable = constant instanceof Number || comparison.equals("=");
      return constant != null && comparable
          ? List.of(new Threshold(name.text(), comparison, constant))
          : List.of();
    }
    return List.of();
  }

  private static Object constant(String text) {
    try {
      if (text.equals("true") || text.equals("false")) {
        return Boolean.valueOf(text);
      } else if (text.endsWith("L")) {
        return Long.valueOf(text.substring(0, text.length() - 1));
      } else if (Character.isDigit(text.charAt(text.length() - 1))) {
        return Double.valueOf(text);
      }
      return null;
    } catch (NumberFormatException noNumber) {
      return null;
    }
  }

  /** Of two conditions, one of which is to hold: what both need. */
  private static List<Threshold> neededByEither(List<Threshold> some, List<Threshold> others) {
    List<Threshold> common = new ArrayList<>();
    for (Threshold one : some) {
      for (Threshold other : others) {
        one.weaker(other).ifPresent(common::add);
      }
    }
    return common;
  }

  private Optional<Threshold> weaker(Threshold other) {
    if (equals(other)) {
      return Optional.of(this);
    }
    boolean alike =
        name.equals(other.name)
            && comparison.charAt(0) == other.comparison.charAt(0)
            && !comparison.equals("=");
    if (!alike) {
      return Optional.empty();
    }
    int order =
        constant instanceof Long whole && other.constant instanceof Long bound
            ? Long.compare(whole, bound)
            : Double.compare(real(constant), real(other.constant));
    if (order == 0) {
      return Optional.of(comparison.length() == 2 ? this : other);
    }
    boolean lower = comparison.startsWith(">");
    return Optional.of(order < 0 == lower ? this : other);
  }
}
