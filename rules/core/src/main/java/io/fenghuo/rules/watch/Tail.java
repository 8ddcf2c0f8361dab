package io.fenghuo.rules.watch;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * How surprising a magnitude is, given those seen so far: the tail above the largest few percent is
 * continued as an exponential and, in part, as a power law, so that a series of regular spikes is
 * not surprised by one more. Old magnitudes fade. They are kept as a histogram whose bars grow by a
 * tenth; packed, a few hundred bytes.
 */
final class Tail {

  private static final double GROWTH = Math.log(1.1);
  private static final int BARS = 600;
  private static final int MIDDLE = 300;

  /** Rough size in memory, bytes. */
  static final int WEIGHT = 4 * BARS + 100;

  /** The share of magnitudes that make up the tail, and the fewest that can. */
  private static final double SHARE = 0.01;

  private static final double LEAST_TAIL = 8;
  private static final double LEAST_KNOWN = 50;

  /** How much of the continuation is a power law. */
  private static final double HEAVY = 0.3;

  /** Shortest tails taken at their word: a series without scatter is not infinitely sure. */
  private static final double LEAST_EXCESS = 0.05;

  private final float[] bars = new float[BARS];
  private final double fade;
  private double nothing;
  private double total;

  /**
   * @param memory how many magnitudes back it looks
   */
  Tail(double memory) {
    this.fade = 1 - 1 / memory;
  }

  private static int bar(double magnitude) {
    int bar = MIDDLE + (int) Math.floor(Math.log(magnitude) / GROWTH);
    return Math.max(0, Math.min(BARS - 1, bar));
  }

  private static double middle(int bar) {
    return Math.exp((bar - MIDDLE + 0.5) * GROWTH);
  }

  /**
   * @param magnitude 0 or more
   * @return -log10 of how likely such a magnitude or a larger one is; 0 when it is usual or too
   *     little is known
   */
  double surprise(double magnitude) {
    if (total < LEAST_KNOWN || !(magnitude > 0)) {
      return 0;
    }
    double wanted = Math.max(LEAST_TAIL, SHARE * total);
    double count = 0;
    int lowest = BARS;
    while (lowest > 0 && count < wanted) {
      lowest--;
      count += bars[lowest];
    }
    if (count < wanted || lowest == 0) {
      // Nearly all it has seen was nothing at all.
      return magnitude > 0 && count > 0 && nothing > total - wanted
          ? Math.log10(total / Math.max(1, count))
          : 0;
    }
    double edge = Math.exp((lowest - MIDDLE) * GROWTH);
    if (magnitude <= edge) {
      return 0;
    }
    double excess = 0;
    double logarithm = 0;
    double largest = edge;
    for (int bar = lowest; bar < BARS; bar++) {
      if (bars[bar] > 0) {
        excess += bars[bar] * (middle(bar) - edge);
        logarithm += bars[bar] * Math.log(middle(bar) / edge);
        largest = middle(bar);
      }
    }
    excess = Math.max(excess / count, LEAST_EXCESS * largest);
    logarithm = Math.max(logarithm / count, LEAST_EXCESS);
    double reached = Math.log10(total / count);
    double exponential = reached + (magnitude - edge) / excess / Math.log(10);
    double power = reached + Math.log10(magnitude / edge) / logarithm;
    return (1 - HEAVY) * exponential + HEAVY * power;
  }

  void learn(double magnitude) {
    total *= fade;
    nothing *= fade;
    for (int i = 0; i < BARS; i++) {
      bars[i] = bars[i] < 1e-6f ? 0 : (float) (bars[i] * fade);
    }
    total++;
    if (magnitude > 0) {
      bars[bar(magnitude)]++;
    } else {
      nothing++;
    }
  }

  void pack(Packer out) {
    out.real(nothing).real(total);
    for (int i = 0; i < BARS; i++) {
      if (bars[i] > 0) {
        out.number(i + 1).number(Float.floatToIntBits(bars[i]));
      }
    }
    out.number(0);
  }

  void unpack(Unpacker in) {
    nothing = in.real();
    total = in.real();
    for (int bar = in.count(); bar > 0; bar = in.count()) {
      bars[bar - 1] = Float.intBitsToFloat((int) in.number());
    }
  }
}
