package io.fenghuo.alerting;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A provider on a real port: keeps what it is sent and answers what the test says. */
final class FakeProvider implements AutoCloseable {

  /** What it was sent, and when by the test's clock. */
  record Received(Instant at, URI uri, Map<String, List<String>> headers, String body) {
    JsonNode json() {
      return Json.tree(body);
    }

    String header(String name) {
      return headers.getOrDefault(name, List.of("")).get(0);
    }
  }

  /** An answer; status 0 hangs up without one. */
  record Reply(int status, String body, Map<String, String> headers) {
    static Reply ok(String body) {
      return new Reply(200, body, Map.of());
    }

    static Reply status(int status) {
      return new Reply(status, "", Map.of());
    }
  }

  private final HttpServer server;
  private final InstantSource clock;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Function<Received, Reply> answers =
      request -> Reply.ok("{\"errcode\":0,\"errmsg\":\"ok\",\"code\":0,\"Code\":\"OK\"}");

  FakeProvider(InstantSource clock) {
    this.clock = clock;
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "fake-provider");
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Received request =
        new Received(
            clock.instant(),
            exchange.getRequestURI(),
            Map.copyOf(exchange.getRequestHeaders()),
            body);
    received.add(request);
    Reply reply = answers.apply(request);
    if (reply.status() == 0) {
      exchange.close();
      return;
    }
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  FakeProvider answering(Function<Received, Reply> newAnswers) {
    answers = newAnswers;
    return this;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Received> received() {
    return new ArrayList<>(received);
  }

  /** What came since the last call. */
  List<Received> take() {
    List<Received> all = received();
    received.removeAll(all);
    return all;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
