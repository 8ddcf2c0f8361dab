package io.fenghuo.pipelines;

import java.util.ArrayDeque;
import java.util.HashMap;
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

  static final int MOST_WAITING = 32_768;

  /** Moments after which a change is written though nothing needs its place. */
  static final int PATIENCE = 10;

  /** Written in one moment at most: events wait meanwhile. */
  static final int MOST_AT_ONCE = 1_000;

  /** A key and its value; equal by key. */
  private static final class Slot<V> {
    private String key;
    private int hash;
    V value;
    int weight;
    long since;
    boolean used;
    boolean dirty;
    boolean stored;
    boolean gone;

    Slot<V> of(String key) {
      this.key = key;
      this.hash = stirred(key);
      return this;
    }

    /**
     * Numbered keys have few different {@link String#hashCode()}s, which weighs 36 letters and
     * digits by powers of 31: a table would look through long chains.
     */
    private static int stirred(String key) {
      long hash = key.length();
      for (int i = 0; i < key.length(); i++) {
        hash = 131 * hash + key.charAt(i);
      }
      return (int) (hash * 0x9E3779B97F4A7C15L >>> 32);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Slot<?> slot && hash == slot.hash && key.equals(slot.key);
    }
  }

  private final HashMap<Slot<V>, Slot<V>> slots = new HashMap<>();
  private final Slot<V> sought = new Slot<>();
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
    current = slots.get(sought.of(key));
    if (current == null) {
      misses++;
      current = new Slot<V>().of(key);
      byte[] bytes = state.value();
      current.stored = bytes != null;
      current.value = bytes == null ? form.create(key) : form.unpack(key, bytes);
      slots.put(current, current);
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
      if (slot.used || slot.equals(current)) {
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
