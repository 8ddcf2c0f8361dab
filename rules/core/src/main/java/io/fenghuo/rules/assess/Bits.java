package io.fenghuo.rules.assess;

/** Sets of small numbers as words of 64 bits. */
public final class Bits {

  private Bits() {}

  public static long[] of(int size) {
    return new long[(size + 63) >>> 6];
  }

  public static void set(long[] bits, int index) {
    bits[index >>> 6] |= 1L << index;
  }

  public static boolean get(long[] bits, int index) {
    return (bits[index >>> 6] & 1L << index) != 0;
  }

  public static boolean isEmpty(long[] bits) {
    for (long word : bits) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }

  public static boolean intersects(long[] a, long[] b) {
    for (int i = 0; i < a.length; i++) {
      if ((a[i] & b[i]) != 0) {
        return true;
      }
    }
    return false;
  }

  /** {@code a and b}, in a new set. */
  public static long[] and(long[] a, long[] b) {
    long[] both = a.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] &= b[i];
    }
    return both;
  }

  public static void addAll(long[] to, long[] more) {
    for (int i = 0; i < to.length; i++) {
      to[i] |= more[i];
    }
  }

  public static void removeAll(long[] from, long[] less) {
    for (int i = 0; i < from.length; i++) {
      from[i] &= ~less[i];
    }
  }

  /** The smallest member that is at least {@code from}, or -1. */
  public static int next(long[] bits, int from) {
    int word = from >>> 6;
    if (word >= bits.length) {
      return -1;
    }
    long rest = bits[word] & -1L << from;
    while (rest == 0) {
      if (++word == bits.length) {
        return -1;
      }
      rest = bits[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }
}
