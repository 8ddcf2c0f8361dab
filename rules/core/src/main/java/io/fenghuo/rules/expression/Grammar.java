package io.fenghuo.rules.expression;

import io.fenghuo.rules.expression.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads a condition by recursive descent, loosest binding first. */
final class Grammar {

  /** Nobody can read more, and neither parser should run out of stack. */
  private static final int DEEPEST = 30;

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private Grammar(String text) {
    this.text = text;
    this.tokens = Token.all(text);
  }

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static Term read(String text) {
    Grammar grammar = new Grammar(text);
    if (grammar.tokens.size() == 1) {
      throw new IllegalArgumentException("empty condition");
    }
    List<Term> parts = new ArrayList<>();
    do {
      parts.add(grammar.or());
    } while (grammar.accept(","));
    if (grammar.tokens.get(grammar.at).kind() != Kind.END) {
      throw grammar.expected("and, or, a comma or the end");
    }
    return joined("and", parts);
  }

  private static Term joined(String operator, List<Term> parts) {
    return parts.size() == 1 ? parts.get(0) : new Term.Operation(operator, List.copyOf(parts));
  }

  private Term or() {
    List<Term> parts = new ArrayList<>();
    do {
      parts.add(and());
    } while (accept("or"));
    return joined("or", parts);
  }

  private Term and() {
    List<Term> parts = new ArrayList<>();
    do {
      parts.add(not());
    } while (accept("and"));
    return joined("and", parts);
  }

  private Term not() {
    if (accept("not")) {
      deeper();
      Term negated = Term.operation("not", not());
      depth--;
      return negated;
    }
    return equality();
  }

  private Term equality() {
    Term left = relation();
    while (true) {
      if (accept("is")) {
        boolean negated = accept("not");
        expect("null");
        left = negated(negated, Term.operation("is null", left));
      } else if (accept("=")) {
        left = Term.operation("=", left, relation());
      } else if (accept("!=") || accept("<>")) {
        left = Term.operation("!=", left, relation());
      } else {
        return left;
      }
    }
  }

  private static Term negated(boolean negated, Term term) {
    return negated ? Term.operation("not", term) : term;
  }

  private Term relation() {
    Term value = sum();
    for (String operator : List.of("<", "<=", ">", ">=")) {
      if (accept(operator)) {
        return Term.operation(operator, value, sum());
      }
    }
    boolean negated = accept("not");
    if (accept("in")) {
      List<Term> operands = new ArrayList<>(List.of(value(value)));
      expect("(");
      operands.addAll(arguments());
      return negated(negated, new Term.Operation("in", List.copyOf(operands)));
    } else if (accept("between")) {
      Term low = sum();
      expect("and");
      return negated(negated, Term.operation("between", value(value), low, sum()));
    } else if (accept("like")) {
      return negated(negated, Term.operation("like", value, sum()));
    } else if (negated) {
      throw expected("in, between or like");
    }
    return value;
  }

  /**
   * What stands before {@code in} or {@code between} is written out several times, so it must be
   * short.
   */
  private static Term value(Term term) {
    if (term.holdsCondition()) {
      throw new IllegalArgumentException("in and between compare values, not conditions");
    }
    return term;
  }

  private Term sum() {
    Term left = product();
    while (true) {
      if (accept("+")) {
        left = Term.operation("+", left, product());
      } else if (accept("-")) {
        left = Term.operation("-", left, product());
      } else {
        return left;
      }
    }
  }

  private Term product() {
    Term left = operand();
    while (true) {
      if (accept("*")) {
        left = Term.operation("*", left, operand());
      } else if (accept("/")) {
        left = Term.operation("/", left, operand());
      } else if (accept("%")) {
        left = Term.operation("%", left, divisor(operand()));
      } else {
        return left;
      }
    }
  }

  /** What stands behind {@code %} is written out twice. */
  private static Term divisor(Term term) {
    if (term instanceof Term.Operation) {
      throw new IllegalArgumentException("% takes a name or a number behind it");
    }
    return term;
  }

  private Term operand() {
    deeper();
    Term operand = operandHere();
    depth--;
    return operand;
  }

  private Term operandHere() {
    if (accept("-")) {
      Term operand = operand();
      return operand instanceof Term.Literal number && Character.isDigit(number.text().charAt(0))
          ? new Term.Literal("-" + number.text())
          : Term.operation("-", new Term.Literal("0L"), operand);
    }
    if (accept("(")) {
      Term inside = or();
      expect(")");
      return inside;
    }
    Token token = tokens.get(at);
    switch (token.kind()) {
      case NAME:
        at++;
        return new Term.Name(token.text());
      case TEXT:
        at++;
        return new Term.Literal("'" + token.text() + "'");
      case NUMBER:
        at++;
        // Always long: arithmetic on EPL's ints would overflow far earlier.
        boolean whole = token.text().indexOf('.') < 0 && !token.text().endsWith("L");
        return new Term.Literal(token.text() + (whole ? "L" : ""));
      case FUNCTION:
        at++;
        expect("(");
        return new Term.Call(token.text(), List.copyOf(arguments()));
      default:
        if (accept("null")) {
          return Term.NULL;
        } else if (accept("true")) {
          return new Term.Literal("true");
        } else if (accept("false")) {
          return new Term.Literal("false");
        }
        throw expected("a name, a value or (");
    }
  }

  private List<Term> arguments() {
    List<Term> arguments = new ArrayList<>();
    do {
      arguments.add(or());
    } while (accept(","));
    expect(")");
    return arguments;
  }

  private void deeper() {
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException(
          "conditions nested deeper than " + DEEPEST + " levels (expected: fewer brackets)");
    }
  }

  private boolean accept(String token) {
    boolean there = tokens.get(at).is(token);
    at += there ? 1 : 0;
    return there;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw expected(token);
    }
  }

  private IllegalArgumentException expected(String what) {
    Token found = tokens.get(at);
    return new IllegalArgumentException(
        text
            + ": found "
            + (found.kind() == Kind.END ? "the end" : "'" + found.text() + "'")
            + " (expected: "
            + what
            + ")");
  }
}
