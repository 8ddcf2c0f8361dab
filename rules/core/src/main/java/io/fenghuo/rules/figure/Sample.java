package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Arrays;

/**
 * A sample of different values by their hashes, with how often each came: all of them as long as
 * they are few, then those whose hash is below a limit. Two samples merge into what one would have
 * held, so whether a value came again, or came before, can be told for the sampled ones exactly.
 *
 * <p>A theta sketch with counts (Dasgupta and others, 2016). With at least {@link #NOMINAL} values
 * kept, the standard deviation of a count is at most 1/√NOMINAL, 0.4 %, of it.
 */
final class Sample {

  static final int NOMINAL = 1 << 16;

  private static final int MOST = 2 * NOMINAL;

  private Counts kept = new Counts();

  /** Hashes above are not kept; they are compared as numbers without a sign. */
  private long limit = -1;

  void add(long hash, long times) {
    if (Long.compareUnsigned(hash, limit) > 0) {
      return;
    }
    kept.add(hash, times);
    if (kept.size() > MOST) {
      long[] hashes = new long[kept.size()];
      int[] at = {0};
      kept.forEach((value, n) -> hashes[at[0]++] = value ^ Long.MIN_VALUE);
      Arrays.sort(hashes);
      lower(hashes[NOMINAL - 1] ^ Long.MIN_VALUE);
    }
  }

  private void lower(long to) {
    limit = to;
    Counts all = kept;
    kept = new Counts();
    all.forEach(
        (value, n) -> {
          if (Long.compareUnsigned(value, limit) <= 0) {
            kept.add(value, n);
          }
        });
  }

  void merge(Sample other) {
    if (Long.compareUnsigned(other.limit, limit) < 0) {
      lower(other.limit);
    }
    other.kept.forEach(this::add);
  }

  /** How many different values there were. */
  double size() {
    return kept.size() / share();
  }

  /** How many came at least twice. */
  double repeated() {
    long[] found = {0};
    kept.forEach((value, n) -> found[0] += n > 1 ? 1 : 0);
    return found[0] / share();
  }

  /** How many of these were not among the others. */
  double without(Sample others) {
    long both = Long.compareUnsigned(limit, others.limit) < 0 ? limit : others.limit;
    long[] found = {0};
    kept.forEach(
        (value, n) -> {
          if (Long.compareUnsigned(value, both) <= 0 && others.kept.timesOf(value) == 0) {
            found[0]++;
          }
        });
    return found[0] / share(both);
  }

  private double share() {
    return share(limit);
  }

  /** The share of all hashes that is at most this one. */
  private static double share(long limit) {
    return limit == -1 ? 1 : ((limit >>> 1) * 2.0 + 2) / 0x1p64;
  }

  int weight() {
    return 64 + kept.size() * 40;
  }

  void pack(Packer out) {
    out.word(limit);
    kept.pack(out);
  }

  static Sample unpack(Unpacker in) {
    Sample sample = new Sample();
    sample.limit = in.word();
    sample.kept = Counts.unpack(in);
    return sample;
  }
}
