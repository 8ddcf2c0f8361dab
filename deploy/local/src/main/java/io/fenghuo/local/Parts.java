package io.fenghuo.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a service is made of, stopped last started first: who is used outlives its users. */
final class Parts implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /** Stops all after a failure, which is what is to be told. */
  void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (CommandFailure another) {
      failure.addSuppressed(another);
    }
  }

  /**
   * Stops all, whatever one of them says.
   *
   * @throws CommandFailure naming the first that did not stop, with the others' failures in it
   */
  @Override
  public void close() {
    CommandFailure failure = null;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        if (failure == null) {
          failure =
              new CommandFailure(
                  part.getClass().getSimpleName() + " does not stop: " + e.getMessage(),
                  "The log has the whole story.",
                  e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
