package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An objective of one subject: its good and total events by minute for seven hours and by hour for
 * the period, so that a late event still finds its minute and a month fits in a few kilobytes.
 * Windows of a day and longer, and the period, begin at a full hour.
 */
final class ObjectiveState implements WatchState {

  private static final byte FORM = 1;
  private static final long NEVER = Long.MIN_VALUE;

  /** The longest window that is exact to the minute, and an hour for late events. */
  private static final long IN_MINUTES = 7 * Objective.HOUR;

  /** How sure: one false alert in about 40 if nothing else spoke against it. */
  private static final double Z = 1.96;

  /** Events of one minute or hour. Counts are whole, but come as doubles. */
  record Count(double good, double total) {
    static final Count NONE = new Count(0, 0);

    Count plus(Count other) {
      return new Count(good + other.good, total + other.total);
    }

    double bad() {
      return total - good;
    }

    double badShare() {
      return total > 0 ? bad() / total : 0;
    }
  }

  private final Objective objective;
  private final SortedMap<String, String> subject;
  private final TreeMap<Long, Count> minutes = new TreeMap<>();
  private final TreeMap<Long, Count> hours = new TreeMap<>();
  private final Incident incident;
  private long judged = NEVER;

  ObjectiveState(Objective objective, SortedMap<String, String> subject) {
    this.objective = objective;
    this.subject = subject;
    this.incident = new Incident(objective.about(), subject);
  }

  @Override
  public void read(Reading reading) {
    long rolled = judged == NEVER ? NEVER : rolledBefore(judged);
    if (reading.from() >= rolled && reading.denominator() >= 0) {
      minutes.put(reading.from(), new Count(reading.numerator(), reading.denominator()));
    }
  }

  /** Minutes before this time have become hours. */
  private static long rolledBefore(long minute) {
    return Math.floorDiv(minute - IN_MINUTES, Objective.HOUR) * Objective.HOUR;
  }

  @Override
  public void time(long now, Findings findings) {
    long minute = Math.floorDiv(now, Objective.MINUTE) * Objective.MINUTE;
    if (minute <= judged) {
      return;
    }
    judged = minute;
    roll();
    judge(findings);
    tell(findings);
  }

  private void roll() {
    long before = rolledBefore(judged);
    while (!minutes.isEmpty() && minutes.firstKey() < before) {
      Map.Entry<Long, Count> first = minutes.pollFirstEntry();
      long hour = Math.floorDiv(first.getKey(), Objective.HOUR) * Objective.HOUR;
      hours.merge(hour, first.getValue(), Count::plus);
    }
    hours.headMap(periodBegins()).clear();
  }

  private long periodBegins() {
    return Math.floorDiv(judged - objective.period(), Objective.HOUR) * Objective.HOUR;
  }

  /** Events of the minutes that are complete, over so long a time. */
  private Count over(long window) {
    long from = judged - window;
    if (window >= Objective.DAY) {
      from = Math.floorDiv(from, Objective.HOUR) * Objective.HOUR;
    }
    Count sum = Count.NONE;
    for (Count count : hours.tailMap(from).values()) {
      sum = sum.plus(count);
    }
    for (Count count : minutes.subMap(from, judged).values()) {
      sum = sum.plus(count);
    }
    return sum;
  }

  private double budget() {
    return 1 - objective.target();
  }

  private void judge(Findings findings) {
    boolean burning = false;
    for (Objective.Burn burn : Objective.BURNS) {
      double limit = burn.rate(objective.period()) * budget();
      if (!isKnown(burn) || !(over(burn.shortWindow()).badShare() > limit)) {
        continue;
      }
      Count all = over(burn.longWindow());
      if (all.total() >= objective.floor()
          && all.badShare() > limit
          && Wilson.lower(all.bad(), all.total(), Z) > limit) {
        burning = true;
        if (incident.wouldClimb(burn.severity())) {
          incident.raise(burn.severity(), since(burn), message(burn, all), findings);
        }
      }
    }
    if (!burning) {
      incident.end(judged, recovered(), findings);
    }
  }

  /**
   * A bad hour on the first day is not a bad three days: longer windows wait until they are full.
   */
  private boolean isKnown(Objective.Burn burn) {
    return burn.equals(Objective.BURNS.get(0)) || known() >= burn.longWindow();
  }

  /** How long ago the first event was that is remembered, milliseconds. */
  private long known() {
    long first =
        hours.isEmpty() ? minutes.isEmpty() ? judged : minutes.firstKey() : hours.firstKey();
    return judged - first;
  }

