package io.fenghuo.pipelines;

/**
 * Event time in a shop where nothing happens: after a while of silence everywhere it runs on by the
 * wall clock, from where it stood, so that deadlines pass and what waits for event time is settled.
 *
 * <p>Only who hears all partitions can tell. A reader cannot: time that ran on by the wall clock
 * there would hold back the others while they catch up on hours of events in a minute.
 */
final class SilentTime {

  static final long NONE = Long.MIN_VALUE;

  private static final int PATIENCES_AFTER_RESTART = 5;

  private final long patience;
  private long stands;
  private boolean silent;
  private long silentSince;
  private long stoodThen;

  /**
   * @param patience silence before time runs on, milliseconds
   * @param stands event time when work stopped before, or NONE
   * @param now wall clock, milliseconds
   */
  SilentTime(long patience, long stands, long now) {
    this.patience = patience;
    this.stands = stands;
    // After a restart nobody says that it is silent before somebody has spoken, and all need a
    // while to begin.
    fallSilent(now + PATIENCES_AFTER_RESTART * patience);
  }

  private void fallSilent(long now) {
    silent = true;
    silentSince = now;
    stoodThen = stands;
  }

  /**
   * Events have moved the time.
   *
   * @return false when it stands there already
   */
  boolean move(long eventTime) {
    silent = false;
    boolean news = eventTime > stands;
    stands = Math.max(stands, eventTime);
    return news;
  }

  void silent(boolean all, long now) {
    if (!all) {
      silent = false;
    } else if (!silent) {
      fallSilent(now);
    }
  }

  /** Lets time run on when it is silent. */
  boolean runOn(long now) {
    if (!silent
        || stoodThen == NONE
        || stoodThen == Long.MAX_VALUE
        || now - silentSince < patience) {
      return false;
    }
    stands = Math.max(stands, stoodThen + (now - silentSince));
    return true;
  }

  /**
   * Event time; NONE before the first event, Long.MAX_VALUE after the last one there will ever be.
   */
  long stands() {
    return stands;
  }
}
