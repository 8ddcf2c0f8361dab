package io.fenghuo.rules.definition;

/**
 * Something wrong in a definition, for its author.
 *
 * @param line from 1; 0 when it is the file as a whole
 */
public record RuleError(String file, int line, String message) {

  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + message;
  }
}
