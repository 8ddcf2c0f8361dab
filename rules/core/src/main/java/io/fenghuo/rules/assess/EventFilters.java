package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType;
import org.apache.avro.specific.SpecificRecord;

/** The plan's distinct filters, tested on an event alone. */
public interface EventFilters extends AutoCloseable {

  /** Adds the numbers of the filters that the event matches to {@code matching}. */
  void match(EventType type, SpecificRecord record, long[] matching);

  @Override
  void close();
}
