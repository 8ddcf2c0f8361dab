package io.fenghuo.rules.expression;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A condition in the part of EPL that rules may use. See rules/README.md, Expressions. */
public final class Expression implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Expression ALWAYS = new Expression(List.of());

  /** The conditions that must all hold; none of them is itself an {@code and}. */
  @SuppressWarnings("serial") // made by List.of, which is
  private final List<Term> conjuncts;

  private Expression(List<Term> conjuncts) {
    this.conjuncts = conjuncts;
  }

  /**
   * @throws IllegalArgumentException when the text uses anything outside the language; the message
   *     says what
   */
  public static Expression parse(String text) {
    List<Term> conjuncts = new ArrayList<>();
    flatten(Grammar.read(text), conjuncts);
    return new Expression(List.copyOf(conjuncts));
  }

  private static void flatten(Term term, List<Term> conjuncts) {
    if (term instanceof Term.Operation operation && operation.operator().equals("and")) {
      operation.operands().forEach(operand -> flatten(operand, conjuncts));
    } else {
      conjuncts.add(term);
    }
  }

  /** The condition that always holds. */
  public static Expression always() {
    return ALWAYS;
  }

  public boolean isAlways() {
    return conjuncts.isEmpty();
  }

  /**
   * Every name in the text, in order, with repeats: properties, {@code entity.name}, {@code
   * Enum.CONSTANT}.
   */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    conjuncts.forEach(term -> term.names(names::add));
    return names;
  }

  /**
   * The conditions that must all hold for this one to hold. Each part is itself a whole expression.
   */
  public List<Expression> conjuncts() {
    return conjuncts.stream().map(term -> new Expression(List.of(term))).toList();
  }

  /**
   * What single names must reach for this to hold; not all that is needed, but all of it is needed.
   */
  public List<Threshold> thresholds() {
    return Threshold.of(conjuncts);
  }

  /** The pairs of names that must be equal or differ for this to hold. */
  public List<Link> links() {
    return Link.of(conjuncts);
  }

  /**
   * True when this can be seen never to hold.
   *
   * @param neverNegative names of numbers that are at least 0
   */
  public boolean isImpossible(Predicate<String> neverNegative) {
    return Contradiction.in(conjuncts, neverNegative);
  }

  /** All of these together. */
  public static Expression all(List<Expression> parts) {
    return new Expression(parts.stream().flatMap(part -> part.conjuncts.stream()).toList());
  }

  /**
   * The text to compile.
   *
   * @param naming gives each name its spelling there
   */
  public String render(UnaryOperator<String> naming) {
    return isAlways()
        ? "true"
        : String.join(" and ", conjuncts.stream().map(term -> term.render(naming)).toList());
  }

  /** Canonical spelling: two expressions with the same meaning by their form have the same text. */
  @Override
  public String toString() {
    return render(UnaryOperator.identity());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Expression expression && conjuncts.equals(expression.conjuncts);
  }

  @Override
  public int hashCode() {
    return conjuncts.hashCode();
  }
}
