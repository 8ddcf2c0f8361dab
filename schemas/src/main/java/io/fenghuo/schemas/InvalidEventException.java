package io.fenghuo.schemas;

/**
 * JSON or a map that is not an event. The message names the field, its value and what was expected.
 */
public final class InvalidEventException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String path;

  InvalidEventException(String path, String message) {
    super(path + ": " + message);
    this.path = path;
  }

  /** The field at fault, such as {@code items[0].price}; the record's name for the whole of it. */
  public String path() {
    return path;
  }
}
