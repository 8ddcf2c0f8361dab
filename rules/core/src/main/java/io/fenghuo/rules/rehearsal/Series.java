package io.fenghuo.rules.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Points of a test's series with their noise; the same seed gives the same points. */
final class Series {

  private record Change(long from, long to, double times) {}

  private final boolean chance;
  private final double noise;
  private final SplittableRandom random;
  private final long window;
  private final List<Change> changes = new ArrayList<>();

  /**
   * @param noise a percentage, by which values scatter; or chance, with which counts come
   * @param window milliseconds
   */
  Series(String noise, long seed, long window) {
    this.chance = noise.equals("chance");
    this.noise = chance ? 0 : Double.parseDouble(noise.replace("%", "")) / 100;
    this.random = new SplittableRandom(seed);
    this.window = window;
  }

  long window() {
    return window;
  }

  /** Multiplies values, or numerators, in [from, to). */
  void but(long from, long to, double times) {
    changes.add(new Change(from, to, times));
  }

  /**
   * Numerator and denominator of a point as it falls.
   *
   * @param bottom NaN for a plain value, whose denominator is then 1
   */
  double[] draw(long at, double top, double bottom) {
    double times = 1;
    for (Change change : changes) {
      if (at >= change.from() && at < change.to()) {
        times *= change.times();
      }
    }
    double value = top * times;
    if (Double.isNaN(bottom)) {
      double drawn = chance ? poisson(value) : value * (1 + noise * normal());
      return new double[] {drawn, 1};
    }
    if (!chance) {
      return new double[] {value * (1 + noise * normal()), bottom};
    }
    // A part and its whole: successes and the rest fall independently.
    double good = poisson(Math.min(value, bottom));
    return new double[] {good, good + poisson(Math.max(0, bottom - value))};
  }

  private double normal() {
    return random.nextGaussian();
  }

  private double poisson(double mean) {
    if (mean > 50) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    }
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  /**
   * How much of its busiest minute a shop trades at this time of day; least at four in the night.
   */
  static double trade(long ofDay) {
    double hour = ofDay / 3_600_000.0;
    double wave = 0.5 - 0.5 * Math.cos((hour - 4) / 24 * 2 * Math.PI);
    double evening = Math.exp(-(hour - 21) * (hour - 21) / 4);
    return Math.min(1, 0.06 + 0.64 * wave + 0.3 * evening);
  }
}
