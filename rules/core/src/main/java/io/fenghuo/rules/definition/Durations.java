package io.fenghuo.rules.definition;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as rule authors write them: {@code 10 minutes}, {@code 90s}, {@code 30 days}. */
final class Durations {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([a-z]+)");

  private Durations() {}

  /**
   * @return milliseconds
   * @throws IllegalArgumentException naming the text and what was expected
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (matcher.matches()) {
      long unit =
          switch (matcher.group(2)) {
            case "millisecond", "milliseconds", "ms" -> 1L;
            case "second", "seconds", "s" -> 1_000L;
            case "minute", "minutes", "m" -> 60_000L;
            case "hour", "hours", "h" -> 3_600_000L;
            case "day", "days", "d" -> 86_400_000L;
            default -> 0L;
          };
      if (unit > 0) {
        return Long.parseLong(matcher.group(1)) * unit;
      }
    }
    throw new IllegalArgumentException(
        text + " (expected: a duration such as 10 seconds, 5 minutes, 24 hours or 30 days)");
  }
}
