package io.fenghuo.pipelines;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.state.ValueState;

/**
 * Recently used values in front of keyed state, so that a busy key is not read, unpacked, packed
 * and written for every event.
 *
 * <p>What is changed is written when it is evicted and, all of it, before every checkpoint: a
 * checkpoint always holds everything, and a restart begins with nothing here. Bounded by weight, so
 * memory does not grow with the number of keys.
 *
 * <p>So many changes at most wait to be written, the oldest first, and none of them long unless
 * there are many: a checkpoint holds up events while it writes what still waits.
 *
 * <p>Room is made as by a clock's hand: what was used since the hand came by stays for another
 * round. Unlike the order of last use, this is kept without touching the neighbours at each use.
 *
 * @param <V> the value, which knows nothing of state
 */
final class WriteBackCache<V> {

  /** How values become bytes and back. */
  interface Form<V> {
    V create(String key);

    V unpack(String key, byte[] bytes);

    /** Null when there is nothing to keep. */
    byte[] pack(String key, V value);
  }

  static final int MOST_WAITING = 16_384;

  /** Moments after which a change is written though nothing needs its place. */
  static final int PATIENCE = 10;

  /** Written in one moment at most: events wait meanwhile. */
  static final int MOST_AT_ONCE = 1_000;

  /** A key and its value. */
  private static final class Slot<V> {
    final String key;
    final long hash;
    V value;
    int weight;
    long since;
    boolean used;
    boolean dirty;
    boolean stored;
    boolean gone;

    Slot(String key, long hash) {
      this.key = key;
      this.hash = hash;
    }
  }

  /**
   * Slots by key, with open addressing and linear probing: the hashes lie beside each other, so
   * that most looks touch one line of memory before the slot itself. In a {@link java.util.HashMap}
   * of a hundred thousand keys each look goes to memory for the node, the slot and its key.
   */
  private static final class SlotTable<V> {

    private static final long FREE = 0;

    private long[] hashes = new long[1 << 10];
    private Slot<V>[] slots = newSlots(1 << 10);
    private int size;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> Slot<V>[] newSlots(int length) {
      return new Slot[length];
    }

    static long hash(String key) {
      long hash = key.length();
      for (int i = 0; i < key.length(); i++) {
        hash = 131 * hash + key.charAt(i);
      }
      // The finalizer of MurmurHash3, so that every letter counts in every bit.
      hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
      hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
      hash ^= hash >>> 33;
      return hash == FREE ? 1 : hash;
    }

    int size() {
      return size;
    }

    Slot<V> get(long hash, String key) {
      int mask = hashes.length - 1;
      for (int at = (int) hash & mask; hashes[at] != FREE; at = at + 1 & mask) {
        if (hashes[at] == hash && slots[at].key.equals(key)) {
          return slots[at];
        }
      }
      return null;
    }

    /** Takes in a slot whose key is not here. */
    void add(Slot<V> slot) {
      if (2 * ++size > hashes.length) {
        grow();
      }
      place(slot);
    }

    private void place(Slot<V> slot) {
      int mask = hashes.length - 1;
      int at = (int) slot.hash & mask;
      while (hashes[at] != FREE) {
        at = at + 1 & mask;
      }
      hashes[at] = slot.hash;
      slots[at] = slot;
    }

    private void grow() {
      Slot<V>[] old = slots;
      hashes = new long[2 * old.length];
      slots = newSlots(2 * old.length);
      for (Slot<V> slot : old) {
        if (slot != null) {
          place(slot);
        }
      }
    }

    /** Takes out a slot that is here; those behind it that it kept from their place move up. */
    void remove(Slot<V> slot) {
      int mask = hashes.length - 1;
      int gap = (int) slot.hash & mask;
      while (slots[gap] != slot) {
        gap = gap + 1 & mask;
      }
      for (int at = gap + 1 & mask; hashes[at] != FREE; at = at + 1 & mask) {
        int home = (int) hashes[at] & mask;
        if ((at - home & mask) >= (at - gap & mask)) {
          hashes[gap] = hashes[at];
          slots[gap] = slots[at];
          gap = at;
        }
      }
      hashes[gap] = FREE;
      slots[gap] = null;
      size--;
    }
  }

