package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * How often each of some numbers came. Open addressing over one array, number and times side by
 * side: nothing is boxed, and a look costs one line of the processor's cache.
 */
final class Counts {

  /** Is told each number and how often it came. */
  @FunctionalInterface
  interface Each {
    void count(long value, long times);
  }

  private static final int LEAST = 16;

  /** Number, times, number, times, …; 0 times marks an empty place. */
  private long[] table;

  private int size;

  Counts() {
    this(LEAST);
  }

  private Counts(int length) {
    table = new long[length];
  }

  void add(long value, long more) {
    int slot = slot(table, value);
    if (table[slot + 1] == 0) {
      table[slot] = value;
      size++;
    }
    table[slot + 1] += more;
    if (size * 4 > table.length) {
      grow();
    }
  }

  long timesOf(long value) {
    return table[slot(table, value) + 1];
  }

  int size() {
    return size;
  }

  void forEach(Each each) {
    for (int i = 0; i < table.length; i += 2) {
      if (table[i + 1] != 0) {
        each.count(table[i], table[i + 1]);
      }
    }
  }

  private static int slot(long[] table, long value) {
    int mask = table.length - 2;
    int slot = (int) (value * 0x9E3779B97F4A7C15L >>> 32) << 1 & mask;
    while (table[slot + 1] != 0 && table[slot] != value) {
      slot = slot + 2 & mask;
    }
    return slot;
  }

  private void grow() {
    long[] old = table;
    table = new long[old.length * 2];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i + 1] != 0) {
        int slot = slot(table, old[i]);
        table[slot] = old[i];
        table[slot + 1] = old[i + 1];
      }
    }
  }

  void pack(Packer out) {
    out.number(size);
    forEach((value, n) -> out.word(value).number(n));
  }

  static Counts unpack(Unpacker in) {
    int size = in.count();
    Counts counts = new Counts(Math.max(LEAST, Integer.highestOneBit(Math.max(1, size)) * 8));
    for (int n = size; n > 0; n--) {
      counts.add(in.word(), in.number());
    }
    return counts;
  }
}
