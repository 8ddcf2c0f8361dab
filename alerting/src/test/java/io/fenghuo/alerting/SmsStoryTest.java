package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.FakeProvider.Received;
import io.fenghuo.alerting.FakeProvider.Reply;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** An SMS that is sent twice is two messages, so nobody sends before they have asked. */
class SmsStoryTest {

  private static final String DUTY =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route:
        receiver: duty
        group_by: [shop]
        group_wait: 0s
        group_interval: 1h
        repeat_interval: 24h
        routes: [ { matchers: [ fenghuo_about=~".+" ], receiver: own } ]
      receivers:
        - name: duty
          fallback: next
          sms_configs:
            - { endpoint: URL(sms), access_key_id: K, access_key_secret: S, sign_name: 烽火, template_code: SMS_1, to: "13800000001" }
        - { name: next, webhook_configs: [ { url: URL(next) } ] }
        - { name: own, webhook_configs: [ { url: URL(own) } ] }
      """;

  private static final Reply OK = Reply.ok("{\"Code\":\"OK\",\"BizId\":\"b1\"}");

  private static Story story() {
    return new Story(DUTY, "sms", "next", "own");
  }

  private static String action(Received request) {
    return request.header("X-acs-action");
  }

  private static List<String> actions(Story story) {
    return story.receiver("sms").received().stream().map(SmsStoryTest::action).toList();
  }

  private static String id(Received sent) {
    return sent.uri().getQuery().replaceAll(".*OutId=([0-9a-f]+).*", "$1");
  }

  /** Takes the first SMS and hangs up before it has answered. */
  private static Reply losing(AtomicBoolean lost, Received request, Reply receipts) {
    if (action(request).equals("QuerySendDetails")) {
      return receipts;
    }
    return lost.compareAndSet(false, true) ? Reply.status(0) : OK;
  }

  @Test
  void whenAnAnswerIsLostTheReceiptIsAskedAndWhatArrivedIsNotSentAgain() {
    try (Story story = story()) {
      AtomicBoolean lost = new AtomicBoolean();
      story
          .receiver("sms")
          .answering(
              request -> {
                String id = id(story.receiver("sms").received().get(0));
                return losing(
                    lost,
                    request,
                    Reply.ok(
                        "{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":[{\"OutId\":\""
                            + id
                            + "\",\"SendStatus\":3}]}}"));
              });
      story.fire("A", "shop=1").until(300);
      assertThat(actions(story)).containsExactly("SendSms", "QuerySendDetails");
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'sent' and answer like 'found by its receipt%'"))
          .isEqualTo(1);
    }
  }

  @Test
  void whatDidNotArriveIsSentAgain() {
    try (Story story = story()) {
      AtomicBoolean lost = new AtomicBoolean();
      Reply none = Reply.ok("{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":[]}}");
      story.receiver("sms").answering(request -> losing(lost, request, none));
      story.fire("A", "shop=1").until(300);
      assertThat(actions(story)).containsExactly("SendSms", "QuerySendDetails", "SendSms");
    }
  }

  @Test
  void whileTheReceiptIsNotToldNothingIsSent() {
    try (Story story = story()) {
      AtomicBoolean lost = new AtomicBoolean();
      story.receiver("sms").answering(r -> losing(lost, r, Reply.status(503)));
      story.fire("A", "shop=1").until(600);
      assertThat(actions(story)).containsOnlyOnce("SendSms").contains("QuerySendDetails");
      // In the end somebody is told another way, and it is marked that both may have arrived.
      assertThat(story.got("next")).hasSize(1);
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'failed' and may_have_been_sent"))
          .isEqualTo(1);
    }
  }

  private static String get(HttpApi api, String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(api.address() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static HttpResponse<String> report(HttpApi api, String path, String body)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(api.address() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String path(HttpApi api) throws IOException, InterruptedException {
    String url = Json.tree(get(api, "/api/fenghuo/receipts")).path("sms").asText();
    return URI.create(url).getPath();
  }

  @Test
  void whatTheCarrierReportsIsKeptAndWhatItDidNotDeliverGoesTheNextWay() throws Exception {
    try (Story story = story();
        HttpApi api =
            HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()))) {
      story.receiver("sms").answering(request -> OK);
      story.fire("A", "shop=1").fire("B", "shop=2").until(10);
      List<String> ids = story.receiver("sms").received().stream().map(SmsStoryTest::id).toList();
      String reports =
          "[{\"out_id\":\"%s\",\"success\":true,\"report_time\":\"2026-11-11 20:00:09\"},"
              + "{\"out_id\":\"%s\",\"success\":false,\"err_code\":\"MOBILE_OFF\"},"
              + "{\"out_id\":\"of somebody else\",\"success\":true}]";
      String body = reports.formatted(ids.get(0), ids.get(1));
      // The provider pushes again when it did not hear us.
      for (int push = 0; push < 2; push++) {
        HttpResponse<String> answer = report(api, path(api), body);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.tree(answer.body()).path("code").asInt(-1)).isZero();
      }
      story.until(20);
      assertThat(story.count("select count(*) from notification where receipt like 'delivered%'"))
          .isEqualTo(1);
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'failed' and receipt = 'MOBILE_OFF'"))
          .isEqualTo(1);
      assertThat(story.got("next")).containsExactly("10 first [B]");
      assertThat(story.got("own")).containsExactly("10 first [NotificationFailed]");
    }
  }

  @Test
  void aReportThatComesBeforeTheSecondAttemptMakesItNeedless() throws Exception {
    try (Story story = story();
        HttpApi api =
            HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()))) {
      story.receiver("sms").answering(request -> Reply.status(0));
      story.fire("A", "shop=1");
      String id = id(story.receiver("sms").received().get(0));
      report(api, path(api), "[{\"out_id\":\"" + id + "\",\"success\":true}]");
      story.until(300);
      assertThat(actions(story)).containsExactly("SendSms");
      assertThat(story.got("next")).isEmpty();
    }
  }

  @Test
  void whoDoesNotKnowTheAddressReportsNothing() throws Exception {
    try (Story story = story();
        HttpApi api =
            HttpApi.start(
                story.alerting(),
                new Access("127.0.0.1", 0, Optional.of(new Secret("a-long-enough-token"))))) {
      assertThat(report(api, "/receipts/sms/guess", "[]").statusCode()).isEqualTo(403);
      // The provider has no token of ours; the address is enough.
      String path = story.alerting().links().receipts("sms");
      assertThat(report(api, path, "[]").statusCode()).isEqualTo(200);
      assertThat(report(api, path, "{").statusCode()).isEqualTo(400);
    }
  }
}
