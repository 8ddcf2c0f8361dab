package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookChannelTest extends HttpChannelContract {

  @Override
  String config(String url) {
    return "webhook_configs: [ { url: \"" + url + "/hook/hookhook\", secret: secretsecret } ]";
  }

  @Override
  String success() {
    return "";
  }

  @Override
  String tooMany() {
    return null;
  }

  @Override
  List<String> secrets() {
    return List.of("hookhook", "secretsecret");
  }

  @Override
  int maxBody() {
    return 8 << 20;
  }

  @Test
  void theBodyIsSignedWithItsTime() {
    send(usual());
    Request request = requests.get(0);
    String timestamp = request.headers().get("X-fenghuo-timestamp").get(0);
    assertThat(request.headers().get("X-fenghuo-signature").get(0))
        .isEqualTo(
            "sha256="
                + Signature.hex(
                    new io.fenghuo.alerting.Secret("secretsecret"),
                    timestamp + "." + request.body()));
    assertThat(Json.tree(request.body()).path("version").asText()).isEqualTo("4");
  }
}
