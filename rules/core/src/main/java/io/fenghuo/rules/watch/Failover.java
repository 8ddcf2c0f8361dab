package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ways to do one thing, such as payment methods, of which one may fail: which, why, what it costs
 * and what to use instead, seconds after it begins.
 *
 * @param total filter of the attempts
 * @param bad filter of those that failed
 * @param by field that names the way: method
 * @param because field that says why one failed: failureCode
 * @param money field with the amount at stake, minor units
 * @param fall by how much the success must fall, 0 to 1
 * @param floor failures there must be
 */
public record Failover(
    About about,
    String total,
    String bad,
    String by,
    String because,
    String money,
    double fall,
    int floor)
    implements Watch {

  private static final long SECOND = 1_000L;

  String codes() {
    return about.id() + ".codes";
  }

  String amounts() {
    return about.id() + ".money";
  }

  @Override
  public String terms() {
    return "success falls by " + Wording.percent(fall) + " within seconds";
  }

  @Override
  public List<NeededFigure> needs() {
    return List.of(
        NeededFigure.ratio(about.id(), bad, total, List.of(by), SECOND),
        NeededFigure.count(codes(), bad, List.of(by, because), SECOND),
        new NeededFigure(amounts(), total, null, "sum", money, List.of(by), SECOND));
  }

  /** One state for all ways: what to use instead can only be said by comparing them. */
  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    boolean ours =
        reading.figure().equals(about.id())
            || reading.figure().equals(codes())
            || reading.figure().equals(amounts());
    return ours && reading.dimensions().containsKey(by)
        ? Optional.of(Collections.emptySortedMap())
        : Optional.empty();
  }

  @Override
  public long every() {
    return SECOND;
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new FailoverState(this);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return FailoverState.unpack(this, in);
  }

  SortedMap<String, String> way(String name) {
    return new TreeMap<>(java.util.Map.of(by, name));
  }
}
