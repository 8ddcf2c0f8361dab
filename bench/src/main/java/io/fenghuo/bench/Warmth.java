package io.fenghuo.bench;

/**
 * Whether a JVM has compiled what it runs. A large job takes several times as long as a small one,
 * so a warm-up of the same length for both would measure the compiler.
 */
final class Warmth {

  private static final double QUIET = 0.08;
  private static final int QUIET_LOOKS = 2;

  private final long pid;
  private double all;
  private double compiling;
  private int quiet;

  Warmth(long pid) {
    this.pid = pid;
    look();
    quiet = 0;
  }

  /** To be called every few seconds. */
  void look() {
    double allNow = CpuTimes.ofProcess(pid);
    double compilingNow =
        Profile.groups(CpuTimes.ofThreads(pid)).getOrDefault(Profile.COMPILER, 0.0);
    quiet = compilingNow - compiling <= QUIET * (allNow - all) ? quiet + 1 : 0;
    all = allNow;
    compiling = compilingNow;
  }

  /**
   * True when the compiler has had little to do for a while; also where there is no /proc to tell.
   */
  boolean isReached() {
    return quiet >= QUIET_LOOKS;
  }
}
