package io.fenghuo.rules;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A kind of thing that events are about, and the event field that holds its key. */
public enum EntityKind {
  USER("userId"),
  DEVICE("deviceId"),
  IP("ip"),
  ACCOUNT("accountToken"),
  ADDRESS("addressToken"),
  PRODUCT("productId"),
  ORDER("orderId");

  private final String keyField;
  private final String label = name().toLowerCase(Locale.ROOT);

  EntityKind(String keyField) {
    this.keyField = keyField;
  }

  /** The event field that holds the key, for example {@code userId}. */
  public String keyField() {
    return keyField;
  }

  /** The name rules use, for example {@code user}. */
  public String label() {
    return label;
  }

  public static Optional<EntityKind> ofLabel(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }

  public static Optional<EntityKind> ofKeyField(String field) {
    return Arrays.stream(values()).filter(kind -> kind.keyField.equals(field)).findFirst();
  }
}
