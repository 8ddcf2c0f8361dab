package io.fenghuo.rules.watch;

import java.util.List;

/**
 * A figure a watch must be given.
 *
 * @param name readings carry it
 * @param of filter of the events: of a ratio its denominator; null when the figure is defined
 *     elsewhere and only named here
 * @param good filter of a ratio's numerator, else null
 * @param aggregate count, sum, avg, max, min, ratio, or a quantile such as p95; null with {@code
 *     of}
 * @param field the event's field that is aggregated; null for count and ratio
 * @param by dimensions: event fields whose values tell one reading from another; may be empty
 * @param window length of the windows in milliseconds
 */
public record NeededFigure(
    String name,
    String of,
    String good,
    String aggregate,
    String field,
    List<String> by,
    long window) {

  static NeededFigure named(String name, List<String> by, long window) {
    return new NeededFigure(name, null, null, null, null, by, window);
  }

  static NeededFigure count(String name, String of, List<String> by, long window) {
    return new NeededFigure(name, of, null, "count", null, by, window);
  }

  static NeededFigure ratio(String name, String good, String of, List<String> by, long window) {
    return new NeededFigure(name, of, good, "ratio", null, by, window);
  }
}
