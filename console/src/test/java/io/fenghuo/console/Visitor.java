package io.fenghuo.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fenghuo.alerting.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

/** Somebody with a browser: keeps cookies and sends the CSRF token. */
final class Visitor {

  private final String address;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager())
          .build();
  private final Map<String, String> headers = new HashMap<>();

  Visitor(String address) {
    this.address = address;
  }

  record Answer(int status, JsonNode json, HttpResponse<String> raw) {
    String code() {
      return json.path("code").asText();
    }
  }

  Visitor with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  Visitor without(String header) {
    headers.remove(header);
    return this;
  }

  Answer get(String path) {
    return send("GET", path, null);
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  Answer put(String path, String body) {
    return send("PUT", path, body);
  }

  Answer delete(String path) {
    return send("DELETE", path, null);
  }

  /** Goes to an address as a browser does; a redirect is not followed. */
  Answer go(String url) {
    return send("GET", url, null);
  }

  Answer send(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(path.startsWith("http") ? path : address + "/api/v1" + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      boolean isJson =
          answer.headers().firstValue("Content-Type").orElse("").contains("json")
              && !answer.body().isEmpty();
      return new Answer(
          answer.statusCode(),
          isJson ? Json.tree(answer.body()) : MissingNode.getInstance(),
          answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The password everybody has chosen. */
  static final String OWN = "my own password";

  Visitor signIn(String name, String password) {
    Answer answer = post("/session", "{'name':'" + name + "','password':'" + password + "'}");
    if (answer.status() != 200) {
      throw new AssertionError(answer.raw().body());
    }
    return with("X-CSRF-Token", answer.json().path("csrf").asText());
  }
}
