package io.fenghuo.rules.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A condition in the part of EPL that rules may use, as its tokens.
 *
 * <p>This is the door: a text that tokenises here can name properties, constants and two functions, and nothing
 * else. There is no way to spell a class, a method, a script, {@code new} or a sub-select. What a token sequence
 * means is left to the EPL compiler.
 */
public final class Expression {

  private static final Set<String> KEYWORDS =
      Set.of("and", "or", "not", "in", "between", "is", "null", "like", "true", "false");
  private static final Set<String> FUNCTIONS = Set.of("coalesce", "kilometres");
  private static final Set<String> OPERATORS =
      Set.of("=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "(", ")", ",");

  /** What a token is. */
  enum Kind {
    NAME,
    KEYWORD,
    FUNCTION,
    NUMBER,
    TEXT,
    OPERATOR
  }

  record Token(Kind kind, String text) {
    boolean is(String operatorOrKeyword) {
      return kind != Kind.NAME && kind != Kind.TEXT && text.equals(operatorOrKeyword);
    }
  }

  private final List<Token> tokens;

  private Expression(List<Token> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  /**
   * @throws IllegalArgumentException when the text uses anything outside the language; the message says what
   */
  public static Expression parse(String text) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (isNameStart(c)) {
        int end = at;
        while (end < text.length() && (isNamePart(text.charAt(end)) || text.charAt(end) == '.')) {
          end++;
        }
        tokens.add(word(text.substring(at, end), text, end));
        at = end;
      } else if (Character.isDigit(c)) {
        int end = at;
        while (end < text.length()
            && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '.')) {
          end++;
        }
        String number = text.substring(at, end);
        if (!number.matches("\\d+(L|\\.\\d+)?")) {
          throw new IllegalArgumentException(
              number + ": not a number (expected: 12, 12L or 1.5)");
        }
        tokens.add(new Token(Kind.NUMBER, number));
        at = end;
      } else if (c == '\'' || c == '"') {
        int end = text.indexOf(c, at + 1);
        if (end < 0) {
          throw new IllegalArgumentException("text that starts at column " + (at + 1) + " has no end");
        }
        String literal = text.substring(at + 1, end);
        if (literal.indexOf('\\') >= 0 || literal.indexOf('\'') >= 0 || literal.indexOf('"') >= 0) {
          throw new IllegalArgumentException(
              literal + ": quotes and backslashes are not allowed inside a text");
        }
        tokens.add(new Token(Kind.TEXT, literal));
        at = end + 1;
      } else {
        String two = text.substring(at, Math.min(text.length(), at + 2));
        String operator = OPERATORS.contains(two) ? two : String.valueOf(c);
        if (!OPERATORS.contains(operator)) {
          throw new IllegalArgumentException(
              "'" + operator + "' is not part of the rule language (see rules/README.md)");
        }
        tokens.add(new Token(Kind.OPERATOR, operator));
        at += operator.length();
      }
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("empty condition");
    }
    int depth = 0;
    for (Token token : tokens) {
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth < 0) {
        break;
      }
    }
    if (depth != 0) {
      throw new IllegalArgumentException("parentheses do not match in: " + text);
    }
    return new Expression(tokens);
  }

  private static Token word(String word, String text, int end) {
    String lower = word.toLowerCase(Locale.ROOT);
    boolean call = text.substring(end).stripLeading().startsWith("(");
    if (KEYWORDS.contains(lower)) {
      return new Token(Kind.KEYWORD, lower);
    }
    if (call) {
      if (!FUNCTIONS.contains(word)) {
        throw new IllegalArgumentException(
            word + "(…): not a function rules may call (expected one of coalesce, kilometres)");
      }
      return new Token(Kind.FUNCTION, word);
    }
    if (lower.equals("new") || lower.equals("select")) {
      throw new IllegalArgumentException("'" + word + "' is not part of the rule language");
    }
    if (word.endsWith(".") || word.contains("..") || word.chars().filter(c -> c == '.').count() > 1) {
      throw new IllegalArgumentException(
          word + ": not a name (expected: property, entity.name, alias.property or Enum.CONSTANT)");
    }
    return new Token(Kind.NAME, word);
  }

  private static boolean isNameStart(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
  }

  /** The condition that always holds. */
  public static Expression always() {
    return new Expression(List.of());
  }

  public boolean isAlways() {
    return tokens.isEmpty();
  }

  /** Every name in the text, in order, with repeats: properties, {@code entity.name}, {@code Enum.CONSTANT}. */
  public List<String> names() {
    return tokens.stream().filter(t -> t.kind() == Kind.NAME).map(Token::text).toList();
  }

  /**
   * The conditions that must all hold for this one to hold, as far as they can be told apart at the outermost
   * level. Each part is itself a whole expression.
   */
  public List<Expression> conjuncts() {
    List<Expression> parts = new ArrayList<>();
    for (List<Token> part : split(tokens, ",")) {
      if (split(part, "or").size() > 1) {
        parts.add(new Expression(part));
      } else {
        split(part, "and").forEach(conjunct -> parts.add(new Expression(conjunct)));
      }
    }
    return parts;
  }

  /** Splits at the outermost level; the {@code and} of a {@code between} does not count. */
  private static List<List<Token>> split(List<Token> tokens, String separator) {
    List<List<Token>> parts = new ArrayList<>();
    List<Token> part = new ArrayList<>();
    int depth = 0;
    int betweens = 0;
    for (Token token : tokens) {
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth == 0 && token.is("between")) {
        betweens++;
      }
      boolean separates = depth == 0 && token.is(separator);
      if (separates && separator.equals("and") && betweens > 0) {
        betweens--;
        separates = false;
      }
      if (separates) {
        parts.add(part);
        part = new ArrayList<>();
      } else {
        part.add(token);
      }
    }
    if (!part.isEmpty() || !parts.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  /** All of these together. */
  public static Expression all(List<Expression> parts) {
    List<Token> joined = new ArrayList<>();
    for (Expression part : parts) {
      if (!joined.isEmpty()) {
        joined.add(new Token(Kind.KEYWORD, "and"));
      }
      joined.add(new Token(Kind.OPERATOR, "("));
      joined.addAll(part.tokens);
      joined.add(new Token(Kind.OPERATOR, ")"));
    }
    return new Expression(joined);
  }

  /**
   * The text to compile. Commas at the outermost level have become {@code and}.
   *
   * @param naming gives each name its spelling there
   */
  public String render(UnaryOperator<String> naming) {
    List<List<Token>> parts = split(tokens, ",");
    StringBuilder text = new StringBuilder();
    for (List<Token> part : parts) {
      if (part.isEmpty()) {
        throw new IllegalArgumentException("a comma with nothing beside it");
      }
      text.append(text.isEmpty() ? "" : " and ").append(parts.size() > 1 ? "(" : "");
      for (int i = 0; i < part.size(); i++) {
        Token token = part.get(i);
        text.append(i == 0 ? "" : " ")
            .append(
                switch (token.kind()) {
                  case NAME -> naming.apply(token.text());
                  case TEXT -> "'" + token.text() + "'";
                  default -> token.text();
                });
      }
      text.append(parts.size() > 1 ? ")" : "");
    }
    return text.toString();
  }

  /** Canonical spelling: two expressions with the same tokens have the same text. */
  @Override
  public String toString() {
    return tokens.isEmpty() ? "true" : render(UnaryOperator.identity());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Expression expression && tokens.equals(expression.tokens);
  }

  @Override
  public int hashCode() {
    return tokens.hashCode();
  }
}
