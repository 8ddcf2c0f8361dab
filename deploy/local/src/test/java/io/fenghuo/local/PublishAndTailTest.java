package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishAndTailTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path kafkaFolder;

  private static EmbeddedKafka kafka;

  @TempDir Path folder;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(kafkaFolder, LoopbackPort.free());
    kafka.createTopics(Topics.all());
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void whatIsPublishedFromAFileIsTailed() throws Exception {
    Path file = write(login("e1", "u1"), "", login("e2", "u2"));

    CommandRun published = publish("logins", file.toString());
    assertThat(published.err()).isEmpty();
    assertThat(published.exitCode()).isZero();
    assertThat(published.out()).isEqualToIgnoringNewLines("published 2 to logins");

    CommandRun tailed = tail("logins", "--max", "2", "--timeout", "30");
    assertThat(tailed.exitCode()).isZero();
    assertThat(events(tailed))
        .extracting(event -> event.get("eventId").asText() + event.get("userId").asText())
        .containsExactlyInAnyOrder("e1u1", "e2u2");

    CommandRun oneKey = tail("logins", "--key", "u2", "--max", "1", "--timeout", "30");
    assertThat(events(oneKey))
        .singleElement()
        .satisfies(event -> assertThat(event.get("eventId").asText()).isEqualTo("e2"));
  }

  @Test
  void standardInputIsPublishedToo() {
    CommandRun published =
        CommandRun.withInput(
            "{\"eventId\":\"t1\",\"eventTime\":1,\"kind\":\"CLICK\",\"visitorId\":\"v\"}",
            "publish",
            "traffic",
            "-",
            "--kafka",
            kafka.bootstrapServers());
    assertThat(published.out()).contains("published 1 to traffic");
    assertThat(events(tail("traffic", "--max", "1", "--timeout", "30"))).hasSize(1);
  }

  @Test
  void oneBadLineKeepsTheWholeFileBack() throws Exception {
    Path file =
        write(
            order("o1"), order("o2").replace("}", ",\"amuont\":5}"), "no json at all", order("o3"));

    CommandRun refused = publish("orders", file.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .contains(file + ":2: amuont: unknown field (did you mean amount?)")
        .contains(file + ":3: ")
        .contains("2 of 4 lines are invalid; nothing was published")
        .contains("--skip-invalid");
    CommandRun nothing = tail("orders", "--timeout", "1");
    assertThat(nothing.exitCode()).isZero();
    assertThat(nothing.out()).isEmpty();

    CommandRun skipped = publish("orders", file.toString(), "--skip-invalid");
    assertThat(skipped.exitCode()).isZero();
    assertThat(skipped.err()).contains(file + ":2: ", file + ":3: ");
    assertThat(skipped.out()).contains("published 2 to orders, skipped 2 invalid");
    assertThat(events(tail("orders", "--max", "2", "--timeout", "30")))
        .extracting(event -> event.get("eventId").asText())
        .containsExactlyInAnyOrder("o1", "o3");
  }

  @Test
  void aRecordThatIsNoEventIsShownWithItsPlaceAndTheReason() throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaAddress.Converter().convert(kafka.bootstrapServers()).liveProducer()) {
      producer
          .send(new ProducerRecord<>("payments", 3, "k", "{}".getBytes(StandardCharsets.UTF_8)))
          .get(30, TimeUnit.SECONDS);
    }
    assertThat(events(tail("payments", "--max", "1", "--timeout", "30")))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.get("topic").asText()).isEqualTo("payments");
              assertThat(line.get("partition").asInt()).isEqualTo(3);
              assertThat(line.get("offset").asInt()).isZero();
              assertThat(line.get("reason").asText()).isEqualTo("malformed");
            });
  }

  @Test
  void tooFewLinesInTimeIsAFailure() {
    CommandRun run = tail("alerts", "--max", "1", "--timeout", "0.5");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("0 of 1 lines came within 0.5 s");
  }

  @Test
  void aMissingFileIsNamed() {
    CommandRun run = publish("orders", folder.resolve("none.jsonl").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("none.jsonl: no such file");
  }

  private static CommandRun publish(String... arguments) {
    return run("publish", arguments);
  }

  private static CommandRun tail(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--from-beginning");
    return run("tail", all.toArray(String[]::new));
  }

  private static CommandRun run(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--kafka", kafka.bootstrapServers()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private Path write(String... lines) throws Exception {
    return Files.write(folder.resolve("events.jsonl"), List.of(lines));
  }

  private static List<JsonNode> events(CommandRun run) {
    return run.out().lines().map(PublishAndTailTest::parse).toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + line, e);
    }
  }

  private static String login(String id, String user) {
    return "{\"eventId\":\""
        + id
        + "\",\"eventTime\":1767225600000,\"kind\":\"LOGIN\","
        + "\"success\":true,\"userId\":\""
        + user
        + "\"}";
  }

  private static String order(String id) {
    return "{\"eventId\":\""
        + id
        + "\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"orderId\":\""
        + id
        + "\",\"type\":\"CREATED\",\"userId\":\"u\"}";
  }
}
