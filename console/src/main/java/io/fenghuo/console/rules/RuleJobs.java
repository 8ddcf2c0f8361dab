package io.fenghuo.console.rules;

/** Whoever runs the jobs that rules are for, and can give them other modes. */
public interface RuleJobs {

  /** A change that is not done; the jobs run by the modes they had. */
  final class NotDone extends Exception {

    private static final long serialVersionUID = 1L;

    private final String zh;
    private final String en;

    public NotDone(String zh, String en, Throwable cause) {
      super(en, cause);
      this.zh = zh;
      this.en = en;
    }

    public String zh() {
      return zh;
    }

    public String en() {
      return en;
    }
  }

  /** False while the jobs do not run yet, or are being stopped. */
  boolean ready();

  /**
   * Lets the jobs run by these modes, and returns when they do. What they run by already changes
   * nothing.
   *
   * @param modes the text of {@link ModesFile}
   * @return version of the rule set in force
   * @throws NotDone when the rules are not right with these modes, or the jobs did not take them
   */
  String runBy(String modes) throws NotDone;
}
