package io.fenghuo.rules.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes values one after the other into a growing array. Not thread-safe; reusable after {@link
 * #reset}.
 */
public final class Packer {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[512];
  private int size;

  public void reset() {
    size = 0;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  public Packer put(byte value) {
    room(1);
    bytes[size++] = value;
    return this;
  }

  public Packer truth(boolean value) {
    return put((byte) (value ? 1 : 0));
  }

  /** A whole number in as few bytes as it needs; small magnitudes of either sign are short. */
  public Packer number(long value) {
    room(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** Eight bytes, for bit sets and doubles. */
  public Packer word(long value) {
    room(8);
    LONG.set(bytes, size, value);
    size += 8;
    return this;
  }

  /** A double in eight bytes. */
  public Packer real(double value) {
    return word(Double.doubleToRawLongBits(value));
  }

  public Packer words(long[] values) {
    number(values.length);
    for (long value : values) {
      word(value);
    }
    return this;
  }

  /** Bytes with their length; null is kept apart from empty. */
  public Packer blob(byte[] value) {
    if (value == null) {
      return number(-1);
    }
    return blob(value, 0, value.length);
  }

  /** A part of an array, as {@link #blob(byte[])} writes a whole one. */
  Packer blob(byte[] value, int from, int length) {
    number(length);
    room(length);
    System.arraycopy(value, from, bytes, size, length);
    size += length;
    return this;
  }

  /** A text, or null. */
  public Packer text(String value) {
    if (value == null) {
      return number(-1);
    }
    int length = value.length();
    room(length + 10);
    int start = size;
    number(length);
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        // Not ASCII after all: the length in bytes is another one.
        size = start;
        return blob(value.getBytes(StandardCharsets.UTF_8));
      }
      bytes[at++] = (byte) c;
    }
    size = at;
    return this;
  }

  /** A value of the rule language: null, Long, Double, Boolean or String. */
  public Packer value(Object value) {
    if (value == null) {
      return put((byte) 0);
    } else if (value instanceof Long whole) {
      return put((byte) 1).number(whole);
    } else if (value instanceof Double real) {
      return put((byte) 2).word(Double.doubleToRawLongBits(real));
    } else if (value instanceof Boolean truth) {
      return put((byte) (truth ? 3 : 4));
    } else if (value instanceof String text) {
      return put((byte) 5).text(text);
    }
    throw new IllegalArgumentException(value.getClass() + " is no value of the rule language");
  }

  /** Values with their number; null is kept apart from none. */
  public Packer values(Object[] values) {
    if (values == null) {
      return number(-1);
    }
    number(values.length);
    for (Object value : values) {
      value(value);
    }
    return this;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** The array being written to; valid up to {@link #size} until the next write. */
  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }
}
