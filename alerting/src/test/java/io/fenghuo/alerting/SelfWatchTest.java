package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.FakeProvider.Received;
import io.fenghuo.alerting.FakeProvider.Reply;
import io.fenghuo.alerting.channel.FakeMailServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the service says about itself. The stories begin at 20:00 in Shanghai. */
class SelfWatchTest {

  private static final String EVERY_CHANNEL =
      """
      global: { allow_private_hosts: [127.0.0.1], heartbeat_every: 12h }
      route:
        receiver: ding
        routes: [ { matchers: [ fenghuo_about=~".+" ], receiver: own, group_wait: 0s } ]
      receivers:
        - name: ding
          dingtalk_configs: [ { endpoint: URL(ding)/robot/send, robots: [ { token: T } ] } ]
        - { name: wecom, wecom_configs: [ { endpoint: URL(wecom), key: K } ] }
        - { name: feishu, feishu_configs: [ { url: URL(feishu)/hook/h } ] }
        - name: sms
          sms_configs:
            - { endpoint: URL(sms), access_key_id: K, access_key_secret: S, sign_name: 烽火, template_code: SMS_1, to: "13800000001", testable: true }
        - { name: own, webhook_configs: [ { url: URL(own) } ] }
        - { name: quiet, webhook_configs: [ { url: URL(quiet), testable: false } ] }
      """;

  /** Wherever in a request a channel puts it. */
  private static String text(Received received) {
    return received.body()
        + URLDecoder.decode(String.valueOf(received.uri().getRawQuery()), StandardCharsets.UTF_8);
  }

  @Test
  void aHeartbeatGoesThroughEveryChannelThatIsTestable() {
    String[] all = {"ding", "wecom", "feishu", "sms", "own", "quiet"};
    try (Story story = new Story(EVERY_CHANNEL, all)) {
      for (int beat = 0; beat < 3; beat++) {
        story.until(beat * 12 * 3600 + 10);
        for (String name : List.of("ding", "wecom", "feishu", "sms")) {
          List<Received> received = story.receiver(name).take();
          assertThat(received).as(name).hasSize(1);
          assertThat(text(received.get(0))).as(name).contains("心跳");
        }
        assertThat(story.receiver("own").take())
            .singleElement()
            .satisfies(
                each -> assertThat(each.json().path("kind").asText()).isEqualTo("heartbeat"));
      }
      assertThat(story.receiver("quiet").received()).isEmpty();
    }
  }

  @Test
  void aHeartbeatThatDoesNotArriveIsAnAlert() {
    String[] all = {"ding", "wecom", "feishu", "sms", "own", "quiet"};
    try (Story story = new Story(EVERY_CHANNEL, all)) {
      story
          .receiver("wecom")
          .answering(r -> Reply.ok("{\"errcode\":93000,\"errmsg\":\"bad key\"}"));
      story.until(10);
      assertThat(story.got("own"))
          .containsExactlyInAnyOrder("0 heartbeat []", "0 first [NotificationFailed]");
      assertThat(
              story.count(
                  "select count(*) from alert where labels ->> 'channel' = 'wecom/wecom[0]'"))
          .isEqualTo(1);
    }
  }

  private static final String MAIL =
      """
      global: { allow_private_hosts: [127.0.0.1], heartbeat_every: 12h }
      route: { receiver: mail }
      receivers:
        - name: mail
          email_configs:
            - { host: 127.0.0.1, port: PORT, from: fenghuo@shop.example, to: wang@shop.example, security: none, testable: true }
      """;

  @Test
  void aHeartbeatGoesByMailToo() throws Exception {
    try (FakeMailServer server = new FakeMailServer();
        Story story = new Story(MAIL.replace("PORT", Integer.toString(server.port())))) {
      for (int beat = 0; beat < 2; beat++) {
        story.until(beat * 12 * 3600 + 10);
        assertThat(server.take())
            .singleElement()
            .satisfies(
                mail -> {
                  assertThat(mail.getSubject()).contains("心跳");
                  assertThat(mail.getHeader("To")).containsExactly("wang@shop.example");
                });
      }
      assertThat(
              story.count(
                  "select count(*) from notification where kind = 'heartbeat' and state = 'sent'"))
          .isEqualTo(2);
    }
  }

  private static final String WATCHED =
      """
      global: { allow_private_hosts: [127.0.0.1], quiet_after: 30m }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route: { receiver: team, group_wait: 0s, group_interval: 1m, group_by: [alertname], repeat_interval: 24h }
      receivers: [ { name: team, webhook_configs: [ { url: URL(team) } ] } ]
      """;

  @Test
  void thatNothingWasHeardForTooLongIsAnAlertUntilSomethingIs() {
    try (Story story = new Story(WATCHED, "team")) {
      story.until(1000).fire("A", "city=bj").until(1100);
      assertThat(story.got("team")).containsExactly("1000 first [A]");
      for (int second = 1200; second <= 2800; second += 100) {
        story.until(second);
      }
      assertThat(story.got("team")).isEmpty();
      story.until(2801);
      assertThat(story.got("team")).containsExactly("2801 first [NoAlertHeard]");
      story.until(3600).fire("A", "city=bj").until(3700);
      assertThat(story.got("team"))
          .singleElement()
          .satisfies(told -> assertThat(told).endsWith("resolved [NoAlertHeard over]"));
    }
  }

  private static final String DAILY =
      """
      global: { allow_private_hosts: [127.0.0.1], digest_at: "09:00", digest_receiver: team }
      route: { receiver: team, group_wait: 0s, group_by: [alertname], group_interval: 1h, repeat_interval: 240h }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      receivers: [ { name: team, webhook_configs: [ { url: URL(team) } ] } ]
      """;

  @Test
  void onceADayItSaysWhatItDid() {
    try (Story story = new Story(DAILY, "team")) {
      story.fire("A").fire("B").until(600).resolve("B").until(13 * 3600 - 1);
      story.receiver("team").take();
      story.until(13 * 3600);
      assertThat(story.receiver("team").take())
          .singleElement()
          .satisfies(
              digest -> {
                assertThat(digest.json().path("kind").asText()).isEqualTo("digest");
                assertThat(digest.json().path("lines"))
                    .extracting(line -> line.asText())
                    .containsExactly("新事件：2", "未解决事件：1", "已送达消息：3", "限流合并：0", "未送达：0");
              });
      story.restart();
      story.until(14 * 3600);
      assertThat(story.receiver("team").take()).isEmpty();
      story.until(37 * 3600);
      assertThat(story.receiver("team").take()).hasSize(1);
    }
  }
}
