package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.escalate.Incident;
import io.fenghuo.alerting.escalate.Incidents.Action;
import org.junit.jupiter.api.Test;

/** Somebody answers, or the next one is told. */
class EscalationTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      route:
        receiver: chat
        group_by: [city]
        group_wait: 0s
        group_interval: 1m
        repeat_interval: 24h
        escalation: usual
        routes:
          - matchers: [ fenghuo_about=~".+" ]
            receiver: boss
      receivers:
        - { name: chat, webhook_configs: [ { url: URL(chat) } ] }
        - { name: duty, webhook_configs: [ { url: URL(duty) } ] }
        - { name: boss, webhook_configs: [ { url: URL(boss) } ] }
      escalations:
        - name: usual
          steps: [ { after: 5m, receiver: duty }, { after: 15m, receiver: boss } ]
      """;

  private static Story story() {
    return new Story(TEAM, "chat", "duty", "boss");
  }

  private static Incident incident(Story story) {
    return story.alerting().incidents().list(false, 10).stream()
        .filter(each -> !each.groupKey().contains("alertname"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nobodyAnswersAndOneAfterTheOtherIsTold() {
    try (Story story = story()) {
      story.fire("A", "city=bj").until(29 * 60);
      assertThat(story.got("chat")).containsExactly("0 first [A]");
      assertThat(story.got("duty")).containsExactly("300 escalation 1 [A]");
      assertThat(story.got("boss")).containsExactly("900 escalation 2 [A]");
    }
  }

  @Test
  void anAnswerStopsTheEscalation() {
    try (Story story = story()) {
      story.fire("A", "city=bj").until(200);
      story.alerting().incidents().act(incident(story).id(), Action.ANSWER, "wang", "");
      story.until(3600);
      assertThat(story.got("duty")).isEmpty();
      assertThat(story.got("boss")).isEmpty();
    }
  }

  @Test
  void whoLetsGoIsFollowedAtOnceByTheNextStep() {
    try (Story story = story()) {
      story.fire("A", "city=bj").until(200);
      story.alerting().incidents().act(incident(story).id(), Action.ANSWER, "wang", "");
      story.until(1000);
      story.alerting().incidents().act(incident(story).id(), Action.UNANSWER, "wang", "");
      story.until(1700);
      assertThat(story.got("duty")).containsExactly("1000 escalation 1 [A]");
      assertThat(story.got("boss")).containsExactly("1600 escalation 2 [A]");
    }
  }

  @Test
  void bothClocksThatRunOutAreAlertsOfTheirOwnAndEndWithTheIncident() {
    try (Story story = story()) {
      story.fire("A", "city=bj").until(7300);
      assertThat(story.got("boss"))
          .containsExactly(
              "900 escalation 2 [A]",
              "1800 first [IncidentNotAnswered]",
              "7200 first [IncidentNotResolved]");
      story.resolve("A", "city=bj").until(7500);
      assertThat(story.got("chat")).containsExactly("0 first [A]", "7320 resolved [A over]");
      // Groups are looked at side by side: theirs may be looked at just before the incident ends,
      // and then tell of it one interval later.
      assertThat(story.got("boss"))
          .hasSize(2)
          .anyMatch(told -> told.matches("(7320|7380) resolved \\[IncidentNotAnswered over]"))
          .anyMatch(told -> told.matches("(7320|7380) resolved \\[IncidentNotResolved over]"));
    }
  }

  @Test
  void anOutageHasShorterClocks() {
    try (Story story = story()) {
      story.fire("A", "city=bj", "outage=true").until(1900);
      assertThat(story.got("boss"))
          .containsExactly(
              "600 first [IncidentNotAnswered]",
              "900 escalation 2 [A]",
              "1800 first [IncidentNotResolved]");
    }
  }

  @Test
  void aRestartBetweenStepsLosesNoStep() {
    try (Story story = story()) {
      story.fire("A", "city=bj").until(100);
      story.restart();
      story.until(600);
      story.restart();
      story.until(1000);
      assertThat(story.got("duty")).containsExactly("300 escalation 1 [A]");
      assertThat(story.got("boss")).containsExactly("900 escalation 2 [A]");
    }
  }
}
