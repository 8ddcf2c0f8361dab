package io.fenghuo.rules.journal;

import io.fenghuo.rules.EventType;

/**
 * One event in an entity's journal.
 *
 * @param bits the filters of the entity's kind that it matches
 * @param columns its values for the kind's features, in the order of its type's columns
 * @param bytes the whole event in Avro single-object encoding
 */
public record Entry(
    EventType type, String id, long time, long bits, Object[] columns, byte[] bytes) {

  /** Order of events: by time, then by id. */
  int compareTo(long otherTime, String otherId) {
    int byTime = Long.compare(time, otherTime);
    return byTime != 0 ? byTime : id.compareTo(otherId);
  }
}
