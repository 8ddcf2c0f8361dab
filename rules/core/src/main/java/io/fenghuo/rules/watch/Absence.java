package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Severity;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A stream that stops. It is judged by how many events there would usually have been since the last
 * one, so that silence at night needs longer than silence at noon.
 *
 * @param of filter of the events
 * @param silence shortest silence that counts, milliseconds
 * @param expect events that must be missing
 * @param least events in a minute that are expected while nothing is known of that time; 0: none
 */
public record Absence(
    About about,
    String of,
    List<String> by,
    long silence,
    int expect,
    double least,
    Severity severity)
    implements Watch {

  @Override
  public String terms() {
    return "silent for " + Wording.length(silence).en() + " where " + expect + " are expected";
  }

  @Override
  public List<NeededFigure> needs() {
    return List.of(NeededFigure.count(about.id(), of, by, 1_000L));
  }

  @Override
  public Optional<SortedMap<String, String>> subject(Reading reading) {
    return reading.figure().equals(about.id())
        ? Optional.of(reading.dimensions())
        : Optional.empty();
  }

  @Override
  public long every() {
    return 1_000L;
  }

  @Override
  public boolean fromTheStart() {
    return by.isEmpty();
  }

  @Override
  public WatchState open(SortedMap<String, String> subject) {
    return new AbsenceState(this, subject);
  }

  @Override
  public WatchState unpack(Unpacker in) {
    return AbsenceState.unpack(this, in);
  }
}
