package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeishuChannelTest extends HttpChannelContract {

  @Override
  String config(String url) {
    return "feishu_configs: [ { url: \"" + url + "/hook/hookhook\", secret: secretsecret } ]";
  }

  @Override
  String success() {
    return "{\"code\":0,\"msg\":\"success\"}";
  }

  @Override
  String tooMany() {
    return "{\"code\":11232,\"msg\":\"frequency limited\"}";
  }

  @Override
  List<String> secrets() {
    return List.of("hookhook", "secretsecret");
  }

  @Override
  int maxBody() {
    return FeishuChannel.MAX_BODY;
  }

  @Test
  void theTimeAndTheSecretAreTheKeyOfAnEmptySignature() {
    send(usual());
    byte[] expected =
        Signature.hmac(
            (NOW.getEpochSecond() + "\nsecretsecret")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
            "");
    assertThat(Json.tree(requests.get(0).body()).path("sign").asText())
        .isEqualTo(java.util.Base64.getEncoder().encodeToString(expected));
  }
}
