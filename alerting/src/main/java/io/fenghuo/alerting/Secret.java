package io.fenghuo.alerting;

import java.util.Objects;

/** A value that prints as {@code ***}: tokens, keys, passwords. */
public final class Secret {

  private final String value;

  public Secret(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /** The value itself, for the one line that needs it. */
  public String reveal() {
    return value;
  }

  /** The text without this secret, for answers of providers that repeat what they were sent. */
  public String hideIn(String text) {
    return value.isEmpty() ? text : text.replace(value, "***");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
