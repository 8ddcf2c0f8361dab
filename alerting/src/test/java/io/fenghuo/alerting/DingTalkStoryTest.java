package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.FakeProvider.Received;
import io.fenghuo.alerting.FakeProvider.Reply;
import io.fenghuo.alerting.channel.Signature;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** DingTalk behind the whole path: signature, errcodes, quota, digest, next channel. */
class DingTalkStoryTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route:
        receiver: ding
        group_by: [shop]
        group_wait: 0s
        group_interval: 1m
        repeat_interval: 24h
        routes:
          - matchers: [ fenghuo_about=~".+" ]
            receiver: own
      receivers:
        - name: ding
          dingtalk_configs:
            - endpoint: URL(ding)/robot/send
              robots: [ { name: first, token: token-of-first, secret: SECfirst } ]
          fallback: sms
          deliver_within: 5m
        - { name: sms, webhook_configs: [ { url: URL(sms) } ] }
        - { name: own, webhook_configs: [ { url: URL(own) } ] }
      """;

  private static Story story() {
    return new Story(TEAM, "ding", "sms", "own");
  }

  private static Map<String, String> query(Received received) {
    return Stream.of(received.uri().getRawQuery().split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  @Test
  void aMessageIsSignedAndHasAButtonToAnswer() {
    try (Story story = story()) {
      story.fire("A", "shop=1", "severity=critical").until(1);
      Received sent = story.receiver("ding").take().get(0);
      Map<String, String> query = query(sent);
      assertThat(query.get("access_token")).isEqualTo("token-of-first");
      assertThat(query.get("timestamp")).isEqualTo(Long.toString(sent.at().toEpochMilli()));
      assertThat(query.get("sign"))
          .isEqualTo(
              Signature.base64(new Secret("SECfirst"), query.get("timestamp") + "\nSECfirst"));
      JsonNode card = sent.json().path("actionCard");
      assertThat(card.path("title").asText()).isEqualTo("【严重】A");
      assertThat(card.path("singleURL").asText()).startsWith("http://127.0.0.1:9093/i/");
    }
  }

  @Test
  void anErrcodeIsAFailureAlthoughTheStatusIs200() {
    try (Story story = story()) {
      story
          .receiver("ding")
          .answering(
              r -> Reply.ok("{\"errcode\":310000,\"errmsg\":\"sign not match, token-of-first\"}"));
      story.fire("A", "shop=1").until(1);
      assertThat(story.got("sms")).containsExactly("0 first [A]");
      assertThat(story.got("own")).containsExactly("0 first [NotificationFailed]");
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'failed' and reason = 'authError'"
                      + " and answer = 'errcode 310000: sign not match, ***'"))
          .isEqualTo(1);
    }
  }

  @Test
  void tooManyMessagesBecomeOneDigestAndCriticalOnesDoNot() {
    try (Story story = story()) {
      for (int shop = 1; shop <= 40; shop++) {
        story
            .alerting()
            .inbox()
            .accept(List.of(Reports.firing(story.clock.instant(), "A", "shop=" + shop)));
      }
      for (int shop = 41; shop <= 44; shop++) {
        story
            .alerting()
            .inbox()
            .accept(
                List.of(
                    Reports.firing(
                        story.clock.instant(), "A", "shop=" + shop, "severity=critical")));
      }
      story.until(55);
      List<Received> minute = story.receiver("ding").take();
      // Of 18 places 5 are kept for critical ones that may yet come.
      assertThat(minute).hasSizeBetween(13, 17);
      int waiting = 44 - minute.size();
      assertThat(minute).filteredOn(sent -> sent.body().contains("【严重】")).hasSize(4);
      story.until(70);
      List<Received> digest = story.receiver("ding").take();
      assertThat(digest).hasSize(1);
      assertThat(digest.get(0).json().path("markdown").path("title").asText())
          .isEqualTo("【汇总】" + waiting + " 条消息因限流合并");
      assertThat(story.count("select count(*) from notification where state = 'folded'"))
          .isEqualTo(waiting);
      assertThat(story.count("select count(*) from notification where state = 'queued'")).isZero();
    }
  }

  @Test
  void aRobotThatWasSilencedIsLeftAloneForTenMinutesAndTheNextChannelTakesOver() {
    try (Story story = story()) {
      AtomicInteger asked = new AtomicInteger();
      story
          .receiver("ding")
          .answering(
              r -> {
                asked.incrementAndGet();
                return Reply.ok("{\"errcode\":130101,\"errmsg\":\"send too fast\"}");
              });
      story.fire("A", "shop=1", "severity=critical").until(590);
      assertThat(asked).hasValue(1);
      assertThat(story.got("sms")).containsExactly("0 first [A]");
      story.receiver("ding").answering(r -> Reply.ok("{\"errcode\":0}"));
      story.until(601).fire("A", "shop=2").until(610);
      assertThat(story.receiver("ding").received()).hasSize(2);
    }
  }

  @Test
  void aLostAnswerIsFollowedByAMessageThatSaysItMayRepeat() {
    try (Story story = story()) {
      story.receiver("ding").answering(r -> Reply.status(0));
      story.fire("A", "shop=1").until(0.5);
      story.receiver("ding").answering(r -> Reply.ok("{\"errcode\":0}"));
      story.until(60);
      List<Received> sent = story.receiver("ding").take();
      assertThat(sent).hasSize(2);
      assertThat(sent.get(1).body()).contains("可能重复");
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'sent' and may_have_been_sent"))
          .isEqualTo(1);
    }
  }

  @Test
  void markupInLabelsIsTextAndNobodyIsCalledByALabel() {
    try (Story story = story()) {
      story.fire("<b>[x](http://evil)</b> @13800000000", "shop=1").until(1);
      String text =
          story.receiver("ding").take().get(0).json().path("actionCard").path("text").asText();
      assertThat(text)
          .contains("&lt;b&gt;\\[x\\](http://evil)")
          .doesNotContain("@1")
          .doesNotContain("<b>");
    }
  }

  private static String twoRobots() {
    return TEAM.replace(
        "robots: [ {", "robots: [ { name: dead, token: token-of-dead, secret: SECdead }, {");
  }

  private static Reply refusingDead(Received request) {
    return Reply.ok(
        request.uri().getQuery().contains("token-of-dead")
            ? "{\"errcode\":300001,\"errmsg\":\"token is not exist\"}"
            : "{\"errcode\":0}");
  }

  @Test
  void aRobotThatRefusesLeavesTheMessageToTheNextAndIsComplainedOf() {
    try (Story story = new Story(twoRobots(), "ding", "sms", "own")) {
      story.receiver("ding").answering(DingTalkStoryTest::refusingDead);
      story.fire("A", "shop=1").until(1);
      assertThat(story.receiver("ding").take())
          .extracting(each -> query(each).get("access_token"))
          .containsExactly("token-of-dead", "token-of-first");
      assertThat(story.got("sms")).isEmpty();
      assertThat(story.got("own")).containsExactly("0 first [OutletRefused]");
      // It is not asked again at once, and not for ever left alone.
      story.fire("A", "shop=2").until(599);
      assertThat(story.receiver("ding").take())
          .extracting(each -> query(each).get("access_token"))
          .containsExactly("token-of-first");
      story.until(601).fire("A", "shop=3");
      assertThat(story.receiver("ding").take()).hasSize(2);
    }
  }

  @Test
  void whenAllRobotsRefuseTheNextChannelIsTold() {
    try (Story story = new Story(twoRobots(), "ding", "sms", "own")) {
      story
          .receiver("ding")
          .answering(r -> Reply.ok("{\"errcode\":300001,\"errmsg\":\"token is not exist\"}"));
      story.fire("A", "shop=1").until(60);
      assertThat(story.receiver("ding").take()).hasSize(2);
      assertThat(story.got("sms")).containsExactly("0 first [A]");
      assertThat(story.got("own"))
          .containsExactlyInAnyOrder("0 first [OutletRefused]", "0 first [NotificationFailed]");
    }
  }
}
