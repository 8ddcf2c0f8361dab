package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The path of an alert as its receivers see it. */
class PathTest {

  private static final String ONE_RECEIVER =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      route:
        receiver: team
        group_by: [city]
        group_wait: 10s
        group_interval: 1m
        repeat_interval: 1h
      receivers:
        - name: team
          webhook_configs: [ { url: URL(team), secret: shared } ]
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      inhibit_rules:
        - source_matchers: [ alertname="Down" ]
          target_matchers: [ alertname!="Down" ]
          equal: [ city ]
      """;

  @Test
  void alertsOfAGroupAreToldTogetherAfterTheWaitThenAtTheInterval() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.fire("A", "city=bj").until(5).fire("B", "city=bj").fire("A", "city=sh").until(20);
      assertThat(story.got("team")).containsExactlyInAnyOrder("10 first [A, B]", "15 first [A]");
      story.fire("C", "city=bj").until(69);
      assertThat(story.got("team")).isEmpty();
      story.until(80);
      assertThat(story.got("team")).containsExactly("70 more [A, B, C]");
      story.resolve("A", "city=bj").resolve("B", "city=bj").until(140);
      assertThat(story.got("team")).containsExactly("130 resolved [C, A over, B over]");
      story.resolve("C", "city=bj").until(200);
      assertThat(story.got("team")).containsExactly("190 resolved [C over]");
    }
  }

  @Test
  void whatGoesOnIsRepeatedAndNothingElseIs() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.fire("A", "city=bj").until(3 * 3600);
      assertThat(story.got("team"))
          .containsExactly("10 first [A]", "3610 repeat [A]", "7210 repeat [A]");
    }
  }

  @Test
  void oneThatEndsBeforeItIsToldIsNotTold() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.fire("A", "city=bj").until(5).resolve("A", "city=bj").until(600);
      assertThat(story.got("team")).isEmpty();
      assertThat(story.count("select count(*) from alert_group")).isZero();
    }
  }

  @Test
  void aSourceThatGoesQuietLeavesItsAlertStaleAndNeverResolved() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.push(
          "[{\"labels\":{\"alertname\":\"A\",\"city\":\"bj\"},\"endsAt\":\"2026-11-11T12:04:00Z\"}]");
      story.until(400);
      assertThat(story.got("team")).containsExactly("10 first [A]", "250 stale [A stale]");
      story.push(
          "[{\"labels\":{\"alertname\":\"A\",\"city\":\"bj\"},\"endsAt\":\"2026-11-11T12:20:00Z\"}]");
      story.until(500);
      assertThat(story.got("team")).containsExactly("430 back [A]");
    }
  }

  @Test
  void anAlertThatAnotherExplainsIsHeldBackUntilTheOtherEnds() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.fire("Down", "city=bj").fire("Slow", "city=bj").fire("Slow", "city=sh").until(20);
      assertThat(story.got("team")).containsExactlyInAnyOrder("10 first [Down]", "10 first [Slow]");
      story.resolve("Down", "city=bj").until(80);
      assertThat(story.got("team")).containsExactly("70 more [Slow, Down over]");
    }
  }

  @Test
  void aRestartForgetsNothingAndRepeatsNothing() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.fire("A", "city=bj").until(5);
      story.restart();
      story.until(20);
      assertThat(story.got("team")).containsExactly("10 first [A]");
      story.restart();
      story.until(600).resolve("A", "city=bj");
      story.restart();
      story.until(700);
      assertThat(story.got("team")).containsExactly("610 resolved [A over]");
    }
  }

  @Test
  void everyMessageIsARowWithItsAttempts() {
    try (Story story = new Story(ONE_RECEIVER, "team")) {
      story.receiver("team").answering(r -> FakeProvider.Reply.status(503));
      story.fire("A", "city=bj").until(12);
      story.receiver("team").answering(r -> FakeProvider.Reply.status(200));
      story.until(30);
      assertThat(story.count("select count(*) from notification where state = 'sent'"))
          .isEqualTo(1);
      assertThat(
              story.count(
                  "select count(*) from attempt where outcome = 'later' and reason = 'serverError'"))
          .isGreaterThanOrEqualTo(1);
      assertThat(story.receiver("team").received())
          .extracting(r -> r.header("Idempotency-key"))
          .containsOnly(story.receiver("team").received().get(0).header("Idempotency-key"));
    }
  }
}
