package io.fenghuo.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fenghuo.alerting.config.ConfigException;
import io.fenghuo.alerting.config.RoutingSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Checks a routing file, asks the one in force, and shows what failed. */
@Command(
    name = "alerts",
    description = "Check a routing file, ask which way an alert goes, see what was not delivered.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  ./fenghuo alerts check .data/routing.yml",
      "  ./fenghuo alerts route alertname=PaymentDown severity=critical",
      "  ./fenghuo alerts failed"
    })
final class AlertsCommand implements Runnable {

  @Option(
      names = "--alerting",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:9093",
      scope = ScopeType.INHERIT,
      description = "Where alerting is (default: ${DEFAULT-VALUE}).")
  private String alerting;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "File with the token alerting wants, if it wants one (default: the environment's "
              + ListenerOptions.TOKEN_VARIABLE
              + ").")
  private Path tokenFile;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing: check, route or failed");
  }

  @Command(name = "check", description = "Say what is wrong with a routing file, and where.")
  int check(@Parameters(paramLabel = "FILE") Path file) {
    try {
      RoutingSource.of(file, spec.commandLine().getOut());
    } catch (ConfigException wrong) {
      throw new CommandFailure(wrong.getMessage(), "Mend these lines and check again.", wrong);
    }
    spec.commandLine().getOut().println(file + " is right");
    return 0;
  }

  @Command(
      name = "route",
      description = "Show which route takes an alert, why, and why the others do not.")
  int route(@Parameters(paramLabel = "NAME=VALUE", arity = "1..*") List<String> labels) {
    String query =
        labels.stream()
            .map(
                label -> {
                  int sign = label.indexOf('=');
                  if (sign < 1) {
                    throw CommandFailure.usage(label + " (expected: NAME=VALUE)");
                  }
                  return encode(label.substring(0, sign)) + "=" + encode(label.substring(sign + 1));
                })
            .collect(Collectors.joining("&"));
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode step : get("/api/fenghuo/route?" + query)) {
      out.printf(
          "%s %sline %d %s → %s: %s%n",
          step.path("taken").asBoolean() ? "✔" : " ",
          "  ".repeat(step.path("depth").asInt()),
          step.path("line").asInt(),
          step.path("matchers").asText(),
          step.path("receiver").asText(),
          step.path("why").asText());
    }
    return 0;
  }

  @Command(name = "failed", description = "List notifications that were not delivered.")
  int failed() {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode each : get("/api/fenghuo/notifications?state=failed")) {
      out.printf(
          "%s %s %s %s: %s%n",
          each.path("id").asText(),
          each.path("created_at").asText(),
          each.path("channel").asText(),
          each.path("reason").asText(),
          each.path("answer").asText());
    }
    return 0;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(alerting + path));
    GivenSecret.read("--token-file", tokenFile, ListenerOptions.TOKEN_VARIABLE, System.getenv())
        .ifPresent(token -> request.header("Authorization", "Bearer " + token.reveal()));
    return request.build();
  }

  private JsonNode get(String path) {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request(path), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new CommandFailure(
            alerting + " answers " + response.statusCode() + ": " + response.body(),
            "Is it Fenghuo's alerting that listens there?");
      }
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new CommandFailure(
          "Nobody answers at " + alerting + ".",
          "Start `./fenghuo up`, or give --alerting URL.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted.", "Try again.", e);
    }
  }
}
