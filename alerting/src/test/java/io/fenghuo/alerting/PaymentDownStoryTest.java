package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.FakeProvider.Received;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A payment method fails: from the records the watches publish to what is read on a phone, with the
 * routing file of the first look.
 */
class PaymentDownStoryTest {

  private static final long START = MovingClock.START.toEpochMilli();

  private static Story story(String language) throws IOException {
    String routing =
        Files.readString(Path.of("../deploy/examples/routing-first.yml"))
            .replace("language: zh", "language: " + language)
            .replace("http://127.0.0.1:9099/robot", "URL(chat)/robot")
            .replace("http://127.0.0.1:9099/sms", "URL(duty)");
    return new Story(routing, "chat", "duty");
  }

  /** As {@code WatchOperator} publishes alerts. */
  private static Alert.Builder alert(String rule, Severity severity, String method) {
    Map<String, String> labels = new TreeMap<>();
    String key = "";
    if (!method.isEmpty()) {
      labels.put("method", method);
      key = "method=" + method;
    }
    labels.put("rule", rule);
    labels.put("key", key);
    labels.put("severity", severity.name().toLowerCase(java.util.Locale.ROOT));
    labels.put("owner", "payments");
    return Alert.newBuilder()
        .setAlertId(rule + "|" + key + "|" + (START - 10_000))
        .setFingerprint(rule + "|" + key)
        .setRuleId(rule)
        .setMode(RuleMode.LIVE)
        .setSeverity(severity)
        .setLabels(labels)
        .setAnnotations(Map.of("summary_zh", rule, "summary_en", rule))
        .setStartsAt(START - 10_000);
  }

  private static Alert failing(Severity severity) {
    return alert("sla/payment-failover", severity, "alipay")
        .setValue(0.0952)
        .setThreshold(0.763)
        .setAnnotations(
            Map.of(
                "title_zh",
                "支付方式故障（alipay）",
                "title_en",
                "Payment method failing (alipay)",
                "summary_zh",
                "支付方式故障（alipay）：成功率由 96.3% 降至 9.52%（11-11 19:59:50 起，19 次失败），主要失败码"
                    + " channel_unavailable，每分钟约 12345 元受影响；建议改用 wechat（近 5 分钟 97.1%）",
                "summary_en",
                "Payment method failing (alipay): success fell from 96.3% to 9.52% (since 11-11"
                    + " 19:59:50, 19 failed), mostly channel_unavailable, about 12345 yuan a minute at"
                    + " stake; use wechat instead (97.1% in 5 minutes)",
                "value",
                "9.52%",
                "threshold",
                "76.3%",
                "failure_code",
                "channel_unavailable",
                "money_per_minute",
                "12345",
                "fallback",
                "wechat"))
        .build();
  }

  private static Alert over() {
    return alert("sla/payment-failover", Severity.CRITICAL, "alipay")
        .setAnnotations(Map.of("title_zh", "支付方式故障（alipay）", "summary_zh", "支付方式故障（alipay）：已恢复"))
        .setEndsAt(START + 25_000)
        .build();
  }

  private static JsonNode onlyCard(Story story) {
    List<Received> received = story.receiver("chat").take();
    assertThat(received).hasSize(1);
    return received.get(0).json().path("actionCard");
  }

  private static String sms(Received received) {
    return URLDecoder.decode(received.uri().getRawQuery(), StandardCharsets.UTF_8);
  }

  @Test
  void oneMessageSaysWhatWhereSinceWhenHowBadWhatItCostsAndWhatToDo() throws IOException {
    try (Story story = story("zh");
        FakeTopic alerts = new FakeTopic(story)) {
      alerts.publish(failing(Severity.CRITICAL));
      JsonNode card = onlyCard(story);
      assertThat(card.path("title").asText()).isEqualTo("【严重】支付方式故障（alipay）");
      assertThat(card.path("text").asText())
          .isEqualTo(
              """
              ### 【严重】支付方式故障（alipay）

              **位置** method=alipay

              **开始** 11-11 19:59:50，已 10 秒

              **数值** 9.52%（阈值 76.3%）

              **影响** 每分钟约 ¥12,345

              **失败码** channel_unavailable

              **处理** 建议改用 wechat

              [手册](https://wiki.shop.example/runbooks/sla/payment-failover)

              **负责** 尚无人响应（归属 payments）

              成功率由 96.3% 降至 9.52%（11-11 19:59:50 起，19 次失败），主要失败码 channel_unavailable，每分钟约 12345 元受影响；建议改用 wechat（近 5 分钟 97.1%）""");
      assertThat(card.path("singleTitle").asText()).isEqualTo("我来处理");
      assertThat(card.path("singleURL").asText()).startsWith("http://127.0.0.1:9093/i/");
    }
  }

