package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The routing file is changed while the service runs, and nobody tells it to look. */
class RoutingOnDiskTest {

  private static final String TO_ONE =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      route: { receiver: one, group_by: [city], group_wait: 0s, group_interval: 1h, repeat_interval: 24h }
      receivers:
        - { name: one, webhook_configs: [ { url: URL(one) } ] }
        - { name: two, webhook_configs: [ { url: URL(two) } ] }
      """;

  private static void report(Story story, String city) {
    story
        .alerting()
        .inbox()
        .accept(List.of(Reports.firing(story.clock.instant(), "A", "city=" + city)));
  }

  @Test
  void aGoodFileIsTakenABadOneRefusedAndTheOldOneStaysInForce() {
    try (Story story = new Story(TO_ONE, "one", "two")) {
      story.alerting().start();
      report(story, "bj");
      await().until(() -> story.receiver("one").received().size() == 1);

      story.write(TO_ONE.replace("receiver: one,", "receiver: two,"));
      await().until(() -> story.alerting().routing().get().root().receiver().equals("two"));
      report(story, "sh");
      await().until(() -> story.receiver("two").received().size() == 1);

      story.write(TO_ONE.replace("receiver: one,", "receiver: nobody,"));
      await().until(() -> story.alerting().routing().complaint().isPresent());
      assertThat(story.alerting().routing().complaint().orElseThrow())
          .contains(":2: route.receiver: nobody is no receiver");
      report(story, "gz");
      await().until(() -> story.receiver("two").received().size() == 2);

      story.write(TO_ONE);
      await().until(() -> story.alerting().routing().get().root().receiver().equals("one"));
      assertThat(story.alerting().routing().complaint()).isEmpty();
    }
  }
}
