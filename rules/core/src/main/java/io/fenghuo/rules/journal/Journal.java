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
    this(0);
  }

  private Journal(int size) {
    this.entries = new ArrayList<>(size + 2);
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
    int at = place(entry);
    if (at >= 0) {
      return false;
    }
    entries.add(-at - 1, entry.alone());
    return true;
  }

  /**
   * How many entries stand before or at this place: the end of every window that this event
   * triggers.
   */
  public int endAt(Entry event) {
    int at = place(event);
    return at >= 0 ? at + 1 : -at - 1;
  }

  private int place(Entry entry) {
    int low = 0;
    int high = entries.size() - 1;
    // Events mostly come in order, so look at the end first.
    if (high >= 0 && entries.get(high).compareTo(entry) < 0) {
      return -(high + 1) - 1;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = entries.get(middle).compareTo(entry);
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

  public void pack(Packer out) {
    out.number(entries.size());
    for (Entry entry : entries) {
      entry.pack(out);
    }
  }

  public static Journal unpack(Unpacker in) {
    int count = in.count();
    Journal journal = new Journal(count);
    for (int i = 0; i < count; i++) {
      journal.entries.add(Entry.unpack(in));
    }
    return journal;
  }
}
