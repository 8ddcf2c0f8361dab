package io.fenghuo.rules.watch;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;

/**
 * What is usual at each minute of the week: learnt in pieces of ten minutes and read between their
 * middles. Until a piece of the week has been seen, the same time of other days stands in for it.
 */
final class Profile {

  private static final int PIECE = 10;
  private static final int DAY = 24 * 60 / PIECE;
  private static final int WEEK = 7 * DAY;

  /** How much a new day counts against those before, and a new week. */
  private static final double DAILY = 0.35;

  private static final double WEEKLY = 0.4;

  /** Rough size in memory, bytes. */
  static final int WEIGHT = 4 * (WEEK + DAY) + 200;

  private final float[] week = new float[WEEK];
  private final float[] day = new float[DAY];
  private int piece = -1;
  private double sum;
  private int count;

  Profile() {
    Arrays.fill(week, Float.NaN);
    Arrays.fill(day, Float.NaN);
  }

  /**
   * Takes in what was seen.
   *
   * @param time event time, milliseconds
   * @param value for windows of always the same length
   */
  void learn(long time, double value, ZoneId zone) {
    int now = (int) minuteOfWeek(time, zone) / PIECE;
    if (now != piece) {
      close();
      piece = now;
    }
    sum += value;
    count++;
  }

  private void close() {
    if (count > 0) {
      float mean = (float) (sum / count);
      int ofDay = piece % DAY;
      float usual = day[ofDay];
      day[ofDay] = Float.isNaN(usual) ? mean : (float) (usual + DAILY * (mean - usual));
      float before = Float.isNaN(week[piece]) ? usual : week[piece];
      week[piece] = Float.isNaN(before) ? mean : (float) (before + WEEKLY * (mean - before));
    }
    sum = 0;
    count = 0;
  }

  /** What is usual at this time, or NaN when nothing is known. */
  double at(long time, ZoneId zone) {
    double place = minuteOfWeek(time, zone) / PIECE - 0.5;
    int left = (int) Math.floor(place);
    double share = place - left;
    double a = piece(Math.floorMod(left, WEEK));
    double b = piece(Math.floorMod(left + 1, WEEK));
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return share < 0.5 ? a : b;
    }
    return a + share * (b - a);
  }

  private double piece(int index) {
    return Float.isNaN(week[index]) ? day[index % DAY] : week[index];
  }

  private static double minuteOfWeek(long time, ZoneId zone) {
    ZonedDateTime local = Instant.ofEpochMilli(time).atZone(zone);
    return (local.getDayOfWeek().getValue() - 1) * 1440
        + local.getHour() * 60
        + local.getMinute()
        + local.getSecond() / 60.0;
  }

  void pack(Packer out) {
    pack(week, out);
    pack(day, out);
    out.number(piece).real(sum).number(count);
  }

  private static void pack(float[] values, Packer out) {
    for (float value : values) {
      out.number(Float.isNaN(value) ? 0 : 1 + (Float.floatToIntBits(value) & 0xFFFFFFFFL));
    }
  }

  static Profile unpack(Unpacker in) {
    Profile profile = new Profile();
    unpack(profile.week, in);
    unpack(profile.day, in);
    profile.piece = in.count();
    profile.sum = in.real();
    profile.count = in.count();
    return profile;
  }

  private static void unpack(float[] values, Unpacker in) {
    for (int i = 0; i < values.length; i++) {
      long bits = in.number();
      values[i] = bits == 0 ? Float.NaN : Float.intBitsToFloat((int) (bits - 1));
    }
  }
}
