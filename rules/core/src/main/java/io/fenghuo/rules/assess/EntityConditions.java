package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** What can be told where one entity's journal is: parts of rule conditions, and sequences. */
public interface EntityConditions extends AutoCloseable {

  /**
   * Adds to {@code holding} the rules whose part for this kind holds.
   *
   * @param record the triggering event
   * @param figures the values of the kind's figures, in their order
   */
  void hold(
      EntityKind kind, EventType type, SpecificRecord record, Object[] figures, long[] holding);

  /**
   * Whether a sequence ends with the last event of the slice.
   *
   * @param figure number of the sequence among its kind's figures
   * @param slice events in order; the last is the triggering event
   * @return the places in the slice of the chosen events, one for each step and time, or null
   */
  int[] match(EntityKind kind, int figure, List<SpecificRecord> slice);

  @Override
  void close();
}
