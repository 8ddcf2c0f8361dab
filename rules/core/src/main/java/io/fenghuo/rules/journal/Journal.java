package io.fenghuo.rules.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * An entity's recent events, in order of time and id, each once.
 *
 * <p>Everything a rule looks at is a function of this and the triggering event.
 */
public final class Journal {

  private final ArrayList<Entry> entries;

  public Journal() {
    this.entries = new ArrayList<>(4);
  }

  public int size() {
    return entries.size();
  }

  public Entry get(int index) {
    return entries.get(index);
  }

  public List<Entry> entries() {
    return entries;
  }

  /**
   * Adds an event unless it is already here.
   *
   * @return whether it was new
   */
  public boolean add(Entry entry) {
    int at = place(entry.time(), entry.id());
    if (at >= 0) {
      return false;
    }
    entries.add(-at - 1, entry);
    return true;
  }

  /** Appends an entry known to follow all others. */
  void append(Entry entry) {
    entries.add(entry);
  }

  /**
   * How many entries stand before or at this place: the end of every window that this event
   * triggers.
   */
  public int endAt(long time, String id) {
    int at = place(time, id);
    return at >= 0 ? at + 1 : -at - 1;
  }

  private int place(long time, String id) {
    int low = 0;
    int high = entries.size() - 1;
    // Events mostly come in order, so look at the end first.
    if (high >= 0 && entries.get(high).compareTo(time, id) < 0) {
      return -(high + 1) - 1;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = entries.get(middle).compareTo(time, id);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  /** The first entry later than this time. */
  public int firstAfter(long time) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).time() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
