package io.fenghuo.rules.reference;

import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads filters and their conditions by recursive descent, loosest binding first. */
final class Parser {

  private static final Map<String, Class<? extends Enum<?>>> ENUMS =
      Map.of(
          "OrderType", OrderType.class,
          "PaymentStatus", PaymentStatus.class,
          "LoginKind", LoginKind.class,
          "TrafficKind", TrafficKind.class);

  private static final Set<String> RESERVED =
      Set.of("and", "or", "not", "in", "between", "like", "is", "null", "true", "false");

  private final String text;
  private final List<Token> tokens;
  private int at;
  private SortedSet<String> names = new TreeSet<>();

  private Parser(String text) {
    this.text = text;
    this.tokens = Token.all(text);
  }

  static Filter filter(String text) {
    Parser parser = new Parser(text);
    List<Filter.Branch> branches = new ArrayList<>();
    do {
      branches.add(parser.branch());
    } while (parser.accept(","));
    parser.end();
    return new Filter(branches);
  }

  /** A condition alone; for the tests. */
  static Expression condition(String text) {
    Parser parser = new Parser(text);
    Expression condition = parser.conjunction();
    parser.end();
    return condition;
  }

  private Filter.Branch branch() {
    String type = name();
    names = new TreeSet<>();
    Expression condition = scope -> true;
    if (accept("(") && !accept(")")) {
      condition = conjunction();
      expect(")");
    }
    return new Filter.Branch(type, condition, names);
  }

  /** Conditions with commas between, which bind loosest of all. */
  private Expression conjunction() {
    Expression left = or();
    while (accept(",")) {
      Expression a = left;
      Expression b = or();
      left = scope -> Logic.and(a.eval(scope), b.eval(scope));
    }
    return left;
  }

  private Expression or() {
    Expression left = and();
    while (accept("or")) {
      Expression a = left;
      Expression b = and();
      left = scope -> Logic.or(a.eval(scope), b.eval(scope));
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (accept("and")) {
      Expression a = left;
      Expression b = not();
      left = scope -> Logic.and(a.eval(scope), b.eval(scope));
    }
    return left;
  }

  private Expression not() {
    if (accept("not")) {
      Expression inner = not();
      return scope -> Logic.not(inner.eval(scope));
    }
    return equality();
  }

  private Expression equality() {
    Expression left = relation();
    while (true) {
      Expression a = left;
      if (accept("is")) {
        boolean negated = accept("not");
        expect("null");
        left = scope -> (a.eval(scope) == null) != negated;
      } else if (peek("=") || peek("!=") || peek("<>")) {
        String operator = take().text();
        Expression b = relation();
        left = scope -> Logic.compare(operator, a.eval(scope), b.eval(scope));
      } else {
        return left;
      }
    }
  }

  private Expression relation() {
    Expression value = sum();
    if (peek("<") || peek("<=") || peek(">") || peek(">=")) {
      String operator = take().text();
      Expression other = sum();
      return scope -> Logic.compare(operator, value.eval(scope), other.eval(scope));
    }
    if (peek("not")) {
      take();
      Expression positive = range(value);
      return scope -> Logic.not(positive.eval(scope));
    }
    return peek("in") || peek("between") || peek("like") ? range(value) : value;
  }

  private Expression range(Expression value) {
    if (accept("in")) {
      expect("(");
      List<Expression> choices = arguments();
      return scope -> Logic.in(value.eval(scope), values(choices, scope));
    }
    if (accept("between")) {
      Expression low = sum();
      expect("and");
      Expression high = sum();
      return scope -> Logic.between(value.eval(scope), low.eval(scope), high.eval(scope));
    }
    expect("like");
    Expression pattern = sum();
    return scope -> Logic.like(value.eval(scope), pattern.eval(scope));
  }

  private Expression sum() {
    Expression left = product();
    while (peek("+") || peek("-")) {
      String operator = take().text();
      Expression a = left;
      Expression b = product();
      left = scope -> Logic.arithmetic(operator, a.eval(scope), b.eval(scope));
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (peek("*") || peek("/") || peek("%")) {
      String operator = take().text();
      Expression a = left;
      Expression b = unary();
      left = scope -> Logic.arithmetic(operator, a.eval(scope), b.eval(scope));
    }
    return left;
  }

  private Expression unary() {
    if (accept("-")) {
      Expression inner = unary();
      return scope -> Logic.arithmetic("-", 0L, inner.eval(scope));
    }
    return operand();
  }

  private Expression operand() {
    if (accept("(")) {
      Expression inner = or();
      expect(")");
      return inner;
    }
    if (accept("true")) {
      return scope -> true;
    }
    if (accept("false")) {
      return scope -> false;
    }
    if (accept("null")) {
      return scope -> null;
    }
    Token token = tokens.get(at);
    switch (token.kind()) {
      case NUMBER:
        take();
        Object number = number(token.text());
        return scope -> number;
      case STRING:
        take();
        return scope -> token.text();
      default:
        return named(name());
    }
  }

  private Expression named(String name) {
    if (accept("(")) {
      List<Expression> arguments = arguments();
      return switch (name) {
        case "coalesce" -> scope -> Logic.coalesce(values(arguments, scope));
        case "kilometres" -> scope -> Logic.kilometres(values(arguments, scope));
        default -> throw wrong("no function " + name);
      };
    }
    int dot = name.indexOf('.');
    if (dot > 0 && ENUMS.containsKey(name.substring(0, dot))) {
      Object constant = constant(ENUMS.get(name.substring(0, dot)), name.substring(dot + 1));
      return scope -> constant;
    }
    names.add(name);
    return scope -> scope.apply(name);
  }

  /** What follows an opening parenthesis, up to and with the closing one. */
  private List<Expression> arguments() {
    List<Expression> arguments = new ArrayList<>();
    do {
      arguments.add(or());
    } while (accept(","));
    expect(")");
    return arguments;
  }

  private static List<Object> values(
      List<Expression> expressions, java.util.function.Function<String, Object> scope) {
    List<Object> values = new ArrayList<>();
    for (Expression expression : expressions) {
      values.add(expression.eval(scope));
    }
    return values;
  }

  private static Object number(String text) {
    if (text.contains(".")) {
      return Double.valueOf(text);
    }
    return Long.valueOf(text.replaceAll("[lL]$", ""));
  }

  private Object constant(Class<? extends Enum<?>> type, String name) {
    for (Enum<?> constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw wrong("no constant " + name + " in " + type.getSimpleName());
  }

  private String name() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.NAME
        || RESERVED.contains(token.text().toLowerCase(Locale.ROOT))) {
      throw wrong("expected a name, found \"" + token.text() + "\"");
    }
    return take().text();
  }

  /** Words of the language are the same in capitals. */
  private boolean peek(String expected) {
    Token token = tokens.get(at);
    return switch (token.kind()) {
      case SYMBOL -> token.text().equals(expected);
      case NAME -> token.text().equalsIgnoreCase(expected);
      default -> false;
    };
  }

  private boolean accept(String expected) {
    if (peek(expected)) {
      at++;
      return true;
    }
    return false;
  }

  private Token take() {
    return tokens.get(at++);
  }

  private void expect(String expected) {
    if (!accept(expected)) {
      throw wrong("expected \"" + expected + "\", found \"" + tokens.get(at).text() + "\"");
    }
  }

  private void end() {
    if (tokens.get(at).kind() != Token.Kind.END) {
      throw wrong("did not expect \"" + tokens.get(at).text() + "\"");
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + " in: " + text);
  }
}
