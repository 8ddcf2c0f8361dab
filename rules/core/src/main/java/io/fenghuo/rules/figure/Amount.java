package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.HashMap;
import java.util.Map;

/**
 * What a few events contribute to one measure, before it is merged: a number, the values that came,
 * or the items with their weights. Small, exact, and the same in whatever order it was gathered.
 */
final class Amount {

  private static final byte NUMBER = 1;
  private static final byte VALUES = 2;
  private static final byte ITEMS = 3;

  private final byte form;
  private long events;
  private long number;
  private final Counts values;
  private final Map<String, Long> items;

  private Amount(byte form) {
    this.form = form;
    this.values = form == VALUES ? new Counts() : null;
    this.items = form == ITEMS ? new HashMap<>() : null;
  }

  static Amount of(Aggregate aggregate) {
    return new Amount(
        switch (aggregate) {
          case COUNT, SUM, MAX, MIN -> NUMBER;
          case DISTINCT, FRESH, REPEATED, QUANTILE -> VALUES;
          case TOP -> ITEMS;
        });
  }

  void sum(long more) {
    number += more;
    events++;
  }

  void greatest(long value) {
    number = events == 0 ? value : Math.max(number, value);
    events++;
  }

  void least(long value) {
    number = events == 0 ? value : Math.min(number, value);
    events++;
  }

  void value(long value) {
    values.add(value, 1);
    events++;
  }

  void item(String item, long weight) {
    items.merge(item, weight, Long::sum);
    events++;
  }

  long events() {
    return events;
  }

  long number() {
    return number;
  }

  Counts values() {
    return values;
  }

  Map<String, Long> items() {
    return items;
  }

  void pack(Packer out) {
    out.put(form).number(events);
    switch (form) {
      case NUMBER -> out.number(number);
      case VALUES -> values.pack(out);
      default -> {
        out.number(items.size());
        items.forEach((item, weight) -> out.text(item).number(weight));
      }
    }
  }

  static Amount unpack(Unpacker in) {
    byte form = in.get();
    long events = in.number();
    Amount amount = form == VALUES ? new Amount(Counts.unpack(in)) : new Amount(form);
    amount.events = events;
    if (form == NUMBER) {
      amount.number = in.number();
    } else if (form == ITEMS) {
      for (int n = in.count(); n > 0; n--) {
        amount.items.put(in.text(), in.number());
      }
    }
    return amount;
  }

  private Amount(Counts values) {
    this.form = VALUES;
    this.values = values;
    this.items = null;
  }
}
