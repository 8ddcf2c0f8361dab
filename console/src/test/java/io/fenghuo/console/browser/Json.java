package io.fenghuo.console.browser;

import java.util.LinkedHashMap;
import java.util.Map;

/** Objects as the interface writes them, in few words. */
final class Json {
  private Json() {}

  /** An object of names and values in turn; unlike {@link Map#of} it may hold nulls. */
  static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  static Map<String, Object> text(String zh, String en) {
    return object("zh", zh, "en", en);
  }
}
