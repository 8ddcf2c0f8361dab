package io.fenghuo.rules.figure;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * All that figures want to know of one event: which filters it matches, and the few values they
 * take. A tenth of the event itself, and nobody has to decode it again.
 *
 * @param high upper half of the hash of type and event id
 * @param low lower half
 * @param time event time, milliseconds
 * @param matching numbers of filters as bits
 * @param values by place: text, Long, or null
 * @param items the same for each line of an order
 */
public record Measurement(
    EventType type,
    long high,
    long low,
    long time,
    long[] matching,
    Object[] values,
    Object[][] items) {

  public void pack(Packer out) {
    out.number(type.ordinal()).word(high).word(low).number(time).words(matching).values(values);
    out.number(items.length);
    for (Object[] item : items) {
      out.values(item);
    }
  }

  public static Measurement unpack(Unpacker in) {
    EventType type = EventType.at(in.count());
    long high = in.word();
    long low = in.word();
    long time = in.number();
    long[] matching = in.words();
    Object[] values = in.values();
    Object[][] items = new Object[in.count()][];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.values();
    }
    return new Measurement(type, high, low, time, matching, values, items);
  }
}
