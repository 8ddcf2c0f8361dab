package io.fenghuo.bench;

/**
 * A schedule that waits for nobody: event n is due at its time whether or not earlier ones have
 * been answered. Latency counts from there, so a system that stalls pays for everything that should
 * have been sent meanwhile.
 *
 * @param startNanos when event 0 is due
 * @param perSecond events each second
 */
record OpenLoop(long startNanos, double perSecond) {

  OpenLoop {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate: " + perSecond + " (expected: > 0)");
    }
  }

  /** When event n is to be sent. */
  long dueNanos(long n) {
    return startNanos + (long) (n * (1e9 / perSecond));
  }

  /** How many events are due by then. */
  long dueBy(long nanos) {
    return nanos < startNanos ? 0 : (long) ((nanos - startNanos) * (perSecond / 1e9)) + 1;
  }
}
