package io.fenghuo.console;

/** Text as the database can keep it. */
public final class Characters {

  private static final char REPLACEMENT = '\uFFFD';

  private Characters() {}

  /** The text with what PostgreSQL refuses (NUL, halves of surrogate pairs) replaced by U+FFFD. */
  public static String storable(String text) {
    if (text == null) {
      return null;
    }
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        if (clean == null) {
          clean = new StringBuilder(text);
        }
        clean.setCharAt(i, REPLACEMENT);
      }
    }
    return clean == null ? text : clean.toString();
  }

  /** The first characters of a text, never half a pair. */
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end);
  }
}
