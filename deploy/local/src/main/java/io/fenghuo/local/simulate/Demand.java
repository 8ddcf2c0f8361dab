package io.fenghuo.local.simulate;

/** How busy the shop is over time, relative to the rate it was asked for. */
@FunctionalInterface
interface Demand {

  /** The factor on the rate at a time; 1 is the rate itself. */
  double factor(long startTimeMillis, long timeMillis);

  /** Always the same. */
  static Demand steady() {
    return (start, time) -> 1;
  }

  /** The day of a shop in Asia/Shanghai: quiet at four, busiest at nine in the evening; mean 1. */
  static Demand daily() {
    return (start, time) -> Day.factor(time);
  }

  /**
   * The opening of a sale on an ordinary day: up to ten times as much within one minute, held for
   * two, halved every ten minutes after that until twice the usual is left.
   *
   * @param onset when it opens, milliseconds after the start
   */
  static Demand saleOpening(long onset) {
    return (start, time) -> Day.factor(time) * opening((time - start - onset) / 60_000.0);
  }

  private static double opening(double minutes) {
    if (minutes < 0) {
      return 1;
    }
    if (minutes < 1) {
      return 1 + 9 * minutes;
    }
    if (minutes < 3) {
      return 10;
    }
    return 2 + 8 * StrictMath.pow(0.5, (minutes - 3) / 10);
  }

  /** The daily curve, an hour a value. */
  final class Day {

    private static final double[] HOURS = {
      0.73, 0.42, 0.26, 0.19, 0.17, 0.21, 0.38, 0.64, 0.90, 1.12, 1.28, 1.26,
      1.24, 1.17, 1.10, 1.10, 1.12, 1.10, 1.12, 1.33, 1.65, 1.80, 1.62, 1.15
    };
    private static final double MEAN = mean();

    private Day() {}

    static double factor(long timeMillis) {
      // China has had no summer time since 1991: eight hours ahead, always
      double hour = Math.floorMod(timeMillis + 8 * 3_600_000L, 86_400_000L) / 3_600_000.0;
      int from = (int) hour;
      double share = hour - from;
      return (HOURS[from] * (1 - share) + HOURS[(from + 1) % 24] * share) / MEAN;
    }

    private static double mean() {
      double sum = 0;
      for (double value : HOURS) {
        sum += value;
      }
      return sum / HOURS.length;
    }
  }
}
