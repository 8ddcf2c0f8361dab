package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * An event on its way to one entity it concerns; or, with {@code type} null, an entry of a list
 * about the entity.
 *
 * @param bytes the event (or list entry) in Avro single-object encoding
 * @param bits the filters of this kind that it matches
 * @param columns its values for the kind's features
 * @param rules the rules to test at this entity; null when it is only to be remembered
 * @param group where its findings come together: the order, or the event itself
 * @param expected the kinds of entity whose findings are awaited, as bits of their ordinals; 0 when
 *     whoever has something to say speaks alone
 * @param undecided rules that only all findings together can settle; in the head only, else null
 * @param head whether this entity sends the event itself along
 */
public record Visit(
    EntityKind kind,
    String key,
    EventType type,
    String eventId,
    long time,
    byte[] bytes,
    long bits,
    Object[] columns,
    long[] rules,
    String group,
    int expected,
    long[] undecided,
    boolean head) {

  private static final EntityKind[] KINDS = EntityKind.values();

  /** An entry of a list, for the entity it speaks of. */
  public static Visit ofListEntry(EntityKind kind, String key, byte[] bytes) {
    return new Visit(kind, key, null, "", 0, bytes, 0, null, null, null, 0, null, false);
  }

  /** The key of the entity among all kinds. */
  public String entity() {
    return kind.label() + ":" + key;
  }

  public void pack(Packer out) {
    out.put((byte) kind.ordinal()).text(key).put((byte) (type == null ? -1 : type.ordinal()));
    out.blob(bytes);
    if (type == null) {
      return;
    }
    out.text(eventId).number(time).word(bits).values(columns);
    out.put((byte) ((rules != null ? 1 : 0) | (undecided != null ? 2 : 0) | (head ? 4 : 0)));
    if (rules != null) {
      out.words(rules);
    }
    if (undecided != null) {
      out.words(undecided);
    }
    out.text(group).number(expected);
  }

  public static Visit unpack(Unpacker in) {
    EntityKind kind = KINDS[in.get()];
    String key = in.text();
    int type = in.get();
    byte[] bytes = in.blob();
    if (type < 0) {
      return ofListEntry(kind, key, bytes);
    }
    String eventId = in.text();
    long time = in.number();
    long bits = in.word();
    Object[] columns = in.values();
    int flags = in.get();
    long[] rules = (flags & 1) != 0 ? in.words() : null;
    long[] undecided = (flags & 2) != 0 ? in.words() : null;
    String group = in.text();
    int expected = in.count();
    return new Visit(
        kind,
        key,
        EventType.at(type),
        eventId,
        time,
        bytes,
        bits,
        columns,
        rules,
        group,
        expected,
        undecided,
        (flags & 4) != 0);
  }
}
