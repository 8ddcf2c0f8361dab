package io.fenghuo.rules.watch;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.time.ZoneId;

/**
 * What a figure is expected to be: what is usual at this minute of the week, brought to today's
 * level, with the scatter it usually has around that.
 *
 * <p>Of a count nothing is expected on the first day: its night says nothing about its morning. How
 * much it scatters is learnt even so, from one minute to the next.
 */
final class Baseline {

  /** Per minute: today's level looks back an hour and a half, a rate's pool six hours. */
  private static final double LEVEL_PACE = 1 / 90.0;

  private static final double POOL_FADE = Math.exp(-1 / 360.0);
  private static final double SCALE_PACE = 1 / 240.0;

  /** One value moves level and scatter by no more than this many deviations. */
  private static final double CLIP = 3;

  private static final long NEVER = Long.MIN_VALUE;

  /** How much days differ from each other, as long as few have been seen: a share. */
  private static final double OF_DAYS = 0.1;

  /** Minutes before a rate or a level is known well enough to be judged. */
  private static final int LEARNING = 120;

  private final Anomaly.Nature nature;
  private final ZoneId zone;
  private Profile profile = new Profile();
  private double recent;
  private double usual;
  private double poolValue;
  private double poolWeight;
  private double scale = 1;
  private long seen;
  private double before = Double.NaN;

  /** Times of the first and the last value, milliseconds. */
  private long began = NEVER;

  private long last = NEVER;

  Baseline(Anomaly.Nature nature, ZoneId zone) {
    this.nature = nature;
    this.zone = zone;
  }

  /** The value expected of a minute; NaN when nothing is known. */
  double expected(long time) {
    double known = profile.at(time, zone);
    if (Double.isNaN(known)) {
      return nature != Anomaly.Nature.COUNT && poolWeight > 0 ? poolValue / poolWeight : Double.NaN;
    }
    return switch (nature) {
      case COUNT -> known * level();
      case RATE -> Math.max(0, Math.min(1, known + recent - usual));
      case LEVEL -> known + recent - usual;
    };
  }

  private double level() {
    return (recent + 1) / (usual + 1);
  }

  /** True when enough has been seen to say that something is unusual. */
  boolean isKnown(long time) {
    return nature == Anomaly.Nature.COUNT
        ? !Double.isNaN(profile.at(time, zone))
        : seen >= LEARNING;
  }

  /**
   * The usual distance from the expected value.
   *
   * @param weight a rate's denominator
   */
  double deviation(double expected, double weight) {
    double days = Math.max(1, (double) (last - began) / Objective.DAY);
    double unsure = nature == Anomaly.Nature.COUNT ? OF_DAYS * expected / days : 0;
    return Math.max(1e-9, Math.hypot(scale * chance(expected, weight), unsure));
  }

  private double chance(double expected, double weight) {
    return switch (nature) {
      case COUNT -> Math.sqrt(Math.max(1, expected));
      case RATE -> {
        // Nothing may have gone wrong yet; it still may, once.
        double share = Math.max(1 / (weight + 2), Math.min(expected, 1 - 1 / (weight + 2)));
        yield Math.sqrt(share * (1 - share) / Math.max(1, weight));
      }
      case LEVEL -> 1;
    };
  }

  void learn(long time, double value, double weight) {
    double expected = expected(time);
    seen++;
    began = began == NEVER ? time : began;
    last = time;
    if (Double.isNaN(expected)) {
      if (!Double.isNaN(before)) {
        // Two values differ by the scatter of both.
        scatter(Math.abs(value - before) / Math.sqrt(2), chance((value + before) / 2, weight));
      }
    } else {
      scatter(Math.abs(value - expected), chance(expected, weight));
      double known = profile.at(time, zone);
      if (!Double.isNaN(known)) {
        double room = CLIP * deviation(expected, weight);
        double seemly = Math.max(expected - room, Math.min(expected + room, value));
        recent += LEVEL_PACE * (seemly - recent);
        usual += LEVEL_PACE * (known - usual);
      }
    }
    before = value;
    poolValue = POOL_FADE * poolValue + value * (nature == Anomaly.Nature.RATE ? weight : 1);
    poolWeight = POOL_FADE * poolWeight + (nature == Anomaly.Nature.RATE ? weight : 1);
    profile.learn(time, value, zone);
  }

  private void scatter(double distance, double chance) {
    double measured = distance / Math.max(1e-9, chance);
    boolean anything = nature != Anomaly.Nature.RATE && seen < LEARNING;
    double most = anything ? measured : CLIP * scale;
    // For a normal scatter the mean distance is 0.8 deviations.
    double pace = Math.max(SCALE_PACE, 1.0 / seen);
    scale += pace * (1.25 * Math.min(measured, most) - scale);
    if (nature != Anomaly.Nature.LEVEL) {
      scale = Math.max(1, scale);
    }
  }

  /** Takes a value as today's level from now on; what is usual at each time keeps its shape. */
  void level(long time, double value) {
    double known = profile.at(time, zone);
    if (Double.isNaN(known)) {
      before = Double.NaN;
      poolValue = 0;
      poolWeight = 0;
    } else if (nature == Anomaly.Nature.COUNT) {
      recent = (usual + 1) * value / Math.max(1e-9, known) - 1;
    } else {
      recent = usual + value - known;
    }
  }

  void pack(Packer out) {
    profile.pack(out);
    out.real(recent).real(usual).real(poolValue).real(poolWeight).real(scale).number(seen);
    out.real(before).number(began).number(last);
  }

  /**
   * @param first true for the first form, which knew neither the value before nor the days
   */
  void unpack(Unpacker in, boolean first) {
    profile = Profile.unpack(in);
    recent = in.real();
    usual = in.real();
    poolValue = in.real();
    poolWeight = in.real();
    scale = in.real();
    seen = in.number();
    if (first) {
      began = 0;
      return;
    }
    before = in.real();
    began = in.number();
    last = in.number();
  }
}
