package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Times at which nobody wants to hear of it. The stories begin at 20:00 in Shanghai. */
class MutedTimesTest {

  private static final String NIGHTS =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route:
        receiver: team
        group_by: [alertname]
        group_wait: 0s
        group_interval: 10m
        repeat_interval: 240h
        routes:
          - { matchers: [ kind="report" ], receiver: team, mute_time_intervals: [ night ] }
          - { matchers: [ kind="batch" ], receiver: team, active_time_intervals: [ night ] }
      receivers: [ { name: team, webhook_configs: [ { url: URL(team) } ] } ]
      time_intervals:
        - name: night
          time_intervals:
            - times: [ { start_time: "22:00", end_time: "24:00" }, { start_time: "00:00", end_time: "08:00" } ]
              location: Asia/Shanghai
      """;

  private static final int NIGHT = 2 * 3600;
  private static final int MORNING = 12 * 3600;

  @Test
  void whatBeginsAtNightIsToldInTheMorningAndNothingElseIsHeldBack() {
    try (Story story = new Story(NIGHTS, "team")) {
      story.fire("Before", "kind=report").until(NIGHT + 60);
      story.fire("During", "kind=report").fire("Always", "kind=other").until(MORNING - 1);
      assertThat(story.got("team"))
          .containsExactly("0 first [Before]", NIGHT + 60 + " first [Always]");
      story.until(MORNING + 600);
      assertThat(story.got("team")).containsExactly(MORNING + 60 + " first [During]");
      assertThat(
              story.count(
                  "select sum(count) from tally where name = 'suppressed' and reason = 'muted'"))
          .isPositive();
    }
  }

  @Test
  void whatEndsBeforeTheMorningIsNeverTold() {
    try (Story story = new Story(NIGHTS, "team")) {
      story.until(NIGHT).fire("Short", "kind=report").until(NIGHT + 3600);
      story.resolve("Short", "kind=report").until(MORNING + 3600);
      assertThat(story.got("team")).isEmpty();
      assertThat(story.count("select count(*) from incident")).isZero();
    }
  }

  @Test
  void whatIsOnlyWantedAtNightWaitsForIt() {
    try (Story story = new Story(NIGHTS, "team")) {
      story.until(60).fire("Batch", "kind=batch").until(NIGHT - 1);
      assertThat(story.got("team")).isEmpty();
      story.until(NIGHT + 600);
      assertThat(story.got("team")).containsExactly(NIGHT + 60 + " first [Batch]");
    }
  }
}
