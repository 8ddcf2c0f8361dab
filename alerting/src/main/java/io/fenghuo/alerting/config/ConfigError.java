package io.fenghuo.alerting.config;

/**
 * A mistake in the routing file.
 *
 * @param line counted from 1, or 0 when it concerns the whole file
 */
public record ConfigError(String file, int line, String message) {

  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + message;
  }
}
