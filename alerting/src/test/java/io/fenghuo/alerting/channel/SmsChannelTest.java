package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmsChannelTest extends HttpChannelContract {

  @Override
  String config(String url) {
    return "sms_configs: [ { endpoint: \""
        + url
        + "\", access_key_id: AK, access_key_secret: secretsecret, sign_name: 烽火, template_code: SMS_1, to: \"13800000000\" } ]";
  }

  @Override
  String success() {
    return "{\"Code\":\"OK\",\"Message\":\"OK\",\"BizId\":\"b1\"}";
  }

  @Override
  String tooMany() {
    return "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\",\"Message\":\"触发分钟级流控Permits:1\"}";
  }

  @Override
  List<String> secrets() {
    return List.of("secretsecret");
  }

  @Override
  int maxBody() {
    return 0;
  }

  @Test
  void theRequestIsSignedAsTheProviderComputesIt() throws Exception {
    send(usual());
    Request request = requests.get(0);
    String authorization = request.headers().get("Authorization").get(0);
    String names = authorization.replaceAll(".*SignedHeaders=([^,]*),.*", "$1");
    StringBuilder canonical =
        new StringBuilder("POST\n/\n").append(request.uri().substring(2)).append("\n");
    for (String name : names.split(";")) {
      String header = name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
      canonical.append(name).append(":").append(request.headers().get(header).get(0)).append("\n");
    }
    String hash = request.headers().get("X-acs-content-sha256").get(0);
    canonical.append("\n").append(names).append("\n").append(hash);
    String digest =
        java.util.HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256")
                    .digest(
                        canonical.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(authorization)
        .endsWith(
            "Signature="
                + Signature.hex(
                    new io.fenghuo.alerting.Secret("secretsecret"), "ACS3-HMAC-SHA256\n" + digest));
    assertThat(hash).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(java.net.URLDecoder.decode(request.uri(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("TemplateParam={\"content\":\"严重 支付方式故障（alipay） 9.52%\"}", "OutId=n1");
  }

  @Test
  void aReceiptTellsWhetherALostRequestArrived() {
    answer =
        "{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":[{\"OutId\":\"n1\",\"SendStatus\":1}]}}";
    assertThat(receipt()).containsInstanceOf(Answer.Sent.class);
    answer = "{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":[]}}";
    assertThat(receipt()).isEmpty();
  }

  @Test
  void aReceiptThatIsNotToldIsAskedForAgain() {
    for (String refusal : List.of("{\"Code\":\"Throttling.User\"}", "", "<html>busy</html>")) {
      answer = refusal;
      assertThat(receipt()).containsInstanceOf(Answer.Later.class);
    }
    answer = "";
    status = 503;
    assertThat(receipt()).containsInstanceOf(Answer.Later.class);
  }

  @Test
  void afterMidnightTheDayBeforeIsAskedToo() {
    answer = "{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":[]}}";
    Channel channel = channel(url());
    Channel.Delivery now = delivery(channel, usual(), true);
    Instant midnight = Instant.parse("2026-11-11T16:00:05Z");
    assertThat(
            channel.receipt(
                new Channel.Delivery(
                    now.id(), now.outlet(), now.address(), now.notice(), true, midnight)))
        .isEmpty();
    assertThat(requests)
        .extracting(Request::uri)
        .anyMatch(uri -> uri.contains("SendDate=20261112"));
    assertThat(requests)
        .extracting(Request::uri)
        .anyMatch(uri -> uri.contains("SendDate=20261111"));
  }

  private Optional<Answer> receipt() {
    Channel channel = channel(url());
    return channel.receipt(delivery(channel, usual(), true));
  }

  /** All of it is in the query; the signature has a test of its own. */
  @Override
  String payload(Request request) {
    ObjectNode fields = Json.MAPPER.createObjectNode();
    for (String pair : request.uri().substring(request.uri().indexOf('?') + 1).split("&")) {
      String[] parts = pair.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return Golden.pretty(fields.toString());
  }
}
