package io.fenghuo.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * A schema registry that speaks Confluent's protocol, as Karapace and Apicurio also do.
 *
 * <p>What it answers is kept for good, since a number's schema never changes; that a number is
 * unknown is kept for half a minute, so that a flood of foreign records does not become a flood of
 * requests. A timeout, a broken connection, 429 and 5xx are tried again with growing pauses, and
 * then thrown as {@link SchemaRegistryException}. Thread-safe. Never prints the password, and never
 * follows a redirect, which could carry it elsewhere.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema
 *     Registry API</a>
 */
public final class HttpSchemaRegistry implements SchemaRegistry {
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration DEFAULT_PAUSE = Duration.ofMillis(200);
  private static final int ATTEMPTS = 4;
  private static final long UNKNOWN_FOR_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int MOST_UNKNOWN = 1000;

  /** The registry's own code for "schema not found", beside the 404 that any server may give. */
  private static final int SCHEMA_NOT_FOUND = 40403;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final String authorization;
  private final HttpClient client;
  private final Duration timeout;
  private final Duration pause;
  private final Map<Integer, Schema> byId = new ConcurrentHashMap<>();
  private final Map<String, Map<Schema, Integer>> ids = new ConcurrentHashMap<>();

  /** Unknown numbers and the {@link System#nanoTime} they were found so; the oldest go first. */
  private final Map<Integer, Long> unknown =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
              return size() > MOST_UNKNOWN;
            }
          });

  /** A registry at that http or https address that asks for no name and password. */
  public HttpSchemaRegistry(URI base) {
    this(base, null, null, null);
  }

  /**
   * A registry that asks for a name and password (HTTP basic authentication).
   *
   * @param base its http or https address, without user and password
   * @param user the name, or null for none
   * @param password the password, or null with a null name
   * @param tls certificates to trust and to show, or null for the JVM's own
   */
  public HttpSchemaRegistry(URI base, String user, String password, SSLContext tls) {
    this(base, user, password, tls, DEFAULT_TIMEOUT, DEFAULT_PAUSE);
  }

  HttpSchemaRegistry(
      URI base, String user, String password, SSLContext tls, Duration timeout, Duration pause) {
    if (base.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "schema registry address at "
              + base.getHost()
              + " holds a name or password (expected them apart from the address)");
    }
    if (base.getHost() == null
        || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
      throw new IllegalArgumentException(
          "schema registry: " + base + " (expected an address such as https://registry:8081)");
    }
    if ((user == null) != (password == null)) {
      throw new IllegalArgumentException(
          "schema registry: "
              + (user == null ? "a password without a name" : "a name without a password")
              + " (expected both or neither)");
    }
    this.base = base;
    this.authorization =
        user == null
            ? null
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    this.timeout = timeout;
    this.pause = pause;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    this.client = (tls == null ? builder : builder.sslContext(tls)).build();
  }

  @Override
  public int idOf(String subject, Schema schema) {
    return ids.computeIfAbsent(subject, name -> new ConcurrentHashMap<>())
        .computeIfAbsent(schema, candidate -> register(subject, candidate));
  }

  @Override
  public Schema byId(int id) throws UnknownSchemaException {
    Schema schema = byId.get(id);
    if (schema == null) {
      Long since = unknown.get(id);
      if (since != null && System.nanoTime() - since < UNKNOWN_FOR_NANOS) {
        throw new UnknownSchemaException("schema id " + id + " (not in the registry)");
      }
      try {
        schema = fetch(id);
      } catch (UnknownSchemaException e) {
        unknown.put(id, System.nanoTime());
        throw e;
      }
      byId.put(id, schema);
    }
    return schema;
  }

  /** The registry's address; neither name nor password. */
  @Override
  public String toString() {
    return "schema registry " + base;
  }

  private Schema fetch(int id) throws UnknownSchemaException {
    // The number comes out of the record as 32 bits; the registry's are positive.
    if (id < 0) {
      throw new UnknownSchemaException("schema id " + id + " (expected a positive number)");
    }
    HttpResponse<String> response = send(request("/schemas/ids/" + id).GET().build());
    JsonNode answer = json(response);
    if (response.statusCode() == 404 && answer.path("error_code").asInt() == SCHEMA_NOT_FOUND) {
      throw new UnknownSchemaException("schema id " + id + " (not in the registry)");
    }
    check(response);
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new UnknownSchemaException("schema id " + id + " is " + type + " (expected AVRO)");
    }
    try {
      return new Schema.Parser().parse(answer.path("schema").asText());
    } catch (SchemaParseException e) {
      throw new UnknownSchemaException(
          "schema id "
              + id
              + " cannot be read (expected one Avro schema without references): "
              + e.getMessage());
    }
  }

  private int register(String subject, Schema schema) {
    String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    HttpResponse<String> response =
        send(
            request(path)
                .header("Content-Type", CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    check(response);
    JsonNode id = json(response).path("id");
    if (!id.isInt()) {
      throw new SchemaRegistryException(
          this + " gave no id for " + subject + " (expected {\"id\": number})", null);
    }
    return id.asInt();
  }

  private HttpRequest.Builder request(String path) {
    String root = base.toString();
    URI target =
        URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target).timeout(timeout).header("Accept", CONTENT_TYPE);
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private HttpResponse<String> send(HttpRequest request) {
    String fault = null;
    IOException cause = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (attempt > 0) {
          Thread.sleep(pause.toMillis() << (attempt - 1));
        }
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        int status = response.statusCode();
        if (status < 500 && status != 429) {
          return response;
        }
        fault = "status " + status;
        cause = null;
      } catch (IOException e) {
        fault =
            e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SchemaRegistryException("interrupted while asking " + this, e);
      }
    }
    throw new SchemaRegistryException(
        this + " is down: " + ATTEMPTS + " attempts failed, the last with " + fault, cause);
  }

  private void check(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      String said = json(response).path("message").asText("");
      throw new SchemaRegistryException(
          this
              + " answered "
              + response.statusCode()
              + " to "
              + response.request().method()
              + " "
              + response.request().uri().getPath()
              + (said.isEmpty() ? "" : ": " + said),
          null);
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
