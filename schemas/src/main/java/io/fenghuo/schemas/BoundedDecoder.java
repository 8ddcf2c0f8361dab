package io.fenghuo.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary encoding out of a byte array, trusting nothing: a length is compared with the bytes
 * that are left before anything is allocated, and a record cannot have more array and map entries
 * than bytes. Avro's own decoder allows 2 GiB for either and leaves narrower limits to system
 * properties, which a library must not set.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro: binary
 *     encoding</a>
 */
final class BoundedDecoder extends Decoder {
  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private long entriesLeft;

  /** Starts reading {@code bytes} from {@code start} to their end. */
  void reset(byte[] bytes, int start) {
    this.bytes = bytes;
    this.position = start;
    this.end = bytes.length;
    this.entriesLeft = (long) bytes.length - start;
  }

  int remaining() {
    return end - position;
  }

  /** Lets go of the bytes, which the caller owns. */
  void clear() {
    reset(new byte[0], 0);
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    int value = bytes[advance(1, "a boolean")];
    if ((value & ~1) != 0) {
      throw malformed("boolean " + value + " (expected 0 or 1)");
    }
    return value == 1;
  }

  @Override
  public int readInt() throws IOException {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = bytes[advance(1, "an int")];
      // The fifth byte has room for the top 4 of 32 bits.
      if (shift == 28 && (next & 0xF0) != 0) {
        break;
      }
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw malformed("an int of more than 32 bits");
  }

  @Override
  public long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int next = bytes[advance(1, "a long")];
      // The tenth byte has room for the top 1 of 64 bits.
      if (shift == 63 && (next & 0xFE) != 0) {
        break;
      }
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw malformed("a long of more than 64 bits");
  }

  @Override
  public float readFloat() throws IOException {
    int at = advance(Float.BYTES, "a float");
    int bits = 0;
    for (int i = Float.BYTES - 1; i >= 0; i--) {
      bits = bits << 8 | bytes[at + i] & 0xFF;
    }
    return Float.intBitsToFloat(bits);
  }

  @Override
  public double readDouble() throws IOException {
    int at = advance(Double.BYTES, "a double");
    long bits = 0;
    for (int i = Double.BYTES - 1; i >= 0; i--) {
      bits = bits << 8 | bytes[at + i] & 0xFF;
    }
    return Double.longBitsToDouble(bits);
  }

  @Override
  public Utf8 readString(Utf8 old) throws IOException {
    return new Utf8(readString());
  }

  @Override
  public String readString() throws IOException {
    int length = readLength("a string");
    int at = advance(length, "a string");
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    // Java puts U+FFFD in the place of bytes that are not UTF-8. Two different broken ids would
    // become one, so broken text is refused. The search is free for the usual Latin-1 string.
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(
            text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, at, at + length))) {
      throw malformed("a string that is not UTF-8");
    }
    return text;
  }

  @Override
  public void skipString() throws IOException {
    advance(readLength("a string"), "a string");
  }

  @Override
  public ByteBuffer readBytes(ByteBuffer old) throws IOException {
    int length = readLength("bytes");
    int at = advance(length, "bytes");
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + length));
  }

  @Override
  public void skipBytes() throws IOException {
    advance(readLength("bytes"), "bytes");
  }

  @Override
  public void readFixed(byte[] target, int start, int length) throws IOException {
    int at = advance(length, "a fixed");
    System.arraycopy(bytes, at, target, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    advance(length, "a fixed");
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    return readBlock();
  }

  @Override
  public long arrayNext() throws IOException {
    return readBlock();
  }

  @Override
  public long skipArray() throws IOException {
    return skipBlocks();
  }

  @Override
  public long readMapStart() throws IOException {
    return readBlock();
  }

  @Override
  public long mapNext() throws IOException {
    return readBlock();
  }

  @Override
  public long skipMap() throws IOException {
    return skipBlocks();
  }

  private long readBlock() throws IOException {
    long count = readLong();
    if (count < 0) {
      // A negative count says that the block's size in bytes follows.
      count = -count;
      checkLength(readLong(), "a block");
    }
    return entries(count);
  }

  /** Skips the blocks that give their size; returns the entry count of one that does not, or 0. */
  private long skipBlocks() throws IOException {
    long count = readLong();
    while (count < 0) {
      advance(checkLength(readLong(), "a block"), "a block");
      count = readLong();
    }
    return entries(count);
  }

  private long entries(long count) throws IOException {
    // count is negative here only for Long.MIN_VALUE, which has no positive counterpart.
    if (count < 0 || count > remaining() || count > entriesLeft) {
      throw malformed("a block of " + Long.toUnsignedString(count) + " entries where " + left());
    }
    entriesLeft -= count;
    return count;
  }

  private int readLength(String what) throws IOException {
    return checkLength(readLong(), what);
  }

  private int checkLength(long length, String what) throws IOException {
    if (length < 0 || length > remaining()) {
      throw malformed(what + " of " + length + " bytes where " + left());
    }
    return (int) length;
  }

  /** Moves past {@code length} bytes and returns where they start. */
  private int advance(int length, String what) throws IOException {
    int at = position;
    if (length > end - at) {
      throw malformed("the bytes end in the middle of " + what);
    }
    position = at + length;
    return at;
  }

  private String left() {
    return remaining() == 1 ? "1 byte is left" : remaining() + " bytes are left";
  }

  private IOException malformed(String what) {
    return new MalformedException(what + ", at byte " + position + " of " + end);
  }

  /** Without the stack trace, which would make a bad record dearer than a good one. */
  private static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
