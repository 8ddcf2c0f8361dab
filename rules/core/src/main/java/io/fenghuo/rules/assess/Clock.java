package io.fenghuo.rules.assess;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * A deadline that runs.
 *
 * @param rule id of the deadline's rule
 * @param start event time of the event that started it, milliseconds
 * @param due when it must have ended, milliseconds
 * @param event the starting event's bytes
 */
record Clock(String rule, long start, long due, byte[] event) {

  void pack(Packer out) {
    out.text(rule).number(start).number(due).blob(event);
  }

  static Clock unpack(Unpacker in) {
    return new Clock(in.text(), in.number(), in.number(), in.blob());
  }
}
