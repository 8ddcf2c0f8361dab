package io.fenghuo.rules;

import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;

/**
 * Something that happened in the shop, decoded.
 *
 * <p>Events are ordered by time, and at the same time by id: the order every window, sequence and
 * decision is defined in.
 */
public final class Event implements Comparable<Event> {

  private final EventType type;
  private final String id;
  private final long time;
  private final SpecificRecord record;
  private final byte[] bytes;

  /**
   * @param record the decoded record
   * @param bytes the same in Avro single-object encoding; kept, never changed
   */
  public Event(SpecificRecord record, byte[] bytes) {
    this.type =
        EventType.of(record.getSchema())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        record.getSchema().getName() + " is not an event of the risk path"));
    this.id = Objects.requireNonNull(type.idOf(record), "eventId");
    this.time = type.timeOf(record);
    this.record = record;
    this.bytes = bytes;
  }

  public EventType type() {
    return type;
  }

  public String id() {
    return id;
  }

  /** Milliseconds since 1970-01-01 UTC. */
  public long time() {
    return time;
  }

  public SpecificRecord record() {
    return record;
  }

  /** The event in Avro single-object encoding. */
  public byte[] bytes() {
    return bytes;
  }

  /** The key of the entity of this kind that the event concerns, or null. */
  public String key(EntityKind kind) {
    return type.keyOf(record, kind);
  }

  @Override
  public int compareTo(Event other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : id.compareTo(other.id);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Event event && time == event.time && id.equals(event.id);
  }

  @Override
  public int hashCode() {
    return Objects.hash(time, id);
  }

  @Override
  public String toString() {
    return type.label() + " " + id + " at " + time;
  }
}
