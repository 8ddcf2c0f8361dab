package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;

/** What a watch knows of one subject. A function of the readings and times it was given, alone. */
public interface WatchState {

  /** Takes in a reading; a later revision of a window takes the place of an earlier one. */
  void read(Reading reading);

  /**
   * Judges what has become complete.
   *
   * @param now event time in milliseconds: windows that end at or before it are complete. Never
   *     less than the time before
   */
  void time(long now, Findings findings);

  /** True when it may be forgotten: nothing is open and nothing is known. */
  boolean isEmpty();

  /** Rough size in memory, bytes. */
  int weight();

  void pack(Packer out);
}
