package io.fenghuo.rules.assess;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;

/**
 * An entity's place on one list.
 *
 * @param from first event time at which it holds, milliseconds
 * @param until first event time at which it holds no more, milliseconds; Long.MAX_VALUE for good
 */
record ListStanding(ListKind list, long from, long until, String reason) {

  static ListStanding of(ListEntry entry) {
    return new ListStanding(
        entry.getList(),
        entry.getFrom(),
        entry.getUntil() == null ? Long.MAX_VALUE : entry.getUntil(),
        entry.getReason());
  }

  boolean holdsAt(long time) {
    return from <= time && time < until;
  }

  void pack(Packer out) {
    out.put((byte) list.ordinal()).number(from).number(until).text(reason);
  }

  static ListStanding unpack(Unpacker in) {
    return new ListStanding(ListKind.values()[in.get()], in.number(), in.number(), in.text());
  }
}
