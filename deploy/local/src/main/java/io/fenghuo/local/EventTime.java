package io.fenghuo.local;

import org.apache.avro.specific.SpecificRecord;

/** The event time of any event a shop writes. */
final class EventTime {

  private EventTime() {}

  /** Milliseconds since 1970-01-01 UTC. */
  static long of(SpecificRecord event) {
    return (Long) event.get(event.getSchema().getField("eventTime").pos());
  }
}
