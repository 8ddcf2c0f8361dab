package io.fenghuo.local;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a file one by one, empty ones left out. Unlike a BufferedReader it goes on after a line
 * that is not UTF-8, and a file without line ends does not fill the memory.
 */
final class JsonLines implements AutoCloseable {

  /** Twice the longest event with room for JSON's names and quotes. */
  static final int MAX_BYTES = 4 << 20;

  /**
   * One line.
   *
   * @param number counted from 1, empty lines included
   * @param text its text, or null when it has a fault
   * @param fault why it has no text, or null
   */
  record Line(long number, String text, String fault) {}

  private final InputStream in;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private long number;

  JsonLines(InputStream in) {
    this.in = new BufferedInputStream(in, 64 << 10);
  }

  /** The next line that is not empty, or null at the end. */
  Line next() throws IOException {
    while (true) {
      bytes.reset();
      long length = 0;
      int b;
      while ((b = in.read()) != -1 && b != '\n') {
        length++;
        if (length <= MAX_BYTES) {
          bytes.write(b);
        }
      }
      if (b == -1 && length == 0) {
        return null;
      }
      number++;
      Line line = line(length);
      if (line.fault() != null || !line.text().isBlank()) {
        return line;
      }
    }
  }

  private Line line(long length) {
    if (length > MAX_BYTES) {
      return new Line(
          number, null, "a line of " + length + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(bytes.toByteArray());
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      // Editors on Windows begin a file with a byte order mark.
      boolean marked = number == 1 && text.startsWith("\uFEFF");
      return new Line(number, marked ? text.substring(1) : text, null);
    } catch (CharacterCodingException e) {
      return new Line(number, null, "not UTF-8");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
