package io.fenghuo.bench;

/**
 * Whether a JVM has compiled what it runs. A large job takes several times as long as a small one,
 * so a warm-up of the same length for both would measure the compiler.
 *
 * <p>The compiler's part is that of what the process uses, and of a whole core for a process that
 * uses less: it is in nobody's way there.
 */
final class Warmth {

  private static final double QUIET = 0.08;
  private static final int QUIET_LOOKS = 2;

  private final long pid;
  private long looked;
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
    long now = System.nanoTime();
    double allNow = CpuTimes.ofProcess(pid);
    double compilingNow =
        Profile.groups(CpuTimes.ofThreads(pid)).getOrDefault(Profile.COMPILER, 0.0);
    double used = Math.max(allNow - all, (now - looked) / 1e9);
    quiet = compilingNow - compiling <= QUIET * used ? quiet + 1 : 0;
    looked = now;
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
