package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.alerting.escalate.Incident;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP side: Alertmanager's API, our own, and what bad input is told. */
class ApiTest {

  private static final String ROUTING =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      route:
        receiver: team
        group_by: [city]
        group_wait: 0s
        routes:
          - matchers: [ severity="critical" ]
            receiver: duty
          - matchers: [ severity=~"crit.*" ]
            receiver: team
      receivers:
        - { name: team, webhook_configs: [ { url: URL(team) } ] }
        - { name: duty, webhook_configs: [ { url: URL(team) } ] }
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private Story story;
  private HttpApi api;

  @BeforeEach
  void open() {
    story = new Story(ROUTING, "team");
    api = HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()));
  }

  @AfterEach
  void close() {
    api.close();
    story.close();
  }

  private HttpResponse<String> call(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api.address() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = call("GET", path, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.tree(response.body());
  }

  private int post(String alerts) throws IOException, InterruptedException {
    return call("POST", "/api/v2/alerts", alerts).statusCode();
  }

  @Test
  void anAlertThatIsPostedCanBeSeenWithItsReceiverAndFingerprint() throws Exception {
    assertThat(
            post("[{\"labels\":{\"alertname\":\"A\",\"city\":\"bj\",\"severity\":\"critical\"}}]"))
        .isEqualTo(200);
    JsonNode alert = get("/api/v2/alerts?active=true&filter=city%3D~%22b.%22").get(0);
    assertThat(alert.path("receivers").get(0).path("name").asText()).isEqualTo("duty");
    assertThat(alert.path("status").path("state").asText()).isEqualTo("active");
    assertThat(alert.path("fingerprint").asText()).matches("[0-9a-f]{16}");
    assertThat(get("/api/v2/alerts?filter=city%3D%22sh%22")).isEmpty();
    assertThat(get("/api/v2/alerts/groups").get(0).path("alerts")).hasSize(1);
  }

  @Test
  void theValidPartOfABatchIsStoredAndTheRestIsNamed() throws Exception {
    HttpResponse<String> response =
        call(
            "POST",
            "/api/v2/alerts",
            "[{\"labels\":{\"alertname\":\"A\"}},{\"labels\":{\"city\":\"bj\"}},"
                + "{\"labels\":{\"alertname\":\"B\"},\"startsAt\":\"2026-11-11T13:00:00Z\",\"endsAt\":\"2026-11-11T12:00:00Z\"},"
                + "{\"labels\":{\"alertname\":5}},{\"labels\":{\"alertname\":\"C\",\"\":\"x\"}}]");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Json.tree(response.body()).asText())
        .contains(
            "alert 1: labels.alertname: missing",
            "alert 2: endsAt",
            "alert 3: labels.alertname: expected a text",
            "alert 4: labels: \"\" is not a name");
    assertThat(get("/api/v2/alerts")).hasSize(1);
  }

  @Test
  void badBodiesAreAnsweredAndHurtNobody() throws Exception {
    assertThat(post("{")).isEqualTo(400);
    assertThat(post("")).isEqualTo(400);
    assertThat(post("{}")).isEqualTo(400);
    assertThat(post("[1]")).isEqualTo(400);
    assertThat(post("[".repeat(10_000))).isEqualTo(400);
    String many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "\"l" + i + "\":\"x\"")
            .collect(Collectors.joining(","));
    assertThat(post("[{\"labels\":{\"alertname\":\"A\"," + many + "}}]")).isEqualTo(400);
    assertThat(post("[{\"labels\":{\"alertname\":\"" + "x".repeat(5 << 20) + "\"}}]"))
        .isIn(400, 413);
    assertThat(post("[{\"labels\":{\"alertname\":\"a\\u0000b\"}}]")).isEqualTo(400);
    assertThat(call("GET", "/api/v2/alerts?filter=%7Bx", "").statusCode()).isEqualTo(400);
    assertThat(call("GET", "/api/v2/alerts?active=perhaps", "").statusCode()).isEqualTo(400);
    assertThat(call("GET", "/api/v2/alerts?filter=a%3D~%22(%22", "").statusCode()).isEqualTo(400);
    assertThat(get("/api/v2/alerts")).isEmpty();
  }

  @Test
  void aRegexThatRunsForEverElsewhereIsAnsweredAtOnce() throws Exception {
    post("[{\"labels\":{\"alertname\":\"" + "a".repeat(5_000) + "\"}}]");
    assertThat(get("/api/v2/alerts?filter=alertname%3D~%22(a%2B)%2B%24b%22")).isEmpty();
  }

  @Test
  void aSilenceHoldsItsAlertsUntilItExpires() throws Exception {
    String silence =
        "{\"matchers\":[{\"name\":\"city\",\"value\":\"bj\",\"isRegex\":false}],\"startsAt\":\"2026-11-11T12:00:00Z\","
            + "\"endsAt\":\"2026-11-11T14:00:00Z\",\"createdBy\":\"wang\",\"comment\":\"deploy\"}";
    String id =
        Json.tree(call("POST", "/api/v2/silences", silence).body()).path("silenceID").asText();
    post(
        "[{\"labels\":{\"alertname\":\"A\",\"city\":\"bj\"},\"endsAt\":\"2026-11-11T18:00:00Z\"}]");
    story.until(60);
    assertThat(story.got("team")).isEmpty();
    assertThat(get("/api/v2/alerts?silenced=false")).isEmpty();
    assertThat(get("/api/v2/alerts").get(0).path("status").path("silencedBy").get(0).asText())
        .isEqualTo(id);
    assertThat(
            get("/api/v2/silences?filter=city%3D%22bj%22")
                .get(0)
                .path("status")
                .path("state")
                .asText())
        .isEqualTo("active");
    assertThat(call("DELETE", "/api/v2/silence/" + id, "").statusCode()).isEqualTo(200);
    assertThat(call("DELETE", "/api/v2/silence/" + id, "").statusCode()).isEqualTo(200);
    story.until(400);
    assertThat(story.got("team")).containsExactly("300 first [A]");
    assertThat(call("GET", "/api/v2/silence/00000000-0000-0000-0000-000000000000", "").statusCode())
        .isEqualTo(404);
    assertThat(call("POST", "/api/v2/silences", silence.replace("bj", "")).statusCode())
        .isEqualTo(400);
    assertThat(
            call(
                    "POST",
                    "/api/v2/silences",
                    silence.replace(
                        "{\"matchers",
                        "{\"id\":\"" + "00000000-0000-0000-0000-000000000000\",\"matchers"))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void aLinkAsksBeforeItActs() throws Exception {
    story.fire("A", "city=bj");
    String url = story.receiver("team").take().get(0).json().path("externalURL").asText();
    String path = url.substring(url.indexOf("/i/"));
    Incident incident = story.alerting().incidents().list(true, 1).get(0);
    assertThat(call("GET", path, "").body()).contains("<form method=\"post\">");
    assertThat(story.alerting().incidents().find(incident.id()).orElseThrow().state())
        .isEqualTo("open");
    String form = "application/x-www-form-urlencoded";
    assertThat(
            call(
                    "POST",
                    path.replace("sign=", "sign=0"),
                    "who=eve&action=answer",
                    "Content-Type",
                    form)
                .statusCode())
        .isEqualTo(403);
    assertThat(call("POST", path, "who=&action=answer", "Content-Type", form).body())
        .contains("请填写姓名");
    assertThat(call("POST", path, "who=%3Cb%3E&action=answer", "Content-Type", form).body())
        .contains("&lt;b&gt;")
        .doesNotContain("<b>");
    assertThat(story.alerting().incidents().find(incident.id()).orElseThrow().assignee())
        .isEqualTo("<b>");
    story.clock.moveTo(Story.at(25 * 3600));
    assertThat(call("GET", path, "").statusCode()).isEqualTo(410);
  }

  @Test
  void aBadRoutingFileIsRefusedWithLineAndKeyAndTheOldOneStays() throws Exception {
    story.write(ROUTING.replace("receiver: duty", "reciever: duty"));
    HttpResponse<String> refused = call("POST", "/-/reload", "");
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(Json.tree(refused.body()).asText())
        .contains(".yml:8: route.routes[0].reciever: unknown");
    assertThat(get("/api/v2/receivers")).hasSize(2);
    assertThat(call("GET", "/metrics", "").body())
        .contains("alertmanager_config_last_reload_successful 0.0");
    story.write(ROUTING.replace("group_by: [city]", "group_by: [shop]"));
    assertThat(call("POST", "/-/reload", "").statusCode()).isEqualTo(200);
    assertThat(get("/api/v2/status").path("config").path("original").asText()).contains("- shop");
  }

  @Test
  void theTraceSaysWhyARouteTakesAnAlertAndWhyNot() throws Exception {
    JsonNode steps = get("/api/fenghuo/route?alertname=A&severity=critical");
    assertThat(steps.get(1).path("why").asText()).isEqualTo("takes it");
    assertThat(steps.get(2).path("why").asText()).contains("not asked: line 7 took it");
    steps = get("/api/fenghuo/route?alertname=A&severity=warning");
    assertThat(steps.get(0).path("taken").asBoolean()).isTrue();
    assertThat(steps.get(1).path("why").asText())
        .isEqualTo("no: severity=\"critical\" fails, severity is \"warning\"");
  }

  @Test
  void whatFailedCanBeSeenAndSentAgain() throws Exception {
    story.receiver("team").answering(r -> FakeProvider.Reply.status(403));
    story.fire("A", "city=bj");
    JsonNode failed = get("/api/fenghuo/notifications?state=failed");
    assertThat(failed.toString()).contains("authError", "HTTP 403");
    story.receiver("team").answering(r -> FakeProvider.Reply.status(200));
    story.got("team");
    String id = "";
    for (JsonNode each : failed) {
      if (each.path("group_key").asText().contains("bj")) {
        id = each.path("id").asText();
      }
    }
    assertThat(call("POST", "/api/fenghuo/notifications/" + id + "/replay", "").statusCode())
        .isEqualTo(200);
    story.until(1);
    assertThat(story.got("team")).containsExactly("0 first [A]");
    assertThat(call("POST", "/api/fenghuo/notifications/" + id + "/replay", "").statusCode())
        .isEqualTo(404);
  }

  @Test
  void anOpenAddressNeedsAToken() throws Exception {
    assertThatThrownBy(() -> new Access("0.0.0.0", 0, Optional.empty()))
        .hasMessageContaining("expected: a loopback address, or a token");
    Secret token = new Secret("a-long-enough-token");
    try (HttpApi guarded =
        HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.of(token)))) {
      URI alerts = URI.create(guarded.address() + "/api/v2/alerts");
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(alerts).build(), HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(401);
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(alerts)
                          .header("Authorization", "Bearer " + token.reveal())
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void anotherSiteInSomebodysBrowserIsRefused() throws Exception {
    assertThat(call("POST", "/api/v2/alerts", "[]", "Origin", "http://evil.example").statusCode())
        .isEqualTo(403);
  }
}
