package io.fenghuo.pipelines;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * @param <V> the value, which knows nothing of state
 */
final class WriteBackCache<V> {

  /** How values become bytes and back. */
  interface Form<V> {
    V create();

    V unpack(byte[] bytes);

    /** Null when there is nothing to keep. */
    byte[] pack(V value);
  }

  private static final class Slot<V> {
    V value;
    int weight;
    boolean dirty;
    boolean stored;
  }

  private final LinkedHashMap<String, Slot<V>> slots = new LinkedHashMap<>(1024, 0.75f, true);
  private final ValueState<byte[]> state;
  private final Form<V> form;
  private final ToIntFunction<V> weigh;
  private final Consumer<String> turnTo;
  private final long limit;
  private long weight;
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
    Slot<V> slot = slots.get(key);
    if (slot == null) {
      misses++;
      slot = new Slot<>();
      byte[] bytes = state.value();
      slot.stored = bytes != null;
      slot.value = bytes == null ? form.create() : form.unpack(bytes);
      slots.put(key, slot);
      reweigh(slot);
      if (weight > limit) {
        makeRoom(key);
      }
    } else {
      hits++;
    }
    return slot.value;
  }

  /** Notes that the value of the current key was altered, and makes room. */
  void changed(String key) throws Exception {
    Slot<V> slot = slots.get(key);
    slot.dirty = true;
    reweigh(slot);
    if (weight > limit) {
      makeRoom(key);
    }
  }

  private void reweigh(Slot<V> slot) {
    int now = 100 + weigh.applyAsInt(slot.value);
    weight += now - slot.weight;
    slot.weight = now;
  }

  private void makeRoom(String current) throws Exception {
    Iterator<Map.Entry<String, Slot<V>>> eldest = slots.entrySet().iterator();
    while (weight > limit && eldest.hasNext()) {
      Map.Entry<String, Slot<V>> entry = eldest.next();
      if (!entry.getKey().equals(current)) {
        write(entry.getKey(), entry.getValue());
        weight -= entry.getValue().weight;
        eldest.remove();
      }
    }
    turnTo.accept(current);
  }

  private void write(String key, Slot<V> slot) throws Exception {
    if (!slot.dirty) {
      return;
    }
    turnTo.accept(key);
    byte[] bytes = form.pack(slot.value);
    if (bytes != null) {
      state.update(bytes);
    } else if (slot.stored) {
      state.clear();
    }
    slot.stored = bytes != null;
    slot.dirty = false;
  }

  /** Writes everything that was changed; what is empty is forgotten. */
  void flush() throws Exception {
    Iterator<Map.Entry<String, Slot<V>>> each = slots.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Slot<V>> entry = each.next();
      write(entry.getKey(), entry.getValue());
      if (!entry.getValue().stored) {
        weight -= entry.getValue().weight;
        each.remove();
      }
    }
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
