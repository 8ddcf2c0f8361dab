package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.FakeProvider.Received;
import io.fenghuo.alerting.FakeProvider.Reply;
import io.fenghuo.alerting.alert.Reported;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten thousand alerts in a minute for fifty groups, before a robot that takes twenty a minute. */
class StormTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route:
        receiver: ding
        group_by: [shop]
        group_wait: 5s
        group_interval: 20s
        repeat_interval: 24h
      receivers:
        - name: ding
          deliver_within: 10m
          dingtalk_configs:
            - { endpoint: URL(ding)/robot/send, robots: [ { token: storm, secret: SECx } ] }
      """;

  /** DingTalk's own count: more than 20 in a minute, and the robot is silent for ten. */
  private static final class Robot {
    private final Deque<Instant> taken = new ArrayDeque<>();
    private Instant silentUntil = Instant.MIN;
    int refused;

    synchronized Reply answer(Received request) {
      while (!taken.isEmpty()
          && !taken.peekFirst().isAfter(request.at().minus(Duration.ofMinutes(1)))) {
        taken.removeFirst();
      }
      if (request.at().isBefore(silentUntil) || taken.size() >= 20) {
        refused++;
        silentUntil = request.at().plus(Duration.ofMinutes(10));
        return Reply.ok("{\"errcode\":130101,\"errmsg\":\"send too fast\"}");
      }
      taken.addLast(request.at());
      return Reply.ok("{\"errcode\":0,\"errmsg\":\"ok\"}");
    }
  }

  @Test
  void nobodyGetsMoreThanTheQuotaCriticalOnesArriveInTimeAndEverythingIsAccountedFor() {
    try (Story story = new Story(TEAM, "ding")) {
      Robot robot = new Robot();
      story.receiver("ding").answering(robot::answer);
      int number = 0;
      for (int second = 0; second < 60; second++) {
        List<Reported> alerts = new ArrayList<>();
        for (int i = 0; i < 167; i++, number++) {
          int shop = number % 50;
          alerts.add(
              Reports.firing(
                  story.clock.instant(),
                  "A" + number,
                  "shop=" + shop,
                  "severity=" + (shop < 5 ? "critical" : "warning")));
        }
        story.alerting().inbox().accept(alerts);
        story.until(second + 1);
      }
      story.until(600);
      assertThat(story.count("select count(*) from alert")).isEqualTo(10_020);
      assertThat(robot.refused).isZero();
      // Each group's first word, if critical, left within its deadline and not in a digest.
      assertThat(
              story.count(
                  "select count(*) from notification where priority = 0 and state <> 'sent'"))
          .isZero();
      assertThat(
              story.count(
                  "select count(*) from notification where priority = 0"
                      + " and finished_at > created_at + interval '2 minutes'"))
          .isZero();
      assertThat(
              story.count(
                  "select count(*) from notification where state not in ('sent', 'folded')"))
          .isZero();
      assertThat(story.count("select count(*) from notification where state = 'sent'"))
          .isEqualTo(story.receiver("ding").received().size());
      assertThat(
              story.count(
                  "select count(*) from notification n where state = 'folded' and not exists"
                      + " (select 1 from notification d where d.id = n.folded_into and d.state = 'sent')"))
          .isZero();
    }
  }
}
