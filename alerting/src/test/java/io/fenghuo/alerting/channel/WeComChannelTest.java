package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeComChannelTest extends HttpChannelContract {

  @Override
  String config(String url) {
    return "wecom_configs: [ { endpoint: \"" + url + "/send\", key: keykeykey } ]";
  }

  @Override
  String success() {
    return "{\"errcode\":0,\"errmsg\":\"ok\"}";
  }

  @Override
  String tooMany() {
    return "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}";
  }

  @Override
  List<String> secrets() {
    return List.of("keykeykey");
  }

  @Override
  int maxBody() {
    return WeComChannel.MAX_TEXT + 1_000;
  }

  @Test
  void theContentHasAtMost4096Bytes() {
    send(notice("firing", "支付".repeat(5_000), 50));
    String content = Json.tree(requests.get(0).body()).path("markdown").path("content").asText();
    assertThat(content.getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(4_096);
    assertThat(content).contains("我来处理");
  }
}