  private final SlotTable<V> slots = new SlotTable<>();
  private final ArrayDeque<Slot<V>> round = new ArrayDeque<>();
  private final ArrayDeque<Slot<V>> waiting = new ArrayDeque<>();
  private Slot<V> current;
  private final ValueState<byte[]> state;
  private final Form<V> form;
  private final ToIntFunction<V> weigh;
  private final Consumer<String> turnTo;
  private final long limit;
  private long weight;
  private long moment;
  private long hits;
  private long misses;

  /**
   * @param turnTo makes a key the current one of the keyed state
   * @param limit bytes, roughly
   */
  WriteBackCache(
      ValueState<byte[]> state,
      Form<V> form,
      ToIntFunction<V> weigh,
      Consumer<String> turnTo,
      long limit) {
    this.state = state;
    this.form = form;
    this.weigh = weigh;
    this.turnTo = turnTo;
    this.limit = limit;
  }

  /**
   * The value of a key, which must be the current one. Call {@link #changed} when it was altered.
   */
  V get(String key) throws Exception {
    long hash = SlotTable.hash(key);
    current = slots.get(hash, key);
    if (current == null) {
      misses++;
      current = new Slot<>(key, hash);
      byte[] bytes = state.value();
      current.stored = bytes != null;
      current.value = bytes == null ? form.create(key) : form.unpack(key, bytes);
      slots.add(current);
      round.add(current);
      reweigh(current);
      makeRoom();
    } else {
      hits++;
      current.used = true;
    }
    return current.value;
  }

  /** Notes that the value given last was altered, and makes room. */
  void changed() throws Exception {
    reweigh(current);
    if (!current.dirty) {
      current.dirty = true;
      current.since = moment;
      waiting.add(current);
      if (waiting.size() > MOST_WAITING) {
        write(waiting.poll());
        turnTo.accept(current.key);
      }
    }
    makeRoom();
  }

  private void reweigh(Slot<V> slot) {
    int now = 100 + weigh.applyAsInt(slot.value);
    weight += now - slot.weight;
    slot.weight = now;
  }

  private void makeRoom() throws Exception {
    if (weight <= limit) {
      return;
    }
    while (weight > limit && round.size() > 1) {
      Slot<V> slot = round.poll();
      if (slot.used || slot == current) {
        slot.used = false;
        round.add(slot);
      } else if (!slot.gone) {
        write(slot);
        drop(slot);
      }
    }
    turnTo.accept(current.key);
  }

  private void drop(Slot<V> slot) {
    slot.gone = true;
    weight -= slot.weight;
    slots.remove(slot);
  }

  private void write(Slot<V> slot) throws Exception {
    if (!slot.dirty) {
      return;
    }
    turnTo.accept(slot.key);
    byte[] bytes = form.pack(slot.key, slot.value);
    if (bytes != null) {
      state.update(bytes);
    } else if (slot.stored) {
      state.clear();
    }
    slot.stored = bytes != null;
    slot.dirty = false;
  }

  /** Writes everything that was changed; what became empty is forgotten. */
  void flush() throws Exception {
    for (Slot<V> slot = waiting.poll(); slot != null; slot = waiting.poll()) {
      settle(slot);
    }
    if (round.size() > 2 * slots.size()) {
      round.removeIf(slot -> slot.gone);
    }
  }

  private void settle(Slot<V> slot) throws Exception {
    write(slot);
    if (!slot.stored && !slot.gone) {
      drop(slot);
    }
  }

  /** A moment has passed; leaves another key current. */
  void tick() throws Exception {
    moment++;
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      Slot<V> oldest = waiting.peek();
      if (oldest == null || oldest.since > moment - PATIENCE) {
        return;
      }
      settle(waiting.poll());
    }
  }

  /** Drops what is stored of the current key, which must not have been looked at. */
  void erase() {
    state.clear();
  }

  int size() {
    return slots.size();
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }
}
