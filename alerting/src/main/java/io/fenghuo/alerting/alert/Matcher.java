package io.fenghuo.alerting.alert;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * One condition on a label: {@code =}, {@code !=}, {@code =~} or {@code !~}. Regular expressions
 * are RE2, which takes time linear in its input whatever the expression, and match the whole value.
 */
public final class Matcher {

  /** Longest value of a matcher, in characters; a longer regular expression is nobody's wish. */
  private static final int MAX_LENGTH = 4_096;

  private final String name;
  private final String value;
  private final boolean regex;
  private final boolean equal;
  private final Pattern pattern;

  /**
   * @throws IllegalArgumentException when the expression is not RE2 or too long
   */
  public Matcher(String name, String value, boolean regex, boolean equal) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a matcher needs the name of a label");
    }
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          name + ": " + value.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    this.name = name;
    this.value = value;
    this.regex = regex;
    this.equal = equal;
    try {
      this.pattern = regex ? Pattern.compile("^(?:" + value + ")$", Pattern.DOTALL) : null;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not a regular expression (RE2): " + e.getDescription());
    }
  }

  /**
   * Reads {@code name="value"}, {@code name=~value}, {@code "name"!="value"}.
   *
   * @throws IllegalArgumentException saying what is wrong and what was expected
   */
  public static Matcher parse(String text) {
    List<Matcher> one = parseAll(text);
    if (one.size() != 1) {
      throw new IllegalArgumentException(
          text + " (expected: one matcher, as severity=\"critical\")");
    }
    return one.get(0);
  }

  /** Reads one matcher or several in braces: {@code {a="1",b=~"2|3"}}. */
  public static List<Matcher> parseAll(String text) {
    return new Reader(text).all();
  }

  public String name() {
    return name;
  }

  public String value() {
    return value;
  }

  public boolean regex() {
    return regex;
  }

  public boolean equal() {
    return equal;
  }

  public boolean matches(Labels labels) {
    return matches(labels.get(name));
  }

  public boolean matches(String labelValue) {
    boolean same = regex ? pattern.matches(labelValue) : value.equals(labelValue);
    return same == equal;
  }

  /**
   * Whether the matchers may match an alert of which only these labels are known: each of them that
   * is about one of these does.
   */
  public static boolean mayMatch(List<Matcher> matchers, Labels known) {
    return matchers.stream()
        .filter(matcher -> known.has(matcher.name()))
        .allMatch(matcher -> matcher.matches(known.get(matcher.name())));
  }

  public static boolean allMatch(List<Matcher> matchers, Labels labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matcher m
        && m.name.equals(name)
        && m.value.equals(value)
        && m.regex == regex
        && m.equal == equal;
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** As it is written in a routing file and in a group's key. */
  @Override
  public String toString() {
    String operator = equal ? (regex ? "=~" : "=") : (regex ? "!~" : "!=");
    return name
        + operator
        + '"'
        + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + '"';
  }

  /** Reads matchers character by character, so that commas and braces inside quotes are text. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text.strip();
    }

    List<Matcher> all() {
      List<Matcher> matchers = new ArrayList<>();
      boolean braces = text.startsWith("{");
      if (braces) {
        if (!text.endsWith("}") || text.length() < 2) {
          throw wrong("a closing brace");
        }
        at = 1;
      }
      int end = braces ? text.length() - 1 : text.length();
      skipBlanks(end);
      while (at < end) {
        matchers.add(one(end));
        skipBlanks(end);
        if (at < end) {
          if (text.charAt(at) != ',') {
            throw wrong("a comma");
          }
          at++;
          skipBlanks(end);
        }
      }
      if (matchers.isEmpty() && !braces) {
        throw wrong("a matcher, as severity=\"critical\"");
      }
      return matchers;
    }

    private Matcher one(int end) {
      String name = at < end && text.charAt(at) == '"' ? quoted(end) : bare(end, "=!~,{} \t");
      if (name.isEmpty()) {
        throw wrong("the name of a label");
      }
      skipBlanks(end);
      boolean equal = true;
      boolean regex = false;
      if (text.startsWith("=~", at)) {
        regex = true;
        at += 2;
      } else if (text.startsWith("!~", at)) {
        regex = true;
        equal = false;
        at += 2;
      } else if (text.startsWith("!=", at)) {
        equal = false;
        at += 2;
      } else if (text.startsWith("=", at)) {
        at += 1;
      } else {
        throw wrong("one of = != =~ !~ after " + name);
      }
      skipBlanks(end);
      String value = at < end && text.charAt(at) == '"' ? quoted(end) : bare(end, ",").strip();
      return new Matcher(name, value, regex, equal);
    }

    private String bare(int end, String stops) {
      int start = at;
      while (at < end && stops.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted(int end) {
      StringBuilder value = new StringBuilder();
      for (at++; at < end; at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return value.toString();
        }
        if (c == '\\' && at + 1 < end) {
          char escaped = text.charAt(++at);
          switch (escaped) {
            case 'n' -> value.append('\n');
            case '"', '\\' -> value.append(escaped);
            default -> value.append('\\').append(escaped);
          }
        } else {
          value.append(c);
        }
      }
      throw wrong("a closing quote");
    }

    private void skipBlanks(int end) {
      while (at < end && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private IllegalArgumentException wrong(String expected) {
      return new IllegalArgumentException(
          (text.isEmpty() ? "empty" : text)
              + " (expected "
              + expected
              + " at character "
              + (at + 1)
              + ")");
    }
  }
}
