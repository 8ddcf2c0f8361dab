package io.fenghuo.rules.journal;

import java.util.Arrays;

/**
 * Which values were seen, and when first and last, for an entity with too many events to keep them
 * all.
 *
 * <p>Exact up to 32,768 different values. Beyond that a sample is kept, chosen by the value's hash
 * and halved whenever it is full; a count of different values then has a standard error of at most
 * 0.8 % (1/√16,384), as in adaptive sampling (Flajolet, "On adaptive sampling", Computing 43,
 * 1990).
 */
public final class Sightings {

  private static final int MOST = 1 << 15;
  private static final long FREE = 0;

  private long[] hashes = new long[64];
  private long[] firsts = new long[64];
  private long[] lasts = new long[64];
  private int size;
  private int level;

  public Sightings() {
    Arrays.fill(lasts, Long.MIN_VALUE);
  }

  /** 64 bits of a value of the rule language; two values share them with a chance of 2⁻⁶⁴. */
  public static long hash(Object value) {
    long hash;
    if (value instanceof String text) {
      hash = 0xcbf29ce484222325L;
      for (int i = 0; i < text.length(); i++) {
        hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
      }
    } else if (value instanceof Double real) {
      hash = Double.doubleToLongBits(real);
    } else if (value instanceof Long whole) {
      hash = whole;
    } else {
      hash = Boolean.TRUE.equals(value) ? 1 : 2;
    }
    // The finalizer of MurmurHash3, so that every bit of the value counts in every bit of the hash.
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return hash == FREE ? 1 : hash;
  }

  public void see(long hash, long time) {
    see(hash, time, time);
  }

  private void see(long hash, long first, long last) {
    if (!sampled(hash)) {
      return;
    }
    int slot = slot(hash);
    if (hashes[slot] == hash) {
      firsts[slot] = Math.min(firsts[slot], first);
      lasts[slot] = Math.max(lasts[slot], last);
      return;
    }
    hashes[slot] = hash;
    firsts[slot] = first;
    lasts[slot] = last;
    size++;
    if (size > MOST) {
      level++;
      rebuild(hashes.length, Long.MIN_VALUE);
    } else if (size * 2 > hashes.length) {
      rebuild(hashes.length * 2, Long.MIN_VALUE);
    }
  }

  private boolean sampled(long hash) {
    return (hash & (1L << level) - 1) == 0;
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int slot = (int) (hash >>> 40) & mask;
    while (hashes[slot] != FREE && hashes[slot] != hash) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rebuild(int capacity, long since) {
    long[] oldHashes = hashes;
    long[] oldFirsts = firsts;
    long[] oldLasts = lasts;
    hashes = new long[capacity];
    firsts = new long[capacity];
    lasts = new long[capacity];
    Arrays.fill(lasts, Long.MIN_VALUE);
    size = 0;
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != FREE && oldLasts[i] > since) {
        see(oldHashes[i], oldFirsts[i], oldLasts[i]);
      }
    }
  }

  /** Forgets values not seen after this time. */
  public void forget(long time) {
    rebuild(hashes.length, time);
  }

  /** How many different values were seen after this time. */
  public long countAfter(long time) {
    long count = 0;
    for (long last : lasts) {
      if (last > time) {
        count++;
      }
    }
    return count << level;
  }

  /**
   * When the value was first seen after a time, as far as known.
   *
   * @return Long.MAX_VALUE when it was not
   */
  public long firstAfter(long hash, long time) {
    int slot = slot(hash);
    if (hashes[slot] != hash || lasts[slot] <= time) {
      return Long.MAX_VALUE;
    }
    return Math.max(firsts[slot], time + 1);
  }

  public int size() {
    return size;
  }

  void pack(Packer out) {
    out.put((byte) level).number(size);
    for (int i = 0; i < hashes.length; i++) {
      if (hashes[i] != FREE) {
        out.word(hashes[i]).number(lasts[i]).number(lasts[i] - firsts[i]);
      }
    }
  }

  static Sightings unpack(Unpacker in) {
    Sightings sightings = new Sightings();
    sightings.level = in.get();
    for (int n = in.count(); n > 0; n--) {
      long hash = in.word();
      long last = in.number();
      sightings.see(hash, last - in.number(), last);
    }
    return sightings;
  }
}
