package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Severity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * A figure held against shares of a limit, each with a severity of its own.
 *
 * @param of filter of the events
 * @param field what is measured
 * @param statistic avg, max, min, a quantile such as p95, or count, which has no field
 * @param limit in the field's unit
 * @param window length of the figure's windows, milliseconds
 * @param tiers from the lowest to the highest
 * @param hold how long a tier must be exceeded without a break, milliseconds; the YAML's {@code
 *     for}
 * @param clear share of the limit below the lowest tier at which the alert ends
 * @param floor values a window must have to be judged
 */
public record Tiers(
    About about,
    String of,
    String field,
    String statistic,
    List<String> by,
    double limit,
    long window,
    List<Tier> tiers,
    long hold,
    double clear,
    int floor)
    implements Watch {

  /** The statistic that needs no field. */
  static final String COUNT = "count";

  /** A severity from a share of the limit on. */
  record Tier(double share, Severity severity) {}

  /** True when a window without a reading is one with none. */
  boolean counts() {
    return statistic.equals(COUNT);
  }

  @Override
  public String terms() {
    return tiers.stream()
            .map(
                tier ->
                    Wording.percent(tier.share())
                        + " "
                        + tier.severity().name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "))
        + " of "
        + Wording.number(limit)
        + (hold > 0 ? " for " + Wording.length(hold).en() : "");
  }

  @Override
  public List<NeededFigure> needs() {
    return List.of(new NeededFigure(about.id(), of, null, statistic, field, by, window));
  }

  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    return reading.figure().equals(about.id())
        ? Optional.of(reading.dimensions())
        : Optional.empty();
  }

  @Override
  public long every() {
    return Math.min(window, Objective.MINUTE);
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new TiersState(this, subject);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return TiersState.unpack(this, in);
  }
}
