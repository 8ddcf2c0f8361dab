package io.fenghuo.rules.watch;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Arrays;

/**
 * Finds what is unusual in a series of values at even steps, without training and without looking
 * ahead. The value is looked at in several ways: against its long mean, against the value before,
 * by how much it scatters, and against what is usual at this time of day, at once and smoothed.
 * Each way keeps the tail of its own past ({@link Tail}), so that all speak in the same unit, the
 * logarithm of how unlikely it is.
 */
public final class Detector {

  private static final byte FORM = 1;

  /** Steps back the long mean and the tails look: a week of five minutes. */
  private static final double MEMORY = 2_000;

  private static final double SCATTER = 72;
  private static final double SMOOTH = 12;

  private static final int WAYS = 5;

  /** Half hours: how fine the time of day is told apart. */
  private static final int PIECES = 48;

  private static final long PIECE = Objective.DAY / PIECES;
  private static final double DAILY = 0.35;

  /** Rough size in memory, bytes. */
  static final int WEIGHT = 2 * WAYS * Tail.WEIGHT + 4 * PIECES + 200;

  /** One way alone is never surer than this; what is seen in several ways is surer. */
  private static final double MOST = 10;

  private static final double POWER = 3;

  /** After an alarm only what is more surprising is news, by this much, fading in so many steps. */
  private static final double NEWS = 1.1;

  private static final int QUIET = 400;
  private static final double FORGIVEN = 0.75;

  /** Less surprising than this is no alarm worth remembering. */
  private static final double ALARM = 3.5;

  /**
   * What there is to say about one value.
   *
   * @param surprise 0 for usual; about 4 to 8 for what deserves an alert
   * @param news the surprise, or 0 when an alarm as surprising has just been
   */
  public record Verdict(double surprise, double news) {}

  private final Tail[] above = new Tail[WAYS];
  private final Tail[] below = new Tail[WAYS];
  private final float[] day = new float[PIECES];
  private double steps;
  private double mean;
  private double before;
  private double recentMean;
  private double recentSquare;
  private double smooth;
  private int piece = -1;
  private double pieceSum;
  private int pieceCount;
  private double peak;
  private long sincePeak;

  public Detector() {
    for (int i = 0; i < above.length; i++) {
      above[i] = new Tail(MEMORY);
      below[i] = new Tail(MEMORY);
    }
    Arrays.fill(day, Float.NaN);
  }

  /**
   * Judges a value and learns it.
   *
   * @param time milliseconds; only the time of day counts
   */
  public Verdict judge(long time, double value) {
    steps++;
    mean += (value - mean) / Math.min(steps, MEMORY);
    recentMean += (value - recentMean) / Math.min(steps, SCATTER);
    recentSquare += (value * value - recentSquare) / Math.min(steps, SCATTER);
    double scatter = Math.sqrt(Math.max(0, recentSquare - recentMean * recentMean));
    double sum = 0;
    sum += look(0, value - mean);
    sum += steps > 1 ? look(1, value - before) : 0;
    sum += look(2, scatter);
    int now = (int) (Math.floorMod(time, Objective.DAY) / PIECE);
    if (now != piece) {
      close(now);
    }
    if (!Float.isNaN(day[now])) {
      double rest = value - day[now];
      smooth += (rest - smooth) / SMOOTH;
      sum += look(3, rest);
      sum += look(4, smooth);
    }
    pieceSum += value;
    pieceCount++;
    before = value;
    double surprise = Math.pow(sum, 1 / POWER);
    return new Verdict(surprise, news(surprise));
  }

  private double look(int way, double deviation) {
    double up = Math.max(0, deviation);
    double down = Math.max(0, -deviation);
    double surprise = Math.max(above[way].surprise(up), below[way].surprise(down));
    above[way].learn(up);
    below[way].learn(down);
    return Math.pow(Math.min(MOST, surprise), POWER);
  }

  private void close(int next) {
    if (piece >= 0 && pieceCount > 0) {
      float seen = (float) (pieceSum / pieceCount);
      day[piece] =
          Float.isNaN(day[piece]) ? seen : (float) (day[piece] + DAILY * (seen - day[piece]));
    }
    piece = next;
    pieceSum = 0;
    pieceCount = 0;
  }

  private double news(double surprise) {
    sincePeak++;
    double remembered = sincePeak < QUIET ? peak * (1 - FORGIVEN * sincePeak / QUIET) * NEWS : 0;
    if (surprise <= remembered) {
      return 0;
    }
    if (surprise > ALARM) {
      peak = surprise;
      sincePeak = 0;
    }
    return surprise;
  }

  public void pack(Packer out) {
    out.put(FORM);
    for (int i = 0; i < above.length; i++) {
      above[i].pack(out);
      below[i].pack(out);
    }
    for (float usual : day) {
      out.number(Float.isNaN(usual) ? 0 : 1 + (Float.floatToIntBits(usual) & 0xFFFFFFFFL));
    }
    out.real(steps).real(mean).real(before).real(recentMean).real(recentSquare).real(smooth);
    out.number(piece).real(pieceSum).number(pieceCount).real(peak).number(sincePeak);
  }

  public static Detector unpack(Unpacker in) {
    Forms.check("anomaly detector", in.get(), FORM);
    Detector detector = new Detector();
    for (int i = 0; i < detector.above.length; i++) {
      detector.above[i].unpack(in);
      detector.below[i].unpack(in);
    }
    for (int i = 0; i < PIECES; i++) {
      long bits = in.number();
      detector.day[i] = bits == 0 ? Float.NaN : Float.intBitsToFloat((int) (bits - 1));
    }
    detector.steps = in.real();
    detector.mean = in.real();
    detector.before = in.real();
    detector.recentMean = in.real();
    detector.recentSquare = in.real();
    detector.smooth = in.real();
    detector.piece = in.count();
    detector.pieceSum = in.real();
    detector.pieceCount = in.count();
    detector.peak = in.real();
    detector.sincePeak = in.number();
    return detector;
  }
}
