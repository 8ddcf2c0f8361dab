package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wall screen: at once, each second, and at minutes that are past. */
class LiveTest {

  private final TestConsole test = new TestConsole();
  private final Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
  private final Instant day = minute.truncatedTo(ChronoUnit.DAYS);

  @AfterEach
  void close() {
    test.close();
  }

  private void gmv(double value, long revision) {
    test.topics.write(
        Records.figure("gmv_paid", Map.of(), Window.SECOND, minute.plusSeconds(1), 1, revision));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.DAY, day, value, revision));
  }

  private static Optional<JsonNode> figure(JsonNode body, String name, String window) {
    for (JsonNode figure : body.path("figures")) {
      if (figure.path("name").asText().equals(name)
          && figure.path("window").asText().equals(window)
          && figure.path("dimensions").isEmpty()) {
        return Optional.of(figure);
      }
    }
    return Optional.empty();
  }

  private static double value(JsonNode body, String name, String window) {
    return figure(body, name, window).map(each -> each.path("value").asDouble()).orElse(-1.0);
  }

  @Test
  void showsTheDayTheLastCompleteMinuteDecisionsAlertsAndLamps() {
    test.start(false);
    Visitor visitor = test.visitor();
    assertThat(visitor.get("/live").json().path("figuresAt").isNull()).isTrue();
    assertThat(lamp(visitor.get("/live").json(), "site")).isEqualTo("unknown");

    gmv(12_345, 1);
    test.topics.write(
        Records.figure("gmv_paid", Map.of(), Window.MINUTE, minute.minusSeconds(60), 111, 1));
    test.topics.write(Records.figure("gmv_paid", Map.of(), Window.MINUTE, minute, 5, 1));
    test.topics.write(
        Records.figure("decisions", Map.of("outcome", "BLOCK"), Window.DAY, day, 3, 3));
    test.topics.write(
        Records.alert("sla/availability", Severity.CRITICAL, minute.minusSeconds(30), null));
    await().until(() -> lamp(visitor.get("/live").json(), "site").equals("critical"));
    JsonNode body = visitor.get("/live").json();
    assertThat(value(body, "gmv_paid", "DAY")).isEqualTo(12_345);
    // The minute that is filling is not shown: it would look like a fall.
    assertThat(value(body, "gmv_paid", "MINUTE")).isEqualTo(111);
    assertThat(figure(body, "gmv_paid", "DAY").orElseThrow().path("title").path("zh").asText())
        .isEqualTo("支付金额");
    assertThat(body.path("figuresAt").asText()).isEqualTo(minute.plusSeconds(2).toString());
    assertThat(body.path("day").path("from").asText()).isEqualTo(day.toString());
    assertThat(body.path("decisions").path("BLOCK").asInt()).isEqualTo(3);
    assertThat(body.path("alerts").get(0).path("state").asText()).isEqualTo("firing");
    assertThat(body.path("events").path("perSecond").asDouble()).isEqualTo(12.5);

    test.topics.write(
        Records.alert("sla/availability", Severity.CRITICAL, minute.minusSeconds(30), minute));
    await().until(() -> lamp(visitor.get("/live").json(), "site").equals("ok"));
  }

  private static String lamp(JsonNode body, String id) {
    for (JsonNode lamp : body.path("lamps")) {
      if (lamp.path("id").asText().equals(id)) {
        return lamp.path("state").asText();
      }
    }
    return "";
  }

  @Test
  void knowsAfterARestartWhatItKnewBefore() {
    test.start(false);
    gmv(777, 7);
    await().until(() -> value(test.visitor().get("/live").json(), "gmv_paid", "DAY") == 777);
    test.stop();
    test.start(false);
    assertThat(value(test.visitor().get("/live").json(), "gmv_paid", "DAY")).isEqualTo(777);
  }

  @Test
  void anAlertShowsTheIncidentItBelongsTo() {
    test.start(false);
    Alert alert = Records.alert("sla/availability", Severity.CRITICAL, minute, null);
    test.topics.write(alert);
    Map<String, String> labels = new TreeMap<>(alert.getLabels());
    labels.put("alertname", "sla/availability");
    test.alerting
        .inbox()
        .accept(
            List.of(
                new Reported(Labels.of(labels), Map.of(), minute, null, null, null, "", "kafka")));
    test.alerting.settle();
    await()
        .until(
            () ->
                test.visitor()
                    .get("/live")
                    .json()
                    .path("alerts")
                    .path(0)
                    .path("incident")
                    .isTextual());
    String incident =
        test.visitor().get("/live").json().path("alerts").get(0).path("incident").asText();
    assertThat(test.visitor().get("/incidents/" + incident).status()).isEqualTo(200);
  }

  /** One who listens, in a thread of their own. */
  private final class Listener implements AutoCloseable {
    private final List<Map<String, String>> heard = new ArrayList<>();
    private final BufferedReader in;
    private final Thread thread;

    Listener(String lastEventId) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(test.console().address() + "/api/v1/live/stream"))
              .header("Accept", "text/event-stream");
      if (lastEventId != null) {
        request.header("Last-Event-ID", lastEventId);
      }
      in =
          new BufferedReader(
              new InputStreamReader(
                  HttpClient.newHttpClient()
                      .send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                      .body(),
                  StandardCharsets.UTF_8));
      thread = new Thread(this::read);
      thread.setDaemon(true);
      thread.start();
    }

    private void read() {
      Map<String, String> event = new HashMap<>();
      try {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          int colon = line.indexOf(": ");
          if (colon > 0) {
            event.put(line.substring(0, colon), line.substring(colon + 2));
          } else if (event.containsKey("event")) {
            synchronized (heard) {
              heard.add(Map.copyOf(event));
            }
            event.clear();
          }
        }
      } catch (IOException e) {
        // closed
      }
    }

    List<Map<String, String>> heard(String name) {
      synchronized (heard) {
        return heard.stream().filter(each -> each.get("event").equals(name)).toList();
      }
    }

    List<Map<String, String>> heard() {
      synchronized (heard) {
        return List.copyOf(heard);
      }
    }

    @Override
    public void close() throws IOException {
      thread.interrupt();
      in.close();
    }
  }

  @Test
  void theStreamBeginsWithEverythingAndThenTellsWhatHasChanged() throws Exception {
    test.start(false);
    gmv(1, 1);
    await().until(() -> value(test.visitor().get("/live").json(), "gmv_paid", "DAY") == 1);
    try (Listener listener = new Listener(null)) {
      await().until(() -> !listener.heard("snapshot").isEmpty());
      assertThat(listener.heard().get(0).get("event")).isEqualTo("snapshot");
      assertThat(value(Json.tree(listener.heard().get(0).get("data")), "gmv_paid", "DAY"))
          .isEqualTo(1);
      gmv(2, 2);
      test.topics.write(Records.decision("o-1", 0, Outcome.BLOCK, 95, minute));
      await().until(() -> !listener.heard("figures").isEmpty());
      await().until(() -> !listener.heard("decisions").isEmpty());
      await().until(() -> listener.heard("beat").size() >= 2);
      JsonNode figures =
          Json.tree(
              listener.heard("figures").get(listener.heard("figures").size() - 1).get("data"));
      assertThat(value(figures, "gmv_paid", "DAY")).isEqualTo(2);
      assertThat(
              Json.tree(listener.heard("decisions").get(0).get("data"))
                  .path("newest")
                  .get(0)
                  .path("orderId")
                  .asText())
          .isEqualTo("o-1");
    }
    await().until(() -> test.console().viewers() == 0);
  }

  @Test
  void everyMinuteOfTheCurveIsToldAlsoThoseBeforeTheLast() throws Exception {
    test.start(false);
    // Of a day that holds them all, at any hour.
    test.topics.write(
        Records.figure("gmv_paid", Map.of(), Window.DAY, minute.minus(Duration.ofHours(12)), 1, 1));
    test.topics.write(
        Records.figure("gmv_paid", Map.of(), Window.SECOND, minute.plusSeconds(1), 1, 1));
    await().until(() -> value(test.visitor().get("/live").json(), "gmv_paid", "DAY") == 1);
    try (Listener listener = new Listener(null)) {
      await().until(() -> !listener.heard("snapshot").isEmpty());
      // Many at once after a stop, one that is not over, and one that a late event has changed.
      for (int i = 3; i >= 0; i--) {
        minuteOfGmv(i, 100 + i, 1);
      }
      await().until(() -> told(listener).size() == 3);
      assertThat(told(listener)).containsOnlyKeys(ago(3), ago(2), ago(1));
      minuteOfGmv(3, 777, 2);
      await().until(() -> told(listener).get(ago(3)) == 777);
    }
  }

  private void minuteOfGmv(int ago, double value, long revision) {
    test.topics.write(
        Records.figure(
            "gmv_paid", Map.of(), Window.MINUTE, minute.minusSeconds(60L * ago), value, revision));
  }

  private String ago(int minutes) {
    return minute.minusSeconds(60L * minutes).toString();
  }

  /** Minutes of GMV the listener was told in changes, by their begin. */
  private static Map<String, Double> told(Listener listener) {
    Map<String, Double> told = new TreeMap<>();
    for (Map<String, String> each : listener.heard("figures")) {
      for (JsonNode figure : Json.tree(each.get("data")).path("figures")) {
        if (figure.path("window").asText().equals("MINUTE")) {
          told.put(figure.path("from").asText(), figure.path("value").asDouble());
        }
      }
    }
    return told;
  }

  @Test
  void whoComesBackIsToldWhatTheyMissedAndNothingElse() throws Exception {
    test.start(false);
    String seen;
    List<String> all;
    try (Listener steady = new Listener(null)) {
      try (Listener listener = new Listener(null)) {
        await().until(() -> !listener.heard("beat").isEmpty());
        seen = listener.heard("beat").get(0).get("id");
      }
      gmv(5, 5);
      await().until(() -> !steady.heard("figures").isEmpty());
      String told = steady.heard("figures").get(0).get("id");
      try (Listener again = new Listener(seen)) {
        await().until(() -> again.heard().stream().anyMatch(each -> each.get("id").equals(told)));
        all = again.heard().stream().map(each -> each.get("id")).toList();
        assertThat(again.heard("snapshot")).isEmpty();
      }
      long first = Long.parseLong(seen.substring(seen.lastIndexOf('-') + 1));
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i)).endsWith("-" + (first + 1 + i));
      }
    }
    try (Listener stranger = new Listener("another-17")) {
      await().until(() -> !stranger.heard("snapshot").isEmpty());
    }
  }

  @Test
  void whoDoesNotReadIsDroppedAndDisturbsNobody() throws Exception {
    test.start(false);
    URI address = URI.create(test.console().address());
    try (Socket deaf = new Socket();
        Listener listener = new Listener(null)) {
      deaf.setReceiveBufferSize(1_024);
      deaf.connect(new InetSocketAddress(address.getHost(), address.getPort()));
      deaf.getOutputStream()
          .write(
              "GET /api/v1/live/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> test.console().viewers() == 2);
      // Far more than the sockets' buffers take.
      String much = "x".repeat(200_000);
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                test.console().say("much", "\"" + much + "\"");
                return test.console().viewers() == 1;
              });
      int before = listener.heard("beat").size();
      await().until(() -> listener.heard("beat").size() > before);
    }
  }

  private void campaign(String name, double value, Instant from) {
    test.topics.write(
        Records.figure(
            TestConsole.CAMPAIGN.id() + "." + name,
            Map.of("target", "gmv"),
            Window.MINUTE,
            from,
            value,
            1));
  }

  @Test
  void aCampaignIsShownAgainstWhatItsCurveExpectsNowAsLongAsItIsOn() throws Exception {
    test.start(false);
    Visitor visitor = test.visitor();
    gmv(1, 1);
    Instant last = minute.minusSeconds(60);
    campaign("so_far", 310, last);
    campaign("due", 437.5, last);
    campaign("progress", 0.7, last);
    campaign("forecast", 800, last);
    campaign("forecast_low", 700, last);
    campaign("forecast_high", 900, last);
    await()
        .until(
            () -> visitor.get("/live").json().path("targets").path(0).path("high").asInt() == 900);
    JsonNode target = visitor.get("/live").json().path("targets").get(0);
    assertThat(target.path("expectedNow").asDouble()).isEqualTo(437.5);
    assertThat(target.path("soFar").asDouble()).isEqualTo(310);
    assertThat(target.path("target").asDouble()).isEqualTo(1_000);
    try (Listener listener = new Listener(null)) {
      await().until(() -> !listener.heard("snapshot").isEmpty());
      campaign("due", 440, last.plusSeconds(60));
      test.topics.write(
          Records.figure("gmv_paid", Map.of(), Window.SECOND, minute.plusSeconds(61), 1, 1));
      await()
          .until(
              () ->
                  listener.heard("targets").stream()
                      .map(event -> Json.tree(event.get("data")).path("items").path(0))
                      .anyMatch(each -> each.path("expectedNow").asDouble() == 440));
    }
    // Over: figures go on, the campaign's do not.
    test.topics.write(
        Records.figure("gmv_paid", Map.of(), Window.SECOND, minute.plusSeconds(3_600), 1, 1));
    await().until(() -> visitor.get("/live").json().path("targets").isEmpty());
  }

  @Test
  void theScreenOfAPastMinuteIsShownAsItWas() {
    MovingClock clock = new MovingClock(minute);
    try (TestConsole past = new TestConsole(clock)) {
      past.start(false);
      Visitor visitor = past.visitor();
      assertThat(visitor.get("/live?at=" + minute).status()).isEqualTo(404);
      past.topics.write(
          Records.figure("gmv_paid", Map.of(), Window.SECOND, minute.plusSeconds(1), 1, 1));
      past.topics.write(Records.figure("gmv_paid", Map.of(), Window.DAY, day, 10, 1));
      await().until(() -> value(visitor.get("/live").json(), "gmv_paid", "DAY") == 10);
      past.console().rememberTheMinute();
      clock.move(Duration.ofMinutes(1));
      past.topics.write(Records.figure("gmv_paid", Map.of(), Window.DAY, day, 20, 2));
      await().until(() -> value(visitor.get("/live").json(), "gmv_paid", "DAY") == 20);
      past.console().rememberTheMinute();
      assertThat(value(visitor.get("/live?at=" + minute.plusSeconds(59)).json(), "gmv_paid", "DAY"))
          .isEqualTo(10);
      assertThat(value(visitor.get("/live?at=" + minute.plusSeconds(60)).json(), "gmv_paid", "DAY"))
          .isEqualTo(20);
      assertThat(visitor.get("/live?at=yesterday").status()).isEqualTo(400);
    }
  }

  @Test
  void aSeriesHasUnknownWhereNothingIsKnown() {
    test.start(false);
    for (int i = 1; i <= 3; i++) {
      test.topics.write(
          Records.figure(
              "payment_success",
              Map.of("method", "alipay"),
              Window.MINUTE,
              minute.minusSeconds(60L * i),
              i,
              1));
    }
    await().until(() -> test.count("select count(*) from figure_minute") == 3);
    JsonNode series =
        test.visitor()
            .get("/live/series?figure=payment_success&window=MINUTE&dim.method=alipay")
            .json();
    assertThat(series.path("points")).hasSize(3);
    assertThat(series.path("points").get(0).path("value").asDouble()).isEqualTo(3);
    assertThat(
            test.visitor()
                .get("/live/series?figure=payment_success&dim.method=wechat")
                .json()
                .path("points"))
        .isEmpty();
    assertThat(test.visitor().get("/live/series?figure=x&window=SECOND").status()).isEqualTo(400);
    assertThat(test.visitor().get("/live/series").status()).isEqualTo(400);
  }
}
