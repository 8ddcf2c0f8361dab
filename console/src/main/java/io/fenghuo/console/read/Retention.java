package io.fenghuo.console.read;

import java.time.Duration;

/**
 * How long things are kept.
 *
 * @param decisions decisions and alerts
 * @param events orders, payments, logins, dead letters
 * @param minutes figures by minute, and the wall screen as it was
 * @param figures figures by hour and longer
 */
public record Retention(Duration decisions, Duration events, Duration minutes, Duration figures) {

  public static final Retention STANDARD =
      new Retention(
          Duration.ofDays(90), Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(400));

  Duration of(Partitions.Table table) {
    return switch (table) {
      case DECISION, ALERT -> decisions;
      case EVENT, DEAD_LETTER -> events;
      case FIGURE_MINUTE, LIVE_MINUTE -> minutes;
      case FIGURE_LONG -> figures;
    };
  }
}
