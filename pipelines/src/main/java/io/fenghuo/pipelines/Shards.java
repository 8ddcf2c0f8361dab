package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Measurement;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Keys that spread events evenly: one for each of Flink's key groups, found by trying. Any hundred
 * keys would leave some groups empty and others with three.
 */
final class Shards {

  static final int COUNT = 128;

  private static final Integer[] KEYS = keys();

  private Shards() {}

  /** The shard of an event, by its id: duplicates meet there. */
  static Integer of(Measurement event) {
    return KEYS[(int) (event.low() & (COUNT - 1))];
  }

  private static Integer[] keys() {
    Integer[] keys = new Integer[COUNT];
    int missing = COUNT;
    for (int key = 0; missing > 0; key++) {
      int group = KeyGroupRangeAssignment.assignToKeyGroup(key, COUNT);
      if (keys[group] == null) {
        keys[group] = key;
        missing--;
      }
    }
    return keys;
  }
}
