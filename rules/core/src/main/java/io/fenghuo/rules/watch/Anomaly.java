package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A figure that is watched without a limit: it is unusual when it is not what this minute of the
 * week and today's level lead to expect.
 *
 * @param figure name of the figure, defined elsewhere; the watch's own id when it defines it
 * @param good filter of the numerator of a rate of its own, else null; {@code total} the
 *     denominator
 * @param by dimensions; each combination of values is watched by itself
 * @param window length of the windows that are judged, milliseconds
 * @param nature what its values are
 * @param drops whether too little is an alert
 * @param spikes whether too much is
 * @param explain dimensions of which one value may be to blame
 * @param least share of the expected value by which it must be off, 0 to 1
 * @param floor of a count what must be expected in a minute, of a rate its denominator
 * @param money true when the value is minor units
 * @param lags true for a rate whose numerator follows its denominator by minutes, as orders follow
 *     visits: it is not judged while a peak begins
 */
public record Anomaly(
    About about,
    String figure,
    String good,
    String total,
    List<String> by,
    long window,
    Nature nature,
    boolean drops,
    boolean spikes,
    List<String> explain,
    double least,
    double floor,
    boolean money,
    boolean lags,
    Severity severity,
    Calendar calendar)
    implements Watch {

  /** What a figure's values are, which says how much they scatter by chance alone. */
  enum Nature {
    /** Events or money that add up: by chance they scatter like their root, or by their share. */
    COUNT,
    /** A share of its denominator. */
    RATE,
    /** Anything else. */
    LEVEL
  }

  @Override
  public String terms() {
    String way = drops && spikes ? "drop or spike" : drops ? "drop" : "spike";
    return way + " of at least " + Wording.percent(least) + " of what is expected";
  }

  @Override
  public List<NeededFigure> needs() {
    List<NeededFigure> needs = new ArrayList<>();
    needs.add(need(by));
    for (String dimension : explain) {
      List<String> finer = new ArrayList<>(by);
      finer.add(dimension);
      needs.add(need(finer));
    }
    return needs;
  }

  private NeededFigure need(List<String> dimensions) {
    return total == null
        ? NeededFigure.named(figure, dimensions, window)
        : NeededFigure.ratio(figure, good, total, dimensions, window);
  }

  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    if (!reading.figure().equals(figure) || reading.to() - reading.from() != window) {
      return Optional.empty();
    }
    int more = reading.dimensions().size() - by.size();
    boolean explains =
        more == 1
            && explain.stream()
                .anyMatch(name -> !by.contains(name) && reading.dimensions().containsKey(name));
    if (!reading.dimensions().keySet().containsAll(by) || !(more == 0 || explains)) {
      return Optional.empty();
    }
    SortedMap<String, String> subject = new TreeMap<>(reading.dimensions());
    subject.keySet().retainAll(by);
    return Optional.of(subject);
  }

  @Override
  public long every() {
    return window;
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new AnomalyState(this, subject);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return AnomalyState.unpack(this, in);
  }

  /** The same in view of the shop's campaigns. */
  Anomaly during(Calendar calendar) {
    return new Anomaly(
        about, figure, good, total, by, window, nature, drops, spikes, explain, least, floor, money,
        lags, severity, calendar);
  }
}
