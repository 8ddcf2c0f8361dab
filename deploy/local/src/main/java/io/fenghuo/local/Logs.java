package io.fenghuo.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.logging.log4j.core.config.Configurator;

/** Where the log goes: to the terminal only what a person must see, to a file everything. */
final class Logs {

  private Logs() {}

  /** From now on also writes {@code fenghuo.log} in that folder, a new one each day or 50 MB. */
  static Path toFile(Path folder) {
    System.setProperty("fenghuo.logs", folder.toString());
    Path file = folder.resolve("fenghuo.log");
    // Flink's web page looks here for the log it shows.
    System.setProperty("log.file", file.toString());
    try {
      URI settings = Logs.class.getResource("/log4j2-up.xml").toURI();
      Configurator.reconfigure(settings);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return file;
  }
}
