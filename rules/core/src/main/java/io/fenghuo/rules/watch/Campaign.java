package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A promotion with its targets by the hour: how far along it is, where it will end, and when it
 * falls behind. While it runs, from its warm-up on, anomalies expect a peak and learn nothing.
 *
 * @param from full hour, milliseconds, included; {@code to} excluded
 * @param behind shares by which the target so far is missed, with their severities
 */
public record Campaign(
    About about,
    long from,
    long to,
    long warmUp,
    List<Peak> peaks,
    List<Target> targets,
    List<Tiers.Tier> behind)
    implements Watch {

  /** Minutes in which so many times as much is expected as in the others of the same hour. */
  record Peak(long from, long to, double times) {}

  /**
   * What one figure should reach.
   *
   * @param byDay whether readings are of days so far, as those of distinct visitors must be; else
   *     of hours
   * @param hours what each hour should add, in the figure's unit
   */
  record Target(
      String name, Words title, String figure, boolean money, boolean byDay, double[] hours) {

    long window() {
      return byDay ? Objective.DAY : Objective.HOUR;
    }

    double total() {
      double total = 0;
      for (double hour : hours) {
        total += hour;
      }
      return total;
    }
  }

  Calendar.Span span() {
    return new Calendar.Span(warmUp, to);
  }

  List<Calendar.Span> peakSpans() {
    return peaks.stream().map(peak -> new Calendar.Span(peak.from(), peak.to())).toList();
  }

  /** What a target should have reached by then. */
  double due(Target target, long time) {
    double due = 0;
    for (int i = 0; i < target.hours().length; i++) {
      long begins = from + i * Objective.HOUR;
      if (begins >= time) {
        break;
      }
      due += target.hours()[i] * shareOf(begins, Math.min(time, begins + Objective.HOUR));
    }
    return due;
  }

  /** The share of an hour's target that is due by a moment in it; peaks weigh more. */
  private double shareOf(long begins, long until) {
    long ends = begins + Objective.HOUR;
    if (until >= ends) {
      return 1;
    }
    return weight(begins, until) / weight(begins, ends);
  }

  private double weight(long a, long b) {
    double weight = b - a;
    for (Peak peak : peaks) {
      long both = Math.min(b, peak.to()) - Math.max(a, peak.from());
      weight += Math.max(0, both) * (peak.times() - 1);
    }
    return weight;
  }

  @Override
  public String terms() {
    return "behind target: "
        + String.join(", ", targets.stream().map(target -> target.name()).toList());
  }

  @Override
  public List<NeededFigure> needs() {
    return targets.stream()
        .map(target -> NeededFigure.named(target.figure(), List.of(), target.window()))
        .toList();
  }

  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    boolean wanted =
        reading.dimensions().isEmpty()
            && reading.from() < to
            && reading.to() > from
            && targets.stream().anyMatch(target -> isOf(target, reading));
    return wanted ? Optional.of(Collections.emptySortedMap()) : Optional.empty();
  }

  static boolean isOf(Target target, Reading reading) {
    return target.figure().equals(reading.figure())
        && reading.to() - reading.from() == target.window();
  }

  @Override
  public boolean fromTheStart() {
    return true;
  }

  @Override
  public long every() {
    return Objective.MINUTE;
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new CampaignState(this);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return CampaignState.unpack(this, in);
  }
}
