package io.fenghuo.schemas;

/**
 * The registry is down, or refuses to serve us. Says nothing about the record at hand, which must
 * therefore be tried again later and not be dead-lettered.
 */
public final class SchemaRegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the registry and what it answered. */
  public SchemaRegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