  /** The first bad minute of the long window. */
  private long since(Objective.Burn burn) {
    for (Map.Entry<Long, Count> minute :
        minutes.subMap(judged - burn.longWindow(), judged).entrySet()) {
      if (minute.getValue().badShare() > burn.rate(objective.period()) * budget()) {
        return minute.getKey();
      }
    }
    return judged - burn.shortWindow();
  }

  /**
   * What is left of the period's budget, 1 at most; below 0 when more was used than there was.
   * While less than a period is known, the rest of it is taken to have as many events.
   */
  private double left() {
    double share = Math.min(1, (double) known() / objective.period());
    return 1 - share * over(objective.period()).badShare() / budget();
  }

  private Incident.Message message(Objective.Burn burn, Count all) {
    Words title = Wording.subject(objective.about().title(), subject);
    Words window = Wording.length(burn.longWindow());
    Words period = Wording.length(objective.period());
    double rate = all.badShare() / budget();
    String limit = Wording.number(burn.rate(objective.period()));
    String good = Wording.percent(1 - all.badShare());
    String target = Wording.percent(objective.target());
    String since =
        Wording.moment(
            incident.isOpen() ? incident.startsAt() : since(burn), objective.about().zone());
    String bad = Wording.number(all.bad());
    String left = Wording.percent(left());
    Words words =
        new Words(
            "%s：过去 %s 为 %s（目标 %s），错误预算消耗 %s 倍（阈值 %s），始于 %s；其间 %s 次不合格，%s 预算剩 %s"
                .formatted(
                    title.zh(),
                    window.zh(),
                    good,
                    target,
                    Wording.number(rate),
                    limit,
                    since,
                    bad,
                    period.zh(),
                    left),
            ("%s: %s over the last %s (target %s), burning the error budget %s times too fast"
                    + " (threshold %s), since %s; %s bad in that time, %s of the %s budget left")
                .formatted(
                    title.en(),
                    good,
                    window.en(),
                    target,
                    Wording.number(rate),
                    limit,
                    since,
                    bad,
                    left,
                    period.en()));
    return new Incident.Message(
        rate,
        burn.rate(objective.period()),
        words,
        Map.of(
            "value",
            good,
            "threshold",
            target,
            "budget_left",
            left,
            "good",
            good,
            "target",
            target,
            "bad_events",
            bad));
  }

  private Words recovered() {
    Words title = Wording.subject(objective.about().title(), subject);
    String left = Wording.percent(left());
    return new Words(
        title.zh() + "：已恢复，预算剩 " + left,
        title.en() + ": recovered, " + left + " of the budget left");
  }

  private void tell(Findings findings) {
    tell("budget_left", left(), findings);
    for (Objective.Burn burn : Objective.BURNS) {
      tell(burn.figure(), over(burn.longWindow()).badShare() / budget(), findings);
    }
  }

  private void tell(String name, double value, Findings findings) {
    findings.figure(
        new Reading(
            objective.about().id() + "." + name,
            subject,
            judged - Objective.MINUTE,
            judged,
            value,
            value,
            1,
            0));
  }

  @Override
  public boolean isEmpty() {
    return minutes.isEmpty() && hours.isEmpty() && !incident.isOpen();
  }

  @Override
  public int weight() {
    return 1_000 + 120 * (minutes.size() + hours.size());
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM);
    Wording.pack(subject, out);
    out.number(judged);
    pack(minutes, Objective.MINUTE, out);
    pack(hours, Objective.HOUR, out);
    incident.pack(out);
  }

  /** Times as steps from the one before and counts as whole numbers: a few bytes each. */
  private static void pack(TreeMap<Long, Count> counts, long step, Packer out) {
    out.number(counts.size());
    long before = 0;
    for (Map.Entry<Long, Count> entry : counts.entrySet()) {
      long at = entry.getKey() / step;
      out.number(at - before)
          .number(Math.round(entry.getValue().total()))
          .number(Math.round(entry.getValue().bad()));
      before = at;
    }
  }

  static ObjectiveState unpack(Objective objective, Unpacker in) {
    Forms.check(objective.about().id(), in.get(), FORM);
    ObjectiveState state = new ObjectiveState(objective, Wording.unpackSubject(in));
    state.judged = in.number();
    unpack(state.minutes, Objective.MINUTE, in);
    unpack(state.hours, Objective.HOUR, in);
    state.incident.unpack(in);
    return state;
  }

  private static void unpack(TreeMap<Long, Count> counts, long step, Unpacker in) {
    long at = 0;
    for (int n = in.count(); n > 0; n--) {
      at += in.number();
      double total = in.number();
      counts.put(at * step, new Count(total - in.number(), total));
    }
  }
}
