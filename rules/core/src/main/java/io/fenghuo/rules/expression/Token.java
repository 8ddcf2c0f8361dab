package io.fenghuo.rules.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A piece of a condition's text.
 *
 * <p>This is the door: a text that tokenises here can name properties, constants and two functions,
 * and nothing else. There is no way to spell a class, a method, a script, {@code new}, a comment or
 * a sub-select.
 */
record Token(Kind kind, String text) {

  enum Kind {
    NAME,
    KEYWORD,
    FUNCTION,
    NUMBER,
    TEXT,
    OPERATOR,
    END
  }

  private static final int LONGEST = 10_000;

  private static final Set<String> KEYWORDS =
      Set.of("and", "or", "not", "in", "between", "is", "null", "like", "true", "false");
  private static final Set<String> FUNCTIONS = Set.of("coalesce", "kilometres");
  private static final Set<String> OPERATORS =
      Set.of("=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "(", ")", ",");

  boolean is(String operatorOrKeyword) {
    return (kind == Kind.OPERATOR || kind == Kind.KEYWORD) && text.equals(operatorOrKeyword);
  }

  /** The text's tokens, the last of them {@link Kind#END}. */
  static List<Token> all(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a condition of " + text.length() + " characters (expected: at most " + LONGEST + ")");
    }
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      int end;
      if (isNameStart(c)) {
        end = endOf(text, at, true);
        tokens.add(word(text.substring(at, end), text, end));
      } else if (c >= '0' && c <= '9') {
        end = endOf(text, at, false);
        tokens.add(number(text.substring(at, end)));
      } else if (c == '\'' || c == '"') {
        end = text.indexOf(c, at + 1) + 1;
        if (end == 0) {
          throw new IllegalArgumentException(
              "text that starts at column " + (at + 1) + " has no end");
        }
        tokens.add(literal(text.substring(at + 1, end - 1)));
      } else {
        String two = text.substring(at, Math.min(text.length(), at + 2));
        if (two.equals("--") || two.equals("//") || two.equals("/*")) {
          throw new IllegalArgumentException(two + ": a condition holds no comments");
        }
        String operator = OPERATORS.contains(two) ? two : String.valueOf(c);
        if (!OPERATORS.contains(operator)) {
          throw new IllegalArgumentException(
              "'" + operator + "' is not part of the rule language (see rules/README.md)");
        }
        tokens.add(new Token(Kind.OPERATOR, operator));
        end = at + operator.length();
      }
      at = end;
    }
    tokens.add(new Token(Kind.END, ""));
    return tokens;
  }

  private static int endOf(String text, int start, boolean name) {
    int end = start;
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean part = name ? isNamePart(c) : Character.isLetterOrDigit(c);
      if (!part && c != '.') {
        break;
      }
      end++;
    }
    return end;
  }

  private static Token number(String number) {
    if (!number.matches("[0-9]{1,18}(L|\\.[0-9]{1,18})?")) {
      throw new IllegalArgumentException(number + ": not a number (expected: 12, 12L or 1.5)");
    }
    return new Token(Kind.NUMBER, number);
  }

  private static Token literal(String literal) {
    if (literal.chars().anyMatch(c -> c == '\\' || c == '\'' || c == '"' || c < ' ')) {
      throw new IllegalArgumentException(
          literal + ": quotes, backslashes and line ends are not allowed inside a text");
    }
    return new Token(Kind.TEXT, literal);
  }

  private static Token word(String word, String text, int end) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (KEYWORDS.contains(lower)) {
      return new Token(Kind.KEYWORD, lower);
    }
    if (text.substring(end).stripLeading().startsWith("(")) {
      if (!FUNCTIONS.contains(word)) {
        throw new IllegalArgumentException(
            word + "(…): not a function rules may call (expected one of coalesce, kilometres)");
      }
      return new Token(Kind.FUNCTION, word);
    }
    if (word.endsWith(".") || word.indexOf('.') != word.lastIndexOf('.')) {
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
}
