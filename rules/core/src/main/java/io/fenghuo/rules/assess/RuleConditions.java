package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType;
import org.apache.avro.specific.SpecificRecord;

/** Whole rule conditions, tested where all figures of an event are together. */
public interface RuleConditions extends AutoCloseable {

  /**
   * Adds to {@code holding} the rules whose condition holds.
   *
   * @param figures by kind of entity; null for a kind the event does not concern
   */
  void hold(EventType type, SpecificRecord record, Object[][] figures, long[] holding);

  @Override
  void close();
}
