package io.fenghuo.local;

import io.fenghuo.alerting.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A secret as a command is given it: in a file or in the environment, never among its arguments,
 * where everybody on the machine could read it.
 */
final class GivenSecret {

  private GivenSecret() {}

  /**
   * Reads it; the file goes before the environment.
   *
   * @param option that named the file
   * @param file or null
   * @param variable of the environment
   */
  static Optional<Secret> read(
      String option, Path file, String variable, Map<String, String> environment) {
    if (file == null) {
      return Optional.ofNullable(environment.get(variable))
          .filter(text -> !text.isBlank())
          .map(text -> new Secret(text.strip()));
    }
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailure(
          option + ": " + file + " cannot be read: " + e.getClass().getSimpleName() + ".",
          "Give a file that holds nothing else.",
          e);
    }
    if (text.isEmpty()) {
      throw new CommandFailure(
          option + ": " + file + " is empty.", "Give a file that holds nothing else.");
    }
    return Optional.of(new Secret(text));
  }
}
