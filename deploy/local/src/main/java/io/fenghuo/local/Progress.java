package io.fenghuo.local;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * One line about long work: rewritten each second on a terminal, a new line every ten seconds
 * elsewhere, and nothing at all for work done before the first is due.
 */
final class Progress {

  private static final Duration ON_TERMINAL = Duration.ofSeconds(1);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);
  private static final String TO_LINE_START = "\r\u001B[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final long intervalNanos;
  private long due;
  private boolean lineOpen;

  Progress(PrintWriter out) {
    this(out, System.console() != null);
  }

  Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.intervalNanos = (terminal ? ON_TERMINAL : ELSEWHERE).toNanos();
    this.due = System.nanoTime() + intervalNanos;
  }

  /** Whether a line is due; ask before working one out. */
  boolean isDue() {
    return System.nanoTime() - due >= 0;
  }

  void show(String line) {
    due = System.nanoTime() + intervalNanos;
    if (terminal) {
      out.print(TO_LINE_START + line);
      lineOpen = true;
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Prints a line that stays. */
  void say(String line) {
    end();
    out.println(line);
    out.flush();
  }

  /** Ends the line being rewritten, so that what follows begins on its own. */
  void end() {
    if (lineOpen) {
      out.println();
      out.flush();
      lineOpen = false;
    }
  }
}
