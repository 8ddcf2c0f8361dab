package io.fenghuo.pipelines;

import io.fenghuo.rules.Event;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.ListEntry;

/**
 * A Kafka record after decoding: an event, an entry of a list, or a dead letter. Exactly one is not
 * null.
 */
record Arrival(Event event, ListEntry entry, DeadLetter dead) {

  static Arrival of(Event event) {
    return new Arrival(event, null, null);
  }

  static Arrival of(ListEntry entry) {
    return new Arrival(null, entry, null);
  }

  static Arrival of(DeadLetter dead) {
    return new Arrival(null, null, dead);
  }
}