  @Test
  void itSaysTheSameInEnglish() throws IOException {
    try (Story story = story("en");
        FakeTopic alerts = new FakeTopic(story)) {
      alerts.publish(failing(Severity.CRITICAL));
      JsonNode card = onlyCard(story);
      assertThat(card.path("title").asText())
          .isEqualTo("Critical: Payment method failing (alipay)");
      assertThat(card.path("text").asText())
          .isEqualTo(
              """
              ### Critical: Payment method failing (alipay)

              **Where** method=alipay

              **Since** 11-11 19:59:50, for 10 s

              **Value** 9.52% (limit 76.3%)

              **Costs** about ¥12,345 a minute

              **Failure code** channel_unavailable

              **Do** use wechat instead

              [Runbook](https://wiki.shop.example/runbooks/sla/payment-failover)

              **On it** nobody yet (owner: payments)

              success fell from 96.3% to 9.52% (since 11-11 19:59:50, 19 failed), mostly channel_unavailable, about 12345 yuan a minute at stake; use wechat instead (97.1% in 5 minutes)""");
      assertThat(card.path("singleTitle").asText()).isEqualTo("I am on it");
    }
  }

  @Test
  void whatTheFailingMethodExplainsIsNotToldBesideIt() throws IOException {
    try (Story story = story("zh");
        FakeTopic alerts = new FakeTopic(story)) {
      alerts.publish(failing(Severity.CRITICAL));
      alerts.publish(alert("sla/payment-success", Severity.CRITICAL, "alipay").build());
      alerts.publish(alert("anomaly/payment-success", Severity.CRITICAL, "").build());
      story.until(100);
      assertThat(story.receiver("chat").take()).hasSize(1);
      // Another method is another matter.
      alerts.publish(alert("sla/payment-success", Severity.CRITICAL, "card").build());
      story.until(600);
      assertThat(story.receiver("chat").take().toString()).contains("method=card");
    }
  }

  @Test
  void whatBecomesMoreSevereIsOneAlertAndEndsWithIt() throws IOException {
    try (Story story = story("zh");
        FakeTopic alerts = new FakeTopic(story)) {
      alerts.publish(failing(Severity.WARNING));
      story.until(20);
      assertThat(story.receiver("chat").take()).isEmpty();
      alerts.publish(failing(Severity.CRITICAL));
      story.until(25);
      assertThat(story.receiver("chat").take()).hasSize(1);
      assertThat(story.count("select count(*) from alert where ended_at is null")).isEqualTo(1);
      alerts.publish(over());
      story.until(700);
      assertThat(story.count("select count(*) from alert where ended_at is null")).isZero();
      assertThat(story.count("select count(*) from incident where state <> 'resolved'")).isZero();
      assertThat(onlyMarkdown(story)).startsWith("### 【恢复】支付方式故障（alipay）");
    }
  }

  private static String onlyMarkdown(Story story) {
    List<Received> received = story.receiver("chat").take();
    assertThat(received).hasSize(1);
    return received.get(0).json().path("markdown").path("text").asText();
  }

  @Test
  void whoeverIsOnDutyGetsAnSmsWhenNobodyAnswers() throws IOException {
    try (Story story = story("zh");
        FakeTopic alerts = new FakeTopic(story)) {
      alerts.publish(failing(Severity.CRITICAL));
      story.until(110);
      assertThat(story.receiver("duty").take()).isEmpty();
      story.until(130);
      List<Received> sms = story.receiver("duty").take();
      assertThat(sms).hasSize(1);
      assertThat(sms(sms.get(0)))
          .contains("PhoneNumbers=13800000001")
          .contains("{\"content\":\"严重·升级 支付方式故障（alipay） 9.52%\"}");
    }
  }

  @Test
  void theButtonInTheMessageStopsTheEscalation() throws Exception {
    try (Story story = story("zh");
        FakeTopic alerts = new FakeTopic(story);
        HttpApi api =
            HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()))) {
      alerts.publish(failing(Severity.CRITICAL));
      String link = onlyCard(story).path("singleURL").asText();
      URI page = URI.create(api.address() + link.substring(link.indexOf("/i/")));
      HttpClient phone = HttpClient.newHttpClient();
      HttpResponse.BodyHandler<String> text = HttpResponse.BodyHandlers.ofString();
      URI list = URI.create(api.address() + "/api/v2/alerts");
      assertThat(phone.send(HttpRequest.newBuilder(list).build(), text).body())
          .contains("\"summary\":\"支付方式故障（alipay）\"");
      // The chat program's preview.
      assertThat(phone.send(HttpRequest.newBuilder(page).build(), text).body())
          .contains("支付方式故障（alipay）", "尚无人响应");
      HttpRequest answer =
          HttpRequest.newBuilder(page)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("who=%E7%8E%8B%E8%8A%B3&action=answer"))
              .build();
      assertThat(phone.send(answer, text).body())
          .contains("负责：王芳")
          .doesNotContain("尚无人响应")
          .doesNotContain("sign=");
      story.until(1700);
      assertThat(story.receiver("duty").received()).isEmpty();
      assertThat(story.receiver("chat").received()).isEmpty();
    }
  }
}
