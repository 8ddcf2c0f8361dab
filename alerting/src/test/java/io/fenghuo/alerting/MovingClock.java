package io.fenghuo.alerting;

import java.time.Instant;
import java.time.InstantSource;

/** A clock the test moves. */
final class MovingClock implements InstantSource {

  static final Instant START = Instant.parse("2026-11-11T12:00:00Z");

  private volatile Instant now = START;

  @Override
  public Instant instant() {
    return now;
  }

  void moveTo(Instant instant) {
    if (instant.isBefore(now)) {
      throw new IllegalArgumentException(instant + " is before " + now);
    }
    now = instant;
  }
}
