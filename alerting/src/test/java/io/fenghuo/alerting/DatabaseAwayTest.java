package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The line to a real PostgreSQL is cut while everything runs: whoever pushes is told to keep what
 * they have, the topic waits, and afterwards all goes on, nothing lost and nothing twice.
 */
class DatabaseAwayTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route: { receiver: team, group_by: [shop], group_wait: 0s, group_interval: 1h, repeat_interval: 24h }
      receivers: [ { name: team, deliver_within: 30m, webhook_configs: [ { url: URL(team) } ] } ]
      """;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A whole minute with -Dfenghuo.away=60. */
  private static final Duration AWAY = Duration.ofSeconds(Integer.getInteger("fenghuo.away", 1));

  private final HttpClient client = HttpClient.newHttpClient();

  private int push(HttpApi api, String shop) throws IOException, InterruptedException {
    String alert = "[{\"labels\":{\"alertname\":\"A\",\"shop\":\"" + shop + "\"}}]";
    return client
        .send(
            HttpRequest.newBuilder(URI.create(api.address() + "/api/v2/alerts"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(alert))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private static Alert alert(String shop) {
    return Alert.newBuilder()
        .setAlertId(shop)
        .setFingerprint(shop)
        .setRuleId("pay")
        .setMode(RuleMode.LIVE)
        .setSeverity(Severity.WARNING)
        .setLabels(Map.of("shop", shop))
        .setAnnotations(Map.of())
        .setStartsAt(MovingClock.START.toEpochMilli())
        .build();
  }

  private static Map<String, Long> told(Story story) {
    return story.receiver("team").received().stream()
        .map(each -> each.json().path("groupLabels").path("shop").asText())
        .collect(Collectors.groupingBy(shop -> shop, Collectors.counting()));
  }

  @Test
  void thePushIsRefusedTheTopicWaitsAndAfterwardsAllGoesOn() throws Exception {
    String url = TestDatabase.freshUrl();
    try (CutLine line = new CutLine(url);
        Story story = new Story(Database.on(line.pool(url)), TEAM, "team");
        HttpApi api =
            HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()));
        FakeTopic alerts = new FakeTopic(story)) {
      story.alerting().start();
      assertThat(push(api, "before")).isEqualTo(200);
      await().atMost(LIMIT).until(() -> sent(story) == 1);

      line.cut();
      assertThat(push(api, "pushed")).isEqualTo(500);
      assertThat(ready(api)).isEqualTo(503);
      alerts.add(alert("topic"));
      // As a sender that comes again, for as long as the database is away.
      await()
          .pollInterval(Duration.ofMillis(200))
          .during(AWAY)
          .atMost(AWAY.plus(LIMIT))
          .until(() -> push(api, "pushed") == 500);
      assertThat(told(story)).containsOnlyKeys("before");

      line.mend();
      // What was refused its sender has kept, and sends again.
      await().atMost(LIMIT).until(() -> push(api, "pushed") == 200);
      assertThat(push(api, "pushed")).isEqualTo(200);
      await().atMost(LIMIT).until(() -> told(story).size() == 3);
      alerts.awaitRead();
      assertThat(push(api, "after")).isEqualTo(200);
      await().atMost(LIMIT).until(() -> sent(story) == 4);
      assertThat(told(story))
          .isEqualTo(Map.of("before", 1L, "pushed", 1L, "topic", 1L, "after", 1L));
    }
  }

  private static long sent(Story story) {
    return story.count("select count(*) from notification where state = 'sent'");
  }

  private int ready(HttpApi api) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(api.address() + "/-/ready")).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
