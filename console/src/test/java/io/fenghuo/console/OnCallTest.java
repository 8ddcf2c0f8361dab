package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three in the morning. */
class OnCallTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final MovingClock clock = new MovingClock(NOW);
  private final TestConsole test = new TestConsole(clock);
  private Visitor zhao;

  @BeforeEach
  void start() {
    test.start();
    zhao = test.somebody("zhao", "on-call");
    test.alerting
        .inbox()
        .accept(
            List.of(
                new Reported(
                    Labels.of(Map.of("alertname", "PaymentDown", "severity", "critical")),
                    Map.of("summary_zh", "支付宝不可用", "summary_en", "Alipay is down"),
                    NOW,
                    null,
                    null,
                    null,
                    "",
                    "kafka")));
    test.alerting.settle();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private JsonNode only(String query) {
    JsonNode items = zhao.get("/incidents" + query).json().path("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  @Test
  void anIncidentIsAnsweredByWhoeverIsSignedInAndItsStorySaysSo() {
    JsonNode incident = only("");
    String path = "/incidents/" + incident.path("id").asText();
    assertThat(incident.path("summary").path("zh").asText()).isEqualTo("支付宝不可用");
    assertThat(incident.path("state").asText()).isEqualTo("open");
    assertThat(zhao.post(path + "/answer", "{'detail':'','who':'somebody else'}").status())
        .isEqualTo(200);
    assertThat(only("").path("answeredBy").asText()).isEqualTo("zhao");
    assertThat(zhao.post(path + "/assign", "{}").status()).isEqualTo(400);
    assertThat(zhao.post(path + "/dance", "{}").status()).isEqualTo(404);
    assertThat(zhao.post(path + "/comment", "{'detail':'切到微信'}").status()).isEqualTo(200);
    assertThat(zhao.get(path).json().path("story").toString()).contains("answered", "切到微信");
    assertThat(zhao.post(path + "/resolve", "{}").status()).isEqualTo(200);
    assertThat(zhao.post(path + "/answer", "{}").code()).isEqualTo("incident_resolved");
    assertThat(zhao.get("/incidents").json().path("items")).isEmpty();
    assertThat(only("?state=all").path("state").asText()).isEqualTo("resolved");
    assertThat(test.admin().get("/audit?who=zhao").raw().body()).contains("incident answer");
  }

  @Test
  void aSilenceShowsFirstWhatItWouldHoldBack() {
    String matchers = "'matchers':[{'name':'alertname','value':'Payment.*','isRegex':true}]";
    JsonNode held = zhao.post("/silences/preview", "{" + matchers + "}").json().path("alerts");
    assertThat(held).hasSize(1);
    assertThat(held.get(0).path("labels").path("alertname").asText()).isEqualTo("PaymentDown");
    assertThat(
            zhao.post("/silences/preview", "{'matchers':[{'name':'a','value':'b'}]}")
                .json()
                .path("alerts"))
        .isEmpty();
    String silence = "{" + matchers + ",'endsAt':'%s','comment':'发布'}";
    Visitor.Answer made = zhao.post("/silences", silence.formatted("2026-11-11T13:00:00Z"));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("createdBy").asText()).isEqualTo("zhao");
    assertThat(zhao.post("/silences", silence.formatted("2026-11-11T11:00:00Z")).status())
        .isEqualTo(400);
    assertThat(zhao.post("/silences", "{'matchers':[]}").status()).isEqualTo(400);
    assertThat(
            zhao.post("/silences/preview", "{'matchers':[{'name':'a','value':'(','isRegex':true}]}")
                .status())
        .isEqualTo(400);
    String path = "/silences/" + made.json().path("id").asText();
    assertThat(zhao.delete(path).status()).isEqualTo(204);
    assertThat(zhao.get("/silences").json().path("items").get(0).path("state").asText())
        .isEqualTo("expired");
    assertThat(zhao.delete("/silences/none").status()).isEqualTo(404);
  }
}
