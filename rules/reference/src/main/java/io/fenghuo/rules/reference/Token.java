package io.fenghuo.rules.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A piece of expression text. */
record Token(Kind kind, String text) {

  enum Kind {
    NUMBER,
    STRING,
    NAME,
    SYMBOL,
    END
  }

  private static final Pattern PIECE =
      Pattern.compile(
          "\\s*(?:(?<number>\\d+(?:\\.\\d+)?[lL]?)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<name>[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)"
              + "|(?<symbol><=|>=|<>|!=|[=<>+*/%(),-]))");

  static List<Token> all(String text) {
    List<Token> tokens = new ArrayList<>();
    String trimmed = text.strip();
    Matcher matcher = PIECE.matcher(trimmed);
    int at = 0;
    while (at < trimmed.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalArgumentException("cannot read \"" + trimmed.substring(at) + "\"");
      }
      tokens.add(token(matcher));
      at = matcher.end();
    }
    tokens.add(new Token(Kind.END, ""));
    return tokens;
  }

  private static Token token(Matcher matcher) {
    if (matcher.group("number") != null) {
      return new Token(Kind.NUMBER, matcher.group("number"));
    }
    if (matcher.group("string") != null) {
      String quoted = matcher.group("string");
      String inside = quoted.substring(1, quoted.length() - 1);
      return new Token(Kind.STRING, inside.replaceAll("\\\\(.)", "$1"));
    }
    if (matcher.group("name") != null) {
      return new Token(Kind.NAME, matcher.group("name"));
    }
    return new Token(Kind.SYMBOL, matcher.group("symbol"));
  }
}
