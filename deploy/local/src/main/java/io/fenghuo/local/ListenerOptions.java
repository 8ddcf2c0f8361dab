package io.fenghuo.local;

import io.fenghuo.alerting.api.Access;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say where alerting listens and who may call it. */
final class ListenerOptions {

  private static final String PORT = "--alerting-port";
  private static final String TOKEN_FILE = "--alerting-token-file";
  static final String TOKEN_VARIABLE = "FENGHUO_ALERTING_TOKEN";

  @Option(
      names = PORT,
      paramLabel = "PORT",
      defaultValue = "9093",
      description = "Alerting, for Prometheus and amtool (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--alerting-host",
      paramLabel = "ADDRESS",
      defaultValue = LoopbackPort.HOST,
      description =
          "Where alerting listens (default: ${DEFAULT-VALUE}). Any address that others reach"
              + " needs a token.")
  private String host;

  @Option(
      names = TOKEN_FILE,
      paramLabel = "FILE",
      description =
          "File with the token callers of alerting must bring"
              + " (default: the environment's "
              + TOKEN_VARIABLE
              + ").")
  private Path tokenFile;

  void requireFree() {
    LoopbackPort.requireFree("Alerting", host, port, PORT);
  }

  /** Refuses an address that others reach when there is no token. */
  Access access(Map<String, String> environment) {
    try {
      return new Access(
          host, port, GivenSecret.read(TOKEN_FILE, tokenFile, TOKEN_VARIABLE, environment));
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage("--alerting-host, " + TOKEN_FILE + ": " + wrong.getMessage());
    }
  }
}
