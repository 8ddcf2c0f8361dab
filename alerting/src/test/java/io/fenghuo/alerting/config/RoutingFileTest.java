package io.fenghuo.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.escalate.Team;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingFileTest {

  private static Routing read(String text) {
    return RoutingFile.read("routing.yml", text, new PrintWriter(System.out));
  }

  private static Routing example() throws IOException {
    return read(Files.readString(Path.of("../deploy/examples/routing-team.yml")));
  }

  private static void refused(String text, String... complaints) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigException.class)
        .satisfies(wrong -> assertThat(wrong.getMessage()).contains(complaints));
  }

  @Test
  void theExamplesAreRight() throws IOException {
    Routing routing = example();
    assertThat(
            routing
                .root()
                .handling(
                    Labels.of(
                        Map.of(
                            "alertname",
                            "X",
                            "rule",
                            "sla/payment-success",
                            "severity",
                            "critical"))))
        .extracting(Route::groupWait)
        .containsExactly(java.time.Duration.ZERO);
    try (var in = Routing.class.getResourceAsStream("/io/fenghuo/alerting/routing.yml")) {
      assertThat(
              read(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                  .receivers())
          .hasSize(1);
    }
  }

  @Test
  void everyMistakeIsNamedWithItsLineAndKey() {
    refused(
        """
        route:
          receiver: nobody
          group_wait: soon
          matchers: [ a="b" ]
          routes:
            - matchers: [ a=~"(" ]
              mute_time_intervals: [ night ]
              escalation: none
        receivers:
          - name: team
            dingtalk_configs: [ { at: [ "duty:pay" ] } ]
            fallback: lost
          - name: other
          - name: other
        """,
        "routing.yml:2: route.receiver: nobody is no receiver",
        "routing.yml:3: route.group_wait: soon (expected a duration",
        "routing.yml:4: route.matchers: the root route takes every alert",
        "routing.yml:6: route.routes[0].matchers: a: ( is not a regular expression (RE2)",
        "routing.yml:7: route.routes[0].mute_time_intervals: night is none of time_intervals",
        "routing.yml:8: route.routes[0].escalation: none is no escalation",
        "routing.yml:11: receivers[0].dingtalk_configs[0].at: duty:pay is no team",
        "dingtalk_configs[0].robots: missing",
        "routing.yml:12: receivers[0].fallback: lost is no receiver",
        "routing.yml:14: receivers[2].name: other stands twice");
  }

  @Test
  void whatIsNoYamlOrEmptyIsSaid() {
    refused("route: [", "not YAML");
    refused("", "expected a mapping");
    refused("{}", "route: missing");
    refused(
        "route: { receiver: a }\nreceivers: [ { name: a } ]\nroutes: []",
        "routing.yml:3: routes: unknown (expected one of");
  }

  @Test
  void fallbacksThatLeadInACircleAreRefused() {
    refused(
        "route: { receiver: a }\nreceivers: [ { name: a, fallback: b }, { name: b, fallback: a } ]",
        "fallback: leads back to");
  }

  @Test
  void aTemplateWithAnUnknownPlaceIsRefused() {
    refused(
        "lines: [ { name: 看板, zh: \"{label.x}\" } ]\nroute: { receiver: a }\nreceivers: [ { name: a } ]",
        "lines[0].zh: {label.x} (expected {labels.NAME}");
  }

  @Test
  void aSecretIsNeverInAMessage() {
    assertThatThrownBy(
            () ->
                read(
                    "route: { receiver: a }\nreceivers: [ { name: a, webhook_configs: [ { url: \"ftp://very-secret\" } ] } ]"))
        .satisfies(
            wrong ->
                assertThat(wrong.getMessage())
                    .contains("url: not an address")
                    .doesNotContain("very-secret"));
  }

  @Test
  void aWeekAnOverrideAndAHolidayDecideWhoIsOnDuty() throws IOException {
    Team team = example().roster().teams().get("payments");
    // Shanghai is eight hours ahead: the handover of Monday 10:00 is at 02:00Z.
    assertThat(team.onDuty(Instant.parse("2026-01-12T01:59:59Z"))).contains("wang");
    assertThat(team.onDuty(Instant.parse("2026-01-12T02:00:00Z"))).contains("li");
    assertThat(team.deputy(Instant.parse("2026-01-12T02:00:00Z"))).contains("wang");
    assertThat(team.onDuty(Instant.parse("2026-11-10T12:00:00Z"))).contains("zhao");
    assertThat(team.onDuty(Instant.parse("2026-11-12T00:00:00Z")))
        .isNotEqualTo(java.util.Optional.of("zhao"));
    assertThat(List.of("2026-10-01T04:00:00Z", "2026-10-02T04:00:00Z", "2026-10-04T04:00:00Z"))
        .extracting(at -> team.onDuty(Instant.parse(at)).orElseThrow())
        .containsExactly("zhao", "wang", "zhao");
  }

  @Test
  void aNightIsMuteAndADayIsNot() throws IOException {
    TimeInterval night = example().timeIntervals().get("night");
    assertThat(night.has(Instant.parse("2026-11-11T14:00:00Z"))).isTrue();
    assertThat(night.has(Instant.parse("2026-11-11T23:59:00Z"))).isTrue();
    assertThat(night.has(Instant.parse("2026-11-12T00:00:00Z"))).isFalse();
  }

  @Test
  void aChildTakesFromItsParentWhatItDoesNotSay() {
    Routing routing =
        read(
            "route: { receiver: a, group_by: [x], routes: [ { matchers: [ 'b=~\"c|d\"' ], receiver: e, continue: true, group_wait: 1m30s } ] }\nreceivers: [ { name: a }, { name: e } ]");
    Route child = routing.root().routes().get(0);
    assertThat(child.continues()).isTrue();
    assertThat(child.groupWait()).isEqualTo(Durations.parse(Durations.write(child.groupWait())));
    assertThat(child.id()).isEqualTo("{}/{b=~\"c|d\"}");
  }
}
