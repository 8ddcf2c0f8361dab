package io.fenghuo.alerting.config;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Times named in the routing file, as nights or holidays. An instant is in it when it is in any of
 * its pieces; a piece's fields must all agree, and a field that says nothing agrees.
 */
public record TimeInterval(String name, List<Piece> pieces) {

  /** First and last, both included. */
  public record Range(int first, int last) {
    boolean has(int value) {
      return first <= value && value <= last;
    }
  }

  /**
   * @param times minutes of the day, the last one excluded
   * @param daysOfMonth from 1; negative ones count from the end
   */
  public record Piece(
      List<Range> times,
      List<Range> weekdays,
      List<Range> daysOfMonth,
      List<Range> months,
      List<Range> years,
      ZoneId zone) {

    boolean has(Instant instant) {
      ZonedDateTime at = instant.atZone(zone);
      int minute = at.getHour() * 60 + at.getMinute();
      int day = at.getDayOfMonth();
      int length = at.toLocalDate().lengthOfMonth();
      return any(times, range -> range.first() <= minute && minute < range.last())
          && any(weekdays, range -> range.has(at.getDayOfWeek().getValue() % 7))
          && any(
              daysOfMonth,
              r -> fromEnd(r.first(), length) <= day && day <= fromEnd(r.last(), length))
          && any(months, range -> range.has(at.getMonthValue()))
          && any(years, range -> range.has(at.getYear()));
    }

    private static int fromEnd(int day, int length) {
      return day < 0 ? length + day + 1 : day;
    }

    private static boolean any(List<Range> ranges, Predicate<Range> has) {
      return ranges.isEmpty() || ranges.stream().anyMatch(has);
    }
  }

  public boolean has(Instant instant) {
    return pieces.stream().anyMatch(piece -> piece.has(instant));
  }

  static TimeInterval read(Section section) {
    String name = section.required("name");
    List<Piece> pieces = new ArrayList<>();
    for (Section piece : section.sections("time_intervals")) {
      List<Range> times = new ArrayList<>();
      for (Section time : piece.sections("times")) {
        int start = time.parsed("start_time", 0, TimeInterval::minute);
        int end = time.parsed("end_time", 24 * 60, TimeInterval::minute);
        if (start >= end) {
          time.error(
              "end_time", "not after start_time (expected: later; write a night as two times)");
        }
        time.refuseOthers();
        times.add(new Range(start, end));
      }
      pieces.add(
          new Piece(
              times,
              piece.parsedList("weekdays", text -> range(text, TimeInterval::weekday)),
              piece.parsedList(
                  "days_of_month", text -> range(text, value -> number(value, -31, 31))),
              piece.parsedList("months", text -> range(text, TimeInterval::month)),
              piece.parsedList("years", text -> range(text, value -> number(value, 1970, 9999))),
              piece.parsed("location", ZoneId.of("UTC"), ZoneId::of)));
      piece.refuseOthers();
    }
    section.refuseOthers();
    return new TimeInterval(name, pieces);
  }

  private static int minute(String text) {
    if (text.equals("24:00")) {
      return 24 * 60;
    }
    if (!text.matches("([01]\\d|2[0-3]):[0-5]\\d")) {
      throw new IllegalArgumentException(text + " (expected a time of day, as 09:30 or 24:00)");
    }
    LocalTime time = LocalTime.parse(text);
    return time.getHour() * 60 + time.getMinute();
  }

  private static Range range(String text, ToIntFunction<String> value) {
    String[] ends = text.split(":", -1);
    Range range =
        new Range(
            value.applyAsInt(ends[0].strip()), value.applyAsInt(ends[ends.length - 1].strip()));
    boolean mixed = range.first() < 0 != range.last() < 0;
    if (ends.length > 2 || (range.first() > range.last() && !mixed)) {
      throw new IllegalArgumentException(text + " (expected: first:last)");
    }
    return range;
  }

  private static int weekday(String text) {
    return DayOfWeek.valueOf(text.toUpperCase(Locale.ROOT)).getValue() % 7;
  }

  private static int month(String text) {
    return text.matches("\\d+")
        ? number(text, 1, 12)
        : Month.valueOf(text.toUpperCase(Locale.ROOT)).getValue();
  }

  private static int number(String text, int least, int most) {
    if (!text.matches("-?\\d{1,4}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most
        || Integer.parseInt(text) == 0) {
      throw new IllegalArgumentException(text + " (expected: from " + least + " to " + most + ")");
    }
    return Integer.parseInt(text);
  }
}
