package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fenghuo.pipelines.RiskSettings;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.ReviewOutcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Text;
import io.fenghuo.schemas.Verdict;
import io.fenghuo.schemas.Window;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real broker: from a decision to a verdict in the topic, and a figure on the screen. */
class ConsoleServiceTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path temporary;

  private final HttpClient browser =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  private String address;
  private String csrf = "";

  private JsonNode call(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/api/v1" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .header("X-CSRF-Token", csrf)
            .build();
    HttpResponse<String> answer = browser.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isLessThan(300);
    return answer.body().isEmpty() ? null : new ObjectMapper().readTree(answer.body());
  }

  @Test
  void aFlaggedOrderIsReviewedAndTheVerdictIsInTheTopic() throws Exception {
    int kafkaPort = LoopbackPort.free();
    KafkaAddress kafka = new KafkaAddress(LoopbackPort.HOST, kafkaPort);
    long now = System.currentTimeMillis();
    try (DataFolder folder = DataFolder.open(temporary.resolve("data"));
        EmbeddedKafka broker = EmbeddedKafka.start(folder.kafka(), kafkaPort)) {
      broker.createTopics(Topics.all());
      publish(kafka, Stream.DECISIONS, decision(now));
      publish(kafka, Stream.KPIS, gmv(now));
      try (AlertingService alerting =
              AlertingService.start(folder, kafka, Listening.here(), Optional.empty(), null);
          ConsoleService console =
              ConsoleService.start(
                  folder,
                  kafka,
                  alerting,
                  URI.create("http://127.0.0.1:1"),
                  new RulesInForce(
                      RulePacks.shipped(),
                      folder.modes(),
                      files -> new RiskSettings(kafka.toString(), files),
                      said -> {}),
                  ZoneId.of("Asia/Shanghai"),
                  LoopbackPort.free(),
                  true,
                  Optional.empty())) {
        address = console.address();
        String oneTime = console.firstPassword().orElseThrow().reveal();
        csrf =
            call("POST", "/session", "{'name':'admin','password':'" + oneTime + "'}")
                .path("csrf")
                .asText();
        csrf =
            call(
                    "POST",
                    "/session/password",
                    "{'old':'" + oneTime + "','new':'a password of my own'}")
                .path("csrf")
                .asText();
        await().atMost(LIMIT).until(() -> call("GET", "/cases", "").path("items").size() == 1);
        await()
            .atMost(LIMIT)
            .until(() -> call("GET", "/live", "").path("figures").toString().contains("4200"));
        assertThat(call("GET", "/rules", "").path("items")).hasSizeGreaterThan(20);
        assertThat(call("GET", "/figures", "").path("items")).hasSizeGreaterThan(50);

        call("POST", "/cases/o-1/take", "{}");
        call("POST", "/cases/o-1/verdict", "{'verdict':'REJECT','note':'刷单'}");
        ReviewOutcome outcome = read(kafka).get(0);
        assertThat(outcome.getOrderId()).isEqualTo("o-1");
        assertThat(outcome.getVerdict()).isEqualTo(Verdict.REJECT);
        assertThat(outcome.getReviewer()).isEqualTo("admin");
      }
    }
  }

  private static Decision decision(long now) {
    return Decision.newBuilder()
        .setDecisionId("o-1/0")
        .setOrderId("o-1")
        .setRevision(0)
        .setEventId("e-1")
        .setEventTime(now)
        .setDecisionTime(now)
        .setOutcome(Outcome.REVIEW)
        .setScore(60)
        .setHits(List.of())
        .setEvidence(List.of())
        .setReason(new Text("大额", "large"))
        .setRuleSetVersion("v")
        .build();
  }

  private static KpiPoint gmv(long now) {
    return KpiPoint.newBuilder()
        .setName("gmv_paid")
        .setWindow(Window.DAY)
        .setFrom(now - 1_000)
        .setTo(now + 86_399_000)
        .setValue(4200.0)
        .setNumerator(4200)
        .setDenominator(1)
        .setUnit("fen")
        .setRevision(1)
        .build();
  }

  private static void publish(KafkaAddress kafka, Stream stream, SpecificRecord record) {
    try (EventPublisher publisher = new EventPublisher(kafka.liveProducer())) {
      publisher.publish(stream, record);
      publisher.flush();
    }
  }

  private static List<ReviewOutcome> read(KafkaAddress kafka) {
    EventCodec codec = EventCodec.singleObject();
    List<ReviewOutcome> read = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = kafka.consumer()) {
      consumer.assign(kafka.partitions(Stream.REVIEWS.topic()));
      consumer.seekToBeginning(consumer.assignment());
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                for (ConsumerRecord<String, byte[]> each : consumer.poll(Duration.ofMillis(200))) {
                  read.add(codec.decode(each.value(), ReviewOutcome.class));
                }
                return !read.isEmpty();
              });
    }
    return read;
  }
}
