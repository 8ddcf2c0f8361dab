package io.fenghuo.alerting.deliver;

import java.time.Duration;

/** How long to wait before the next attempt: doubling, from one second to two minutes. */
final class Backoff {

  private static final long FIRST_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 120_000;

  private Backoff() {}

  /**
   * The wait after a failure. The part between 75 and 125 % follows from the notification's id, so
   * that a thousand that failed together do not come back together, and a test can tell when.
   *
   * @param attempts made so far, at least 1
   */
  static Duration after(String id, int attempts) {
    long whole = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(20, attempts - 1));
    long spread = Math.floorMod((id + attempts).hashCode(), 501) - 250L;
    return Duration.ofMillis(whole + whole * spread / 1_000);
  }
}
