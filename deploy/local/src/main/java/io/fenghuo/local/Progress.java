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

  /** To the line's start, erased, and no wrapping: a wrapped line could not be rewritten. */
  private static final String BEGIN_LINE = "\r\u001B[K\u001B[?7l";

  private static final String END_LINE = "\u001B[?7h";

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

  synchronized void show(String line) {
    due = System.nanoTime() + intervalNanos;
    if (terminal) {
      out.print(BEGIN_LINE + line + END_LINE);
      lineOpen = true;
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Prints a line that stays. */
  synchronized void say(String line) {
    end();
    out.println(line);
    out.flush();
  }

  /** Ends the line being rewritten, so that what follows begins on its own. */
  synchronized void end() {
    if (lineOpen) {
      out.println();
      out.flush();
      lineOpen = false;
    }
  }
}
