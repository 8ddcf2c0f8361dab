package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A definition that looks at figures. It keeps one {@link WatchState} for each subject, which is a
 * combination of dimension values: {@code method=alipay}, or empty for the shop as a whole.
 */
public interface Watch {

  About about();

  /** What it takes for an alert, in a few words for the reference page. */
  String terms();

  /** The figures whose readings it must be given. */
  List<NeededFigure> needs();

  /**
   * The subject whose state this reading belongs to, or empty when it is no business of this watch.
   */
  Optional<SortedMap<String, String>> subject(Reading reading);

  /**
   * How often a state wants to be told the time, milliseconds of event time; more often is fine.
   */
  long every();

  /**
   * True when it has a state for the shop as a whole from the start, before any reading has come.
   */
  default boolean fromTheStart() {
    return false;
  }

  /** The state of a subject nothing is known of. */
  WatchState open(SortedMap<String, String> subject);

  /** The state {@link WatchState#pack} wrote. */
  WatchState unpack(Unpacker in);
}
