package io.fenghuo.local;

/** A command cannot go on: what happened, what to do next, and the exit code that says so. */
public final class CommandFailure extends RuntimeException {

  /** The command ran and failed. */
  static final int FAILED = 1;

  /** The command was called wrongly. */
  static final int USAGE = 2;

  private static final long serialVersionUID = 1L;

  private final String nextStep;
  private final int exitCode;

  CommandFailure(String what, String nextStep) {
    this(what, nextStep, null);
  }

  CommandFailure(String what, String nextStep, Throwable cause) {
    this(what, nextStep, FAILED, cause);
  }

  private CommandFailure(String what, String nextStep, int exitCode, Throwable cause) {
    super(what, cause);
    this.nextStep = nextStep;
    this.exitCode = exitCode;
  }

  static CommandFailure usage(String what) {
    return new CommandFailure(what, "Try --help.", USAGE, null);
  }

  /** What the person at the terminal can do about it. */
  String nextStep() {
    return nextStep;
  }

  int exitCode() {
    return exitCode;
  }
}
