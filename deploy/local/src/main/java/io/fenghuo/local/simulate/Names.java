package io.fenghuo.local.simulate;

import java.nio.charset.StandardCharsets;

/**
 * Numbers as short texts of fixed length, so that they sort as the numbers do. No text holds more
 * than ten characters in a row, so none can be taken for a phone number.
 */
final class Names {

  private static final byte[] DIGITS =
      "0123456789abcdefghjkmnpqrstvwxyz".getBytes(StandardCharsets.ISO_8859_1);

  private Names() {}

  /** The lowest {@code 5 × length} bits of the value after the prefix. */
  static String of(String prefix, long value, int length) {
    int start = prefix.length();
    byte[] text = new byte[start + length];
    for (int i = 0; i < start; i++) {
      text[i] = (byte) prefix.charAt(i);
    }
    long rest = value;
    for (int i = text.length - 1; i >= start; i--) {
      text[i] = DIGITS[(int) (rest & 31)];
      rest >>>= 5;
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
