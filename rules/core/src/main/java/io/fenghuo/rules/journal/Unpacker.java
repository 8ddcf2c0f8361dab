package io.fenghuo.rules.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link Packer} wrote, in the same order. */
public final class Unpacker {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final Object[] NO_VALUES = {};

  private final byte[] bytes;
  private int at;

  public Unpacker(byte[] bytes) {
    this(bytes, 0);
  }

  /** Reads from a place on. */
  Unpacker(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  public boolean atEnd() {
    return at == bytes.length;
  }

  /** The bytes being read. */
  byte[] array() {
    return bytes;
  }

  /** Passes over so many bytes; gives where they begin. */
  int skip(int length) {
    at += length;
    return at - length;
  }

  public byte get() {
    return bytes[at++];
  }

  public boolean truth() {
    return get() != 0;
  }

  public long number() {
    long rest = 0;
    int shift = 0;
    byte b;
    do {
      b = bytes[at++];
      rest |= (long) (b & 0x7F) << shift;
      shift += 7;
    } while (b < 0);
    return (rest >>> 1) ^ -(rest & 1);
  }

  public int count() {
    return (int) number();
  }

  public long word() {
    at += Long.BYTES;
    return (long) LONG.get(bytes, at - Long.BYTES);
  }

  public double real() {
    return Double.longBitsToDouble(word());
  }

  public long[] words() {
    long[] values = new long[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = word();
    }
    return values;
  }

  public byte[] blob() {
    int length = count();
    if (length < 0) {
      return null;
    }
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  void skipBlob() {
    int length = count();
    at += Math.max(0, length);
  }

  void skipValues() {
    for (int n = count(); n > 0; n--) {
      switch (get()) {
        case 1 -> number();
        case 2 -> at += Long.BYTES;
        case 5 -> skipBlob();
        default -> {
          // Null and the truths have nothing behind their tag.
        }
      }
    }
  }

  public String text() {
    int length = count();
    if (length < 0) {
      return null;
    }
    at += length;
    return new String(bytes, at - length, length, StandardCharsets.UTF_8);
  }

  public Object value() {
    byte tag = get();
    return switch (tag) {
      case 0 -> null;
      case 1 -> number();
      case 2 -> Double.longBitsToDouble(word());
      case 3 -> Boolean.TRUE;
      case 4 -> Boolean.FALSE;
      case 5 -> text();
      default -> throw new IllegalStateException("value tag " + tag);
    };
  }

  public Object[] values() {
    int length = count();
    if (length <= 0) {
      return length < 0 ? null : NO_VALUES;
    }
    Object[] values = new Object[length];
    for (int i = 0; i < length; i++) {
      values[i] = value();
    }
    return values;
  }
}
