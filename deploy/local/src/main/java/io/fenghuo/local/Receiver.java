package io.fenghuo.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stands in for a robot, an SMS gateway or a webhook, and prints what it would have received. */
@Command(
    name = "receiver",
    description = "Print what a robot, an SMS gateway or a webhook would have received.",
    footer = {
      "",
      "In the routing file, let a channel's endpoint or url begin with http://127.0.0.1:9099",
      "and allow that host: global: { allow_private_hosts: [127.0.0.1] }",
      "",
      "Example:",
      "  ./fenghuo receiver --port 9099"
    })
final class Receiver implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9099",
      description = "Where to listen (default: ${DEFAULT-VALUE}).")
  private int port;

  @Spec private CommandSpec spec;

  private final StopSignal stop;

  Receiver(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws IOException {
    LoopbackPort.requireFree("The receiver", port, "--port");
    PrintWriter out = spec.commandLine().getOut();
    HttpServer server = HttpServer.create(new InetSocketAddress(LoopbackPort.HOST, port), 0);
    server.createContext("/", exchange -> receive(exchange, out));
    server.start();
    out.println("READY receiver=http://" + LoopbackPort.HOST + ":" + port);
    out.flush();
    try {
      while (!stop.requestedWithin(Duration.ofSeconds(1))) {
        // what arrives is printed by the server's thread
      }
    } finally {
      server.stop(0);
    }
    return 0;
  }

  private static void receive(HttpExchange exchange, PrintWriter out) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    out.println(
        "── "
            + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
            + " "
            + exchange.getRequestURI().getPath());
    String read = readable(exchange.getRequestURI().getRawQuery(), body);
    out.println(read.replaceAll("[\\p{Cntrl}&&[^\n]]", " "));
    out.flush();
    // What each kind of provider calls success; none minds the others' fields.
    byte[] answer =
        "{\"errcode\":0,\"errmsg\":\"ok\",\"code\":0,\"Code\":\"OK\",\"BizId\":\"local\"}"
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** The text a person would see, where the request is one we know; else the body. */
  static String readable(String query, String body) {
    Map<String, String> parameters = parameters(query);
    if (parameters.containsKey("TemplateParam")) {
      return "SMS "
          + parameters.get("PhoneNumbers")
          + " 【"
          + parameters.get("SignName")
          + "】"
          + parameters.get("TemplateParam");
    }
    return readable(body);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      int sign = pair.indexOf('=');
      if (sign > 0) {
        parameters.put(
            pair.substring(0, sign),
            URLDecoder.decode(pair.substring(sign + 1), StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }

  private static String readable(String body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      return body;
    }
    if (json == null || !json.isObject()) {
      return body;
    }
    for (String kind : List.of("actionCard", "markdown", "text")) {
      JsonNode message = json.path(kind);
      if (message.isObject()) {
        String text = message.path("text").asText(message.path("content").asText(""));
        String button =
            message.has("singleURL")
                ? "\n[ "
                    + message.path("singleTitle").asText()
                    + " ] "
                    + message.path("singleURL").asText()
                : "";
        return text + button;
      }
    }
    if (json.path("card").isObject()) {
      List<String> lines = new ArrayList<>();
      lines.add(json.path("card").path("header").path("title").path("content").asText());
      for (JsonNode element : json.path("card").path("elements")) {
        lines.add(element.path("content").asText(""));
        for (JsonNode button : element.path("actions")) {
          lines.add(
              "[ "
                  + button.path("text").path("content").asText()
                  + " ] "
                  + button.path("url").asText());
        }
      }
      return String.join("\n", lines).strip();
    }
    if (json.path("alerts").isArray()) {
      List<String> lines = new ArrayList<>();
      lines.add(json.path("status").asText() + " " + json.path("groupKey").asText());
      json.path("alerts")
          .forEach(
              alert ->
                  lines.add(
                      "  "
                          + alert.path("status").asText()
                          + " "
                          + alert.path("labels")
                          + " "
                          + alert.path("annotations")));
      return String.join("\n", lines);
    }
    return body;
  }
}
