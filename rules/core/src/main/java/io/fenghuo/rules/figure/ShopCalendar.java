package io.fenghuo.rules.figure;

import io.fenghuo.schemas.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Windows in the shop's time zone: a day is the shop's day, also where clocks are changed. */
final class ShopCalendar {

  static final long SECOND = 1_000L;
  static final long MINUTE = 60_000L;
  static final long HOUR = 3_600_000L;

  private final ZoneId zone;
  private LocalDate day;
  private long dayFrom;
  private long dayTo;

  ShopCalendar(ZoneId zone) {
    this.zone = zone;
  }

  /** Begin of the window that holds the time, or, for WEEK and MONTH, of the last day of it. */
  long start(Window window, long time) {
    return switch (window) {
      case SECOND -> Math.floorDiv(time, SECOND) * SECOND;
      case MINUTE -> Math.floorDiv(time, MINUTE) * MINUTE;
      case HOUR -> {
        turnTo(time);
        yield dayFrom + (time - dayFrom) / HOUR * HOUR;
      }
      case DAY, WEEK, MONTH -> {
        turnTo(time);
        yield dayFrom;
      }
    };
  }

  /** End of the second, minute, hour or day that begins then. */
  long end(Window window, long start) {
    return switch (window) {
      case SECOND -> start + SECOND;
      case MINUTE -> start + MINUTE;
      case HOUR -> {
        turnTo(start);
        yield Math.min(start + HOUR, dayTo);
      }
      case DAY, WEEK, MONTH -> {
        turnTo(start);
        yield dayTo;
      }
    };
  }

  /** Begin of the day so many days after the one that begins then; negative for before. */
  long day(long start, int days) {
    turnTo(start);
    return day.plusDays(days).atStartOfDay(zone).toInstant().toEpochMilli();
  }

  private void turnTo(long time) {
    if (day != null && dayFrom <= time && time < dayTo) {
      return;
    }
    day = Instant.ofEpochMilli(time).atZone(zone).toLocalDate();
    dayFrom = day.atStartOfDay(zone).toInstant().toEpochMilli();
    dayTo = day.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
