package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an HTTP server that answers as Confluent's registry does. */
class HttpSchemaRegistryTest {
  private static final String SECRET = "s3cret-Pa55";
  private static final Schema ORDER = OrderEvent.getClassSchema();

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile int failures;
  private volatile String lastBody;

  private record Answer(int status, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void a_schema_is_registered_once_and_read_by_its_number() throws Exception {
    answers.put("POST /subjects/orders-value/versions", new Answer(200, "{\"id\":7}"));
    SchemaRegistry registry = registry();

    assertThat(registry.idOf("orders-value", ORDER)).isEqualTo(7);
    assertThat(registry.idOf("orders-value", ORDER)).isEqualTo(7);
    assertThat(requests).containsExactly("POST /subjects/orders-value/versions");
    Schema sent = parse(new ObjectMapper().readTree(lastBody).path("schema").asText());
    assertThat(sent).isEqualTo(ORDER);

    answers.put("GET /schemas/ids/7", new Answer(200, lastBody));
    assertThat(registry.byId(7)).isEqualTo(ORDER);
    assertThat(registry.byId(7)).isEqualTo(ORDER);
    assertThat(requests).hasSize(2);
  }

  @Test
  void records_travel_in_confluent_wire_format() throws Exception {
    answers.put("POST /subjects/orders-value/versions", new Answer(200, "{\"id\":7}"));
    var order = new SampleEvents(3).full(ORDER);
    byte[] bytes = EventCodec.confluent(registry()).encode(order);
    answers.put("GET /schemas/ids/7", new Answer(200, lastBody));

    assertThat(EventCodec.confluent(registry()).decode(bytes)).isEqualTo(order);
  }

  @Test
  void an_unknown_number_is_unknown_and_asked_for_once() {
    answers.put(
        "GET /schemas/ids/8",
        new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}"));
    SchemaRegistry registry = registry();

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> registry.byId(8))
          .isInstanceOf(SchemaRegistry.UnknownSchemaException.class)
          .hasMessage("schema id 8 (not in the registry)");
    }
    assertThatThrownBy(() -> registry.byId(-1))
        .isInstanceOf(SchemaRegistry.UnknownSchemaException.class);
    assertThat(requests).containsExactly("GET /schemas/ids/8");
  }

  @Test
  void a_404_of_another_server_condemns_no_record() {
    answers.put("GET /schemas/ids/8", new Answer(404, "<html>nginx</html>"));

    assertThatThrownBy(() -> registry().byId(8))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageEndingWith("answered 404 to GET /schemas/ids/8");
  }

  @Test
  void schemas_of_other_kinds_are_unknown() {
    answers.put(
        "GET /schemas/ids/9", new Answer(200, "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}"));
    answers.put("GET /schemas/ids/10", new Answer(200, "{\"schema\":\"{\"}"));

    assertThatThrownBy(() -> registry().byId(9))
        .isInstanceOf(SchemaRegistry.UnknownSchemaException.class)
        .hasMessage("schema id 9 is JSON (expected AVRO)");
    assertThatThrownBy(() -> registry().byId(10))
        .isInstanceOf(SchemaRegistry.UnknownSchemaException.class)
        .hasMessageStartingWith("schema id 10 cannot be read");
  }

  @Test
  void a_registry_that_stumbles_is_asked_again() throws Exception {
    answers.put("GET /schemas/ids/7", new Answer(200, "{\"schema\":\"\\\"long\\\"\"}"));
    failures = 3;

    assertThat(registry().byId(7)).isEqualTo(Schema.create(Schema.Type.LONG));
    assertThat(requests).hasSize(4);
  }

  @Test
  void a_registry_that_keeps_failing_is_said_to_be_down() {
    failures = 100;

    assertThatThrownBy(() -> registry().byId(7))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessage(
            "schema registry "
                + address()
                + " is down: 4 attempts failed, the last with status"
                + " 503");
    assertThat(requests).hasSize(4);
  }

  @Test
  void a_registry_that_nobody_runs_is_said_to_be_down() {
    URI nowhere = address();
    server.stop(0);

    assertThatThrownBy(() -> registry(nowhere).idOf("orders-value", ORDER))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageStartingWith("schema registry " + nowhere + " is down: ")
        .hasMessageContaining("ConnectException");
  }

  @Test
  void a_registry_that_never_answers_is_said_to_be_down() {
    answers.put("GET /schemas/ids/7", new Answer(0, ""));

    assertThatThrownBy(() -> registry().byId(7))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageContaining("is down")
        .hasMessageContaining("HttpTimeoutException");
  }

  @Test
  void a_refusal_is_reported_as_the_registry_words_it_and_not_tried_again() {
    answers.put(
        "POST /subjects/orders-value/versions",
        new Answer(409, "{\"error_code\":409,\"message\":\"incompatible\"}"));

    assertThatThrownBy(() -> registry().idOf("orders-value", ORDER))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageEndingWith("answered 409 to POST /subjects/orders-value/versions: incompatible");
    assertThat(requests).hasSize(1);
  }

  @Test
  void name_and_password_are_sent_and_never_shown() {
    answers.put("GET /schemas/ids/7", new Answer(401, "{\"message\":\"Unauthorized\"}"));
    SchemaRegistry registry = new HttpSchemaRegistry(address(), "fenghuo", SECRET, null);

    assertThatThrownBy(() -> registry.byId(7))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageEndingWith("answered 401 to GET /schemas/ids/7: Unauthorized")
        .extracting(Throwable::toString)
        .asString()
        .doesNotContain(SECRET);
    assertThat(registry).hasToString("schema registry " + address());
    // "fenghuo:s3cret-Pa55" in base64.
    assertThat(authorizations).containsExactly("Basic ZmVuZ2h1bzpzM2NyZXQtUGE1NQ==");
  }

  @Test
  void an_address_is_checked_without_showing_a_password_in_it() {
    assertThatThrownBy(
            () -> new HttpSchemaRegistry(URI.create("https://u:" + SECRET + "@registry:8081")))
        .hasMessage(
            "schema registry address at registry holds a name or password (expected them apart"
                + " from the address)");
    assertThatThrownBy(() -> new HttpSchemaRegistry(URI.create("registry:8081")))
        .hasMessage(
            "schema registry: registry:8081 (expected an address such as https://registry:8081)");
    assertThatThrownBy(() -> new HttpSchemaRegistry(address(), "u", null, null))
        .hasMessage("schema registry: a name without a password (expected both or neither)");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      requests.add(request);
      lastBody = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization != null) {
        authorizations.add(authorization);
      }
      Answer answer = answers.getOrDefault(request, new Answer(404, "{\"error_code\":404}"));
      if (failures > 0) {
        failures--;
        answer = new Answer(503, "");
      }
      if (answer.status == 0) {
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private SchemaRegistry registry() {
    return registry(address());
  }

  private static SchemaRegistry registry(URI address) {
    return new HttpSchemaRegistry(
        address, null, null, null, Duration.ofMillis(700), Duration.ofMillis(5));
  }

  private URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private static Schema parse(String schema) {
    return new Schema.Parser().parse(schema);
  }
}
