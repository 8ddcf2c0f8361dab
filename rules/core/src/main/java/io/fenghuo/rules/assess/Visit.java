package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * An event on its way to one entity it concerns; or, with {@code entry} null, an entry of a list
 * about the entity.
 *
 * @param entity kind and key in one: {@code user:u1}
 * @param entry the event as the entity's journal will hold it
 * @param listEntry an entry of a list in Avro single-object encoding, or null
 * @param rules the rules to test at this entity; null when it is only to be remembered
 * @param order the order whose findings come together, or null for an event of no order
 * @param expected the kinds of entity whose findings are awaited, as bits of their ordinals; 0 when
 *     whoever has something to say speaks alone
 * @param undecided rules that only all findings together can settle; in the head only, else null
 * @param head whether this entity sends the event itself along
 */
public record Visit(
    EntityKind kind,
    String entity,
    Entry entry,
    byte[] listEntry,
    long[] rules,
    String order,
    int expected,
    long[] undecided,
    boolean head) {

  private static final EntityKind[] KINDS = EntityKind.values();

  /** An event, for an entity it concerns. */
  public static Visit of(
      EntityKind kind,
      String key,
      Entry entry,
      long[] rules,
      String order,
      int expected,
      long[] undecided,
      boolean head) {
    return new Visit(kind, entity(kind, key), entry, null, rules, order, expected, undecided, head);
  }

  /** An entry of a list, for the entity it speaks of. */
  public static Visit ofListEntry(EntityKind kind, String key, byte[] bytes) {
    return new Visit(kind, entity(kind, key), null, bytes, null, null, 0, null, false);
  }

  /** The same with the event as another layout of the journal holds it. */
  Visit with(Entry other) {
    return new Visit(kind, entity, other, listEntry, rules, order, expected, undecided, head);
  }

  /** Kind and key in one. */
  public static String entity(EntityKind kind, String key) {
    return kind.label() + ":" + key;
  }

  /** The kind of such an entity. */
  public static EntityKind kindOf(String entity) {
    for (EntityKind kind : KINDS) {
      String label = kind.label();
      if (entity.startsWith(label) && entity.charAt(label.length()) == ':') {
        return kind;
      }
    }
    throw new IllegalArgumentException(entity + " (expected: kind:key)");
  }

  /** The key of such an entity. */
  public static String keyOf(String entity) {
    return entity.substring(entity.indexOf(':') + 1);
  }

  /** Where its findings come together: the order, or the event itself. */
  public String group() {
    return order != null ? order : "event:" + eventId();
  }

  public String key() {
    return keyOf(entity);
  }

  /** Null for an entry of a list. */
  public EventType type() {
    return entry == null ? null : entry.type();
  }

  public String eventId() {
    return entry.id();
  }

  public long time() {
    return entry.time();
  }

  public void pack(Packer out) {
    out.put((byte) kind.ordinal()).text(entity);
    out.put(
        (byte)
            ((entry != null ? 1 : 0)
                | (rules != null ? 2 : 0)
                | (undecided != null ? 4 : 0)
                | (head ? 8 : 0)));
    if (entry != null) {
      entry.pack(out);
    } else {
      out.blob(listEntry);
    }
    if (rules != null) {
      out.words(rules);
    }
    if (undecided != null) {
      out.words(undecided);
    }
    out.text(order).number(expected);
  }

  public static Visit unpack(Unpacker in) {
    EntityKind kind = KINDS[in.get()];
    String entity = in.text();
    int flags = in.get();
    boolean event = (flags & 1) != 0;
    Entry entry = event ? Entry.unpack(in) : null;
    byte[] listEntry = event ? null : in.blob();
    long[] rules = (flags & 2) != 0 ? in.words() : null;
    long[] undecided = (flags & 4) != 0 ? in.words() : null;
    String order = in.text();
    int expected = in.count();
    return new Visit(
        kind, entity, entry, listEntry, rules, order, expected, undecided, (flags & 8) != 0);
  }
}
