package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Severity;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A share of events that must be good over a period, and the alerts that say its error budget burns
 * too fast. The budget is {@code 1 - target}; a burn rate of 1 uses it up exactly at the end of the
 * period. An alert needs a long window, so that it matters, and a short one, so that it is still
 * going on (Google, The Site Reliability Workbook, chapter 5).
 *
 * @param good filter of the good events
 * @param total filter of the events that count
 * @param by dimensions; an objective is kept for each combination of values
 * @param target share that must be good, 0 to 1
 * @param period milliseconds
 * @param floor events in the long window below which nobody is alerted
 */
public record Objective(
    About about, String good, String total, List<String> by, double target, long period, int floor)
    implements Watch {

  static final long MINUTE = 60_000L;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;

  /**
   * Two windows over which the budget must burn too fast.
   *
   * @param budget the share of the period's budget that is used up in the long window by then
   */
  record Burn(long longWindow, long shortWindow, double budget, Severity severity) {

    /** Of the figure that says it: {@code burn_rate_1h}, {@code burn_rate_3d}. */
    String figure() {
      return "burn_rate_" + (longWindow < DAY ? longWindow / HOUR + "h" : longWindow / DAY + "d");
    }

    /** The burn rate that uses up so much of the budget in the long window: 14.4, 6, 3, 1. */
    double rate(long period) {
      return budget * period / longWindow;
    }
  }

  static final List<Burn> BURNS =
      List.of(
          new Burn(HOUR, 5 * MINUTE, 0.02, Severity.CRITICAL),
          new Burn(6 * HOUR, 30 * MINUTE, 0.05, Severity.CRITICAL),
          new Burn(DAY, 2 * HOUR, 0.1, Severity.WARNING),
          new Burn(3 * DAY, 6 * HOUR, 0.1, Severity.NOTICE));

  @Override
  public String terms() {
    return Wording.percent(target) + " over " + Wording.length(period).en() + ", by burn rate";
  }

  @Override
  public List<NeededFigure> needs() {
    return List.of(NeededFigure.ratio(about.id(), good, total, by, MINUTE));
  }

  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    return reading.figure().equals(about.id())
        ? Optional.of(reading.dimensions())
        : Optional.empty();
  }

  @Override
  public long every() {
    return MINUTE;
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new ObjectiveState(this, subject);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return ObjectiveState.unpack(this, in);
  }
}
