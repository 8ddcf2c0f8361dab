package io.fenghuo.rules.journal;

import io.fenghuo.rules.EventType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One event in an entity's journal.
 *
 * <p>It lives in its packed form: from the moment it is extracted, through the network, into the
 * journal and its state, it is copied as bytes and never taken apart as a whole. What is looked at
 * is read out when it is first looked at. Read from a message or from state, it is a view of those
 * bytes, which must not be changed.
 */
public final class Entry {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int TIME = 1;
  private static final int BITS = 9;
  private static final int ID = 17;
  private static final ThreadLocal<Packer> PACKER = ThreadLocal.withInitial(Packer::new);

  private final byte[] packed;
  private final int at;
  private final int length;
  private final EventType type;
  private final long time;
  private String id;
  private Object[] columns;

  /**
   * Packs an event.
   *
   * @param bits the filters of the entity's kind that it matches
   * @param columns its values for the kind's features, in the order of its type's columns
   * @param bytes the whole event in Avro single-object encoding
   */
  public Entry(EventType type, String id, long time, long bits, Object[] columns, byte[] bytes) {
    Packer out = PACKER.get();
    out.reset();
    out.put((byte) type.ordinal()).word(time).word(bits).text(id).values(columns).blob(bytes);
    this.packed = out.toBytes();
    this.at = 0;
    this.length = packed.length;
    this.type = type;
    this.time = time;
    this.id = id;
    this.columns = columns;
  }

  private Entry(byte[] packed, int at, int length) {
    this.packed = packed;
    this.at = at;
    this.length = length;
    this.type = EventType.at(packed[at]);
    this.time = (long) LONG.get(packed, at + TIME);
  }

  public void pack(Packer out) {
    out.blob(packed, at, length);
  }

  /** A view of what comes next. */
  public static Entry unpack(Unpacker in) {
    int length = in.count();
    return new Entry(in.array(), in.skip(length), length);
  }

  /**
   * The same entry by itself, without the message it came in: what is kept for long should not keep
   * more than itself.
   */
  Entry alone() {
    return new Entry(Arrays.copyOfRange(packed, at, at + length), 0, length);
  }

  public EventType type() {
    return type;
  }

  public long time() {
    return time;
  }

  /** The filters of the entity's kind that it matches. */
  public long bits() {
    return (long) LONG.get(packed, at + BITS);
  }

  public String id() {
    if (id == null) {
      id = new Unpacker(packed, at + ID).text();
    }
    return id;
  }

  /** Its values for the kind's features, in the order of its type's columns. */
  public Object[] columns() {
    if (columns == null) {
      Unpacker in = new Unpacker(packed, at + ID);
      in.skipBlob();
      columns = in.values();
    }
    return columns;
  }

  /** The whole event in Avro single-object encoding. */
  public byte[] bytes() {
    Unpacker in = new Unpacker(packed, at + ID);
    in.skipBlob();
    in.skipValues();
    return in.blob();
  }

  /** Order of events: by time, then by id. */
  int compareTo(Entry other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : id().compareTo(other.id());
  }
}
