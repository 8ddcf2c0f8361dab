package io.fenghuo.alerting.escalate;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;

/**
 * A team and who of it is on duty.
 *
 * @param manager id, or empty
 * @param rotation ids; each has a week, from one handover to the next, counted from the handover on
 *     or before {@code start}
 * @param holidays on these days the holiday people take turns, a day each
 */
public record Team(
    String name,
    List<String> members,
    String manager,
    List<String> rotation,
    LocalDate start,
    DayOfWeek handoverDay,
    LocalTime handoverTime,
    ZoneId zone,
    List<Override> overrides,
    List<LocalDate> holidays,
    List<String> holidayPeople) {

  /** Somebody stands in from one instant, included, until another, excluded. */
  public record Override(Instant from, Instant until, String person) {}

  /** The id of who is on duty: an override counts before a holiday, a holiday before the week. */
  public Optional<String> onDuty(Instant now) {
    return turn(now, 0);
  }

  /** Who is asked when the one on duty does not answer: next in the rotation. */
  public Optional<String> deputy(Instant now) {
    Optional<String> onDuty = onDuty(now);
    for (int next = 0; next <= rotation.size(); next++) {
      Optional<String> other = week(now, next);
      if (other.isPresent() && !other.equals(onDuty)) {
        return other;
      }
    }
    return Optional.empty();
  }

  private Optional<String> turn(Instant now, int next) {
    for (Override override : overrides) {
      if (!now.isBefore(override.from()) && now.isBefore(override.until())) {
        return Optional.of(override.person());
      }
    }
    int holiday = holidays.indexOf(now.atZone(zone).toLocalDate());
    if (holiday >= 0 && !holidayPeople.isEmpty()) {
      return Optional.of(holidayPeople.get(holiday % holidayPeople.size()));
    }
    return week(now, next);
  }

  private Optional<String> week(Instant now, int next) {
    if (rotation.isEmpty()) {
      return Optional.empty();
    }
    ZonedDateTime first =
        start.with(TemporalAdjusters.previousOrSame(handoverDay)).atTime(handoverTime).atZone(zone);
    // Weeks of the calendar, so that a change to summer time does not move the handover.
    long weeks = Math.floorDiv(secondsOfCalendar(first, now.atZone(zone)), 7L * 24 * 3600);
    return Optional.of(rotation.get((int) Math.floorMod(weeks + next, (long) rotation.size())));
  }

  private static long secondsOfCalendar(ZonedDateTime from, ZonedDateTime to) {
    return ChronoUnit.SECONDS.between(from.toLocalDateTime(), to.toLocalDateTime());
  }
}
