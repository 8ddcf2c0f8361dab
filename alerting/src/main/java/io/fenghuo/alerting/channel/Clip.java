package io.fenghuo.alerting.channel;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Makes a message fit a provider's limit in bytes without cutting a character in two. */
final class Clip {

  private static final String ELLIPSIS = "\n\n…";

  private Clip() {}

  /**
   * The body with as much of the text as fits.
   *
   * @param body makes the whole body of a text; longer for a longer text
   * @param most bytes of the body in UTF-8
   */
  static byte[] fit(String text, Function<String, String> body, int most) {
    byte[] whole = bytes(body.apply(text));
    int length = text.length();
    while (whole.length > most && length > 0) {
      // What is too much in bytes is at least a sixth of it in characters, escapes included.
      length -= Math.max(1, (whole.length - most) / 6);
      length = Math.max(0, length);
      if (length > 0 && Character.isHighSurrogate(text.charAt(length - 1))) {
        length--;
      }
      whole = bytes(body.apply(text.substring(0, length) + ELLIPSIS));
    }
    return whole;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
