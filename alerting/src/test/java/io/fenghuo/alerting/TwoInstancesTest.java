package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.alert.Reported;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two services on one database do the work once. */
class TwoInstancesTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route: { receiver: team, group_by: [shop], group_wait: 0s, group_interval: 30s, repeat_interval: 24h }
      receivers: [ { name: team, deliver_within: 10m, webhook_configs: [ { url: URL(team) } ] } ]
      """;

  @Test
  void everyMessageArrivesOnceWhoeverSendsIt() throws Exception {
    try (Story story = new Story(TEAM, "team");
        Alerting other = story.open("two")) {
      for (int second = 0; second < 10; second++) {
        List<Reported> alerts = new ArrayList<>();
        for (int shop = 0; shop < 10; shop++) {
          alerts.add(Reports.firing(story.clock.instant(), "A", "shop=" + second + "-" + shop));
        }
        other.inbox().accept(alerts);
        Thread together = new Thread(other::settle);
        together.start();
        story.alerting().settle();
        together.join(30_000);
        story.clock.moveTo(story.clock.instant().plusSeconds(1));
      }
      story.until(30);
      assertThat(story.receiver("team").received()).hasSize(100);
      assertThat(
              story.receiver("team").received().stream()
                  .map(each -> each.header("Idempotency-key"))
                  .collect(Collectors.toSet()))
          .hasSize(100);
    }
  }

  @Test
  void whoWasAwayTooLongIsNotBelieved() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (Story story = new Story(TEAM, "team");
        Alerting other = story.open("two")) {
      story
          .receiver("team")
          .answering(
              request -> {
                if (asked.getCount() > 0) {
                  asked.countDown();
                  try {
                    answer.await(20, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return FakeProvider.Reply.status(500);
                }
                return FakeProvider.Reply.status(200);
              });
      story
          .alerting()
          .inbox()
          .accept(List.of(Reports.firing(story.clock.instant(), "A", "shop=1")));
      List<Future<?>> slow = new ArrayList<>(story.alerting().round().requests());
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      // The first owner hangs; its lease ends, and the second takes the lane.
      story.clock.moveTo(Story.at(61));
      other.settle();
      answer.countDown();
      for (Future<?> each : slow) {
        each.get(20, TimeUnit.SECONDS);
      }
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'sent' and may_have_been_sent"))
          .isEqualTo(1);
      assertThat(story.count("select count(*) from attempt where outcome = 'later'")).isEqualTo(1);
      assertThat(story.count("select count(*) from attempt where outcome = 'sent'")).isEqualTo(1);
      assertThat(story.count("select max(token) from lane")).isEqualTo(2);
      story.until(100);
      assertThat(story.receiver("team").received()).hasSize(2);
    }
  }
}
