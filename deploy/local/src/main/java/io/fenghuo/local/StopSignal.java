package io.fenghuo.local;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Ctrl-C, SIGTERM and SIGHUP as a wish the command honours in its own order.
 *
 * <p>Not a shutdown hook: those run all at once, and Flink has hooks that delete the working files
 * a last checkpoint still needs. A second signal ends the process at once.
 */
final class StopSignal {

  private static final int ENDED_BY_SIGNAL = 128;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** A wish that only {@link #request()} expresses; for tests. */
  StopSignal() {}

  /** Listens for the signals from now on. */
  static StopSignal install() {
    StopSignal stop = new StopSignal();
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        Signal.handle(new Signal(name), stop::received);
      } catch (IllegalArgumentException e) {
        // The JVM was started with -Xrs, or the system has no such signal: it ends us unasked.
        continue;
      }
    }
    return stop;
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Waits that long, or shorter when the wish comes; true if it has come. */
  boolean requestedWithin(Duration time) {
    try {
      return requested.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Runs when the wish comes, in the signal's thread; at once if it has come. */
  void onRequest(Runnable listener) {
    listeners.add(listener);
    if (isRequested()) {
      listener.run();
    }
  }

  void request() {
    requested.countDown();
    listeners.forEach(Runnable::run);
  }

  private void received(Signal signal) {
    if (isRequested()) {
      Runtime.getRuntime().halt(ENDED_BY_SIGNAL + signal.getNumber());
    }
    request();
  }
}
