package io.fenghuo.local.simulate;

/**
 * SplitMix64. Written out, and with {@link StrictMath} where a transcendental is needed, so that a
 * seed means the same events on every machine and every JDK.
 */
final class Dice {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;
  private static final double ROOT_OF_3 = 1.7320508075688772;

  private long state;

  Dice(long seed) {
    state = seed;
  }

  /** Scatters the bits of one number: a bijection. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Scatters two numbers into one. */
  static long mix(long a, long b) {
    return mix(mix(a + GOLDEN) + GOLDEN * (b + 1));
  }

  long next() {
    state += GOLDEN;
    return mix(state);
  }

  double uniform() {
    return (next() >>> 11) * UNIT;
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  double between(double low, double high) {
    return low + (high - low) * uniform();
  }

  long below(long bound) {
    return (long) (uniform() * bound);
  }

  int below(int bound) {
    return (int) (uniform() * bound);
  }

  <T> T oneOf(T[] choices) {
    return choices[below(choices.length)];
  }

  /** Exponentially distributed with mean 1. */
  double exponential() {
    return -StrictMath.log(1 - uniform());
  }

  double logNormal(double median, double sigma) {
    return logNormal(next(), median, sigma);
  }

  /**
   * A log-normal value out of given random bits. The bell is the sum of four 16-bit numbers: it
   * ends at 3.46 sigma, which keeps a single absurd price or load time out of a long run.
   */
  static double logNormal(long bits, double median, double sigma) {
    long sum =
        (bits & 0xFFFF) + ((bits >>> 16) & 0xFFFF) + ((bits >>> 32) & 0xFFFF) + (bits >>> 48);
    double bell = (sum / 65535.0 - 2) * ROOT_OF_3;
    return median * StrictMath.exp(sigma * bell);
  }
}
