package io.fenghuo.pipelines;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The ids of the events of one minute in one shard, as hashes of 128 bits: two ids of one shop
 * share one less often than memory forgets a bit. 16 bytes each, nothing is boxed.
 */
final class SeenIds {

  private static final int BYTES = 16;

  private long[] table = new long[32];
  private int size;
  private long[] fresh = new long[16];
  private int freshSize;

  /**
   * Notes an id.
   *
   * @return false when it was here before
   */
  boolean add(long high, long low) {
    if (!put(high, low)) {
      return false;
    }
    if (freshSize == fresh.length) {
      fresh = Arrays.copyOf(fresh, freshSize * 2);
    }
    fresh[freshSize++] = high;
    fresh[freshSize++] = low;
    return true;
  }

  private boolean put(long high, long low) {
    // All zero marks an empty place.
    long mark = high == 0 && low == 0 ? 1 : low;
    int mask = table.length / 2 - 1;
    int slot = (int) (high ^ high >>> 32) & mask;
    while (table[2 * slot] != 0 || table[2 * slot + 1] != 0) {
      if (table[2 * slot] == high && table[2 * slot + 1] == mark) {
        return false;
      }
      slot = slot + 1 & mask;
    }
    table[2 * slot] = high;
    table[2 * slot + 1] = mark;
    if (++size * 3 > table.length) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] old = table;
    table = new long[old.length * 2];
    size = 0;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        put(old[i], old[i + 1]);
      }
    }
  }

  /** What was added since the last time, to be written; null when nothing was. */
  byte[] takeFresh() {
    if (freshSize == 0) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(freshSize * Long.BYTES);
    bytes.asLongBuffer().put(fresh, 0, freshSize);
    fresh = new long[16];
    freshSize = 0;
    return bytes.array();
  }

  /** Notes what was written before. */
  void recall(byte[] written) {
    ByteBuffer bytes = ByteBuffer.wrap(written);
    for (int i = 0; i < written.length / BYTES; i++) {
      put(bytes.getLong(), bytes.getLong());
    }
  }

  int size() {
    return size;
  }

  /** Memory, bytes. */
  int weight() {
    return (table.length + fresh.length) * Long.BYTES;
  }
}
