package io.fenghuo.local;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, SIGTERM and SIGHUP as a wish the command honours in its own order.
 *
 * <p>Not a shutdown hook: those run all at once, and Flink has hooks that delete the working files
 * a last checkpoint still needs. A second signal ends the process at once.
 */
final class StopSignal {

  private static final int ENDED_BY_SIGNAL = 130;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** A wish that only {@link #request()} expresses; for tests. */
  StopSignal() {}

  /** Listens for the signals from now on. */
  static StopSignal install() {
    StopSignal stop = new StopSignal();
    for (String name : List.of("INT", "TERM", "HUP")) {
      stop.listenFor(name);
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

  /**
   * By reflection: {@code sun.misc.Signal} is the only way to hear a signal, kept for that purpose
   * in the module jdk.unsupported, and javac has no switch for its warning about it.
   */
  private void listenFor(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object received =
          Proxy.newProxyInstance(
              StopSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                received();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), received);
    } catch (ReflectiveOperationException e) {
      // No such signal here, or the JVM runs with -Xrs: the signal ends the process unasked.
      return;
    }
  }

  private void received() {
    if (isRequested()) {
      Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
    }
    request();
  }
}
