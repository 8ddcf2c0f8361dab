package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/** How often each of some numbers came. Open addressing over two arrays: nothing is boxed. */
final class Counts {

  /** Is told each number and how often it came. */
  @FunctionalInterface
  interface Each {
    void count(long value, long times);
  }

  private long[] values = new long[8];
  private long[] times = new long[8];
  private int size;

  void add(long value, long more) {
    int slot = slot(values, times, value);
    if (times[slot] == 0) {
      values[slot] = value;
      size++;
    }
    times[slot] += more;
    if (size * 2 > values.length) {
      grow();
    }
  }

  long timesOf(long value) {
    return times[slot(values, times, value)];
  }

  int size() {
    return size;
  }

  void forEach(Each each) {
    for (int i = 0; i < values.length; i++) {
      if (times[i] != 0) {
        each.count(values[i], times[i]);
      }
    }
  }

  private static int slot(long[] values, long[] times, long value) {
    long mixed = value * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & values.length - 1;
    while (times[slot] != 0 && values[slot] != value) {
      slot = slot + 1 & values.length - 1;
    }
    return slot;
  }

  private void grow() {
    long[] oldValues = values;
    long[] oldTimes = times;
    values = new long[oldValues.length * 2];
    times = new long[oldValues.length * 2];
    for (int i = 0; i < oldValues.length; i++) {
      if (oldTimes[i] != 0) {
        int slot = slot(values, times, oldValues[i]);
        values[slot] = oldValues[i];
        times[slot] = oldTimes[i];
      }
    }
  }

  void pack(Packer out) {
    out.number(size);
    forEach((value, n) -> out.word(value).number(n));
  }

  static Counts unpack(Unpacker in) {
    Counts counts = new Counts();
    for (int n = in.count(); n > 0; n--) {
      counts.add(in.word(), in.number());
    }
    return counts;
  }
}
