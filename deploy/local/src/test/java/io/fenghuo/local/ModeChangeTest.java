package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./fenghuo up}, and two people who change a rule's mode while orders come in. */
class ModeChangeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(240);
  private static final String OWN = "a password of my own";
  private static final Pattern ONE_TIME = Pattern.compile("one-time password (\\S+)");

  @TempDir Path folder;

  private final int kafkaPort = LoopbackPort.free();
  private final int consolePort = LoopbackPort.free();
  private final StopSignal stop = new StopSignal();
  private final StringWriter out = new StringWriter();
  private final Set<String> sent = new ConcurrentSkipListSet<>();
  private final AtomicBoolean shopOpen = new AtomicBoolean(true);
  private CompletableFuture<Integer> up;

  @AfterEach
  void endWhatIsLeft() throws Exception {
    shopOpen.set(false);
    stop.request();
    if (up != null) {
      up.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Somebody with a browser. */
  private final class Person {

    private final HttpClient browser =
        HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private String csrf = "";

    Person(String name, String oneTime) throws Exception {
      csrf = session("/session", "{'name':'" + name + "','password':'" + oneTime + "'}");
      csrf = session("/session/password", "{'old':'" + oneTime + "','new':'" + OWN + "'}");
    }

    private String session(String path, String body) throws Exception {
      return call("POST", path, body).path("csrf").asText();
    }

    JsonNode call(String method, String path, String body) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + consolePort + "/api/v1" + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
              .header("X-CSRF-Token", csrf)
              .build();
      HttpResponse<String> answer = browser.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path + ": " + answer.body()).isLessThan(300);
      return new ObjectMapper().readTree(answer.body());
    }

    /** Adds an account and signs in as it. */
    Person with(String name, String role) throws Exception {
      String oneTime =
          call("POST", "/accounts", "{'name':'" + name + "','roles':['" + role + "']}")
              .path("oneTimePassword")
              .asText();
      return new Person(name, oneTime);
    }
  }

  @Test
  void aShadowRuleThatASecondPersonApprovesDecidesAndNoOrderIsLeftOut() throws Exception {
    up = CompletableFuture.supplyAsync(this::up);
    awaitSaid("READY");
    Matcher oneTime = ONE_TIME.matcher(out.toString());
    assertThat(oneTime.find()).isTrue();
    Person admin = new Person("admin", oneTime.group(1));
    Person author = admin.with("lin", "rule-author");
    Person approver = admin.with("wang", "approver");
    CompletableFuture<Void> shop = CompletableFuture.runAsync(this::sellLargeThings);
    awaitDecided(Outcome.PASS);

    JsonNode before = author.call("GET", "/health", "").path("versions").path("ruleSet");
    change(author, approver, "order%2Flarge", "in_force");
    awaitDecided(Outcome.REVIEW);
    // What cannot be compiled leaves everything as it is.
    change(author, approver, "order%2Fwrong", "failed");

    int soFar = sent.size();
    await().atMost(PATIENCE).until(() -> sent.size() > soFar + 20);
    shopOpen.set(false);
    shop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> said().keySet().containsAll(sent));
    JsonNode after = author.call("GET", "/health", "").path("versions").path("ruleSet");
    assertThat(after).isNotEqualTo(before);
    assertThat(said().keySet()).isEqualTo(sent);
    said()
        .forEach(
            (order, decisions) -> {
              // Said twice is said the same, and nothing is amended: the change has one place.
              assertThat(decisions)
                  .extracting(Decision::getDecisionId)
                  .containsOnly(decisions.get(0).getDecisionId());
              Decision decision = decisions.get(0);
              assertThat(decision.getRuleSetVersion()).isIn(before.asText(), after.asText());
              assertThat(decision.getOutcome())
                  .isEqualTo(
                      decision.getRuleSetVersion().equals(before.asText())
                          ? Outcome.PASS
                          : Outcome.REVIEW);
            });
    // How long the job decided nothing.
    out.toString()
        .lines()
        .filter(line -> line.startsWith("rule set "))
        .forEach(System.out::println);
    stop.request();
    assertThat(up.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
    assertThat(Files.readString(folder.resolve("data/modes.yaml")))
        .contains("order/large")
        .doesNotContain("order/wrong");
  }

  private static void change(Person author, Person approver, String rule, String becomes)
      throws Exception {
    author.call("POST", "/rules/" + rule + "/mode", "{'mode':'LIVE','reason':'试运行够了'}");
    approver.call("POST", "/rules/" + rule + "/approve", "{}");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                author
                    .call("GET", "/rules/" + rule, "")
                    .path("change")
                    .path("state")
                    .asText()
                    .equals(becomes));
  }

  private int up() {
    try {
      for (Map.Entry<String, String> file : RulesInForceTest.files().entrySet()) {
        Path path = folder.resolve("rules").resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Fenghuo.settled(
            new CommandLine(new Up(stop, up -> List.of(up.riskJob()))),
            new PrintWriter(out),
            new PrintWriter(out))
        .execute(
            "--data-dir", folder.resolve("data").toString(),
            "--rules", folder.resolve("rules").toString(),
            "--kafka-port", String.valueOf(kafkaPort),
            "--flink-port", String.valueOf(LoopbackPort.free()),
            "--metrics-port", String.valueOf(LoopbackPort.free()),
            "--alerting-port", String.valueOf(LoopbackPort.free()),
            "--console-port", String.valueOf(consolePort),
            "--simulate", "none",
            "--state-memory", "64");
  }

  private void awaitSaid(String text) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(up.isDone()).as("up ended: %s", out).isFalse();
              return out.toString().contains(text);
            });
  }

  /** Until the shop closes, one order after another for which the rule is. */
  private void sellLargeThings() {
    KafkaAddress kafka = new KafkaAddress(LoopbackPort.HOST, kafkaPort);
    try (EventPublisher publisher = new EventPublisher(kafka.liveProducer())) {
      for (int i = 0; shopOpen.get(); i++) {
        String order = "o" + i;
        publisher.publish(
            Stream.ORDERS,
            OrderEvent.newBuilder()
                .setEventId("created-" + order)
                .setEventTime(System.currentTimeMillis())
                .setOrderId(order)
                .setType(OrderType.CREATED)
                .setUserId("u" + i)
                .setAmount(4_000_000)
                .build());
        sent.add(order);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      publisher.flush();
    }
  }

  private void awaitDecided(Outcome outcome) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                said().values().stream()
                    .anyMatch(decisions -> decisions.get(0).getOutcome() == outcome));
  }

  private Map<String, List<Decision>> said() throws Exception {
    Map<String, List<Decision>> byOrder = new TreeMap<>();
    for (Decision decision :
        Said.read("127.0.0.1:" + kafkaPort, Stream.DECISIONS, Decision.class)) {
      byOrder.computeIfAbsent(decision.getOrderId(), order -> new ArrayList<>()).add(decision);
    }
    return byOrder;
  }
}
