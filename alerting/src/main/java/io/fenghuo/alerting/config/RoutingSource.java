package io.fenghuo.alerting.config;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The routing in force. A changed file is taken when it is right and refused when it is not; the
 * old one then stays in force, and the complaint can be seen until the file is mended.
 */
public final class RoutingSource implements Supplier<Routing> {

  private final Path file;
  private final PrintWriter console;
  private volatile Routing inForce;
  private volatile String complaint = "";
  private volatile String lastSeen;

  private RoutingSource(Path file, PrintWriter console, String text) {
    this.file = file;
    this.console = console;
    this.lastSeen = text;
    this.inForce = RoutingFile.read(name(file), text, console);
  }

  /**
   * @throws ConfigException when the file is not right
   */
  public static RoutingSource of(Path file, PrintWriter console) {
    return new RoutingSource(file, console, text(file));
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? file.toString() : name.toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          List.of(new ConfigError(file.toString(), 0, "cannot be read: " + e.getMessage())));
    }
  }

  @Override
  public Routing get() {
    return inForce;
  }

  /** Why the file as it is now is not in force, or empty. */
  public Optional<String> complaint() {
    return complaint.isEmpty() ? Optional.empty() : Optional.of(complaint);
  }

  /**
   * Reads the file anew.
   *
   * @throws ConfigException when it is not right; what was in force stays
   */
  public synchronized void reload() {
    try {
      String text = text(file);
      lastSeen = text;
      inForce = RoutingFile.read(name(file), text, console);
      complaint = "";
    } catch (ConfigException wrong) {
      complaint = wrong.getMessage();
      throw wrong;
    }
  }

  /** Reads the file anew if it has changed; true when another routing is in force now. */
  public boolean follow() {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      return false; // an editor may be replacing it at this moment
    }
    if (text.equals(lastSeen)) {
      return false;
    }
    reload();
    return true;
  }
}
