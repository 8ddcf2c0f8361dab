package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DingTalkChannelTest extends HttpChannelContract {

  private volatile String at = "";

  @Override
  String config(String url) {
    return "dingtalk_configs: [ { endpoint: \""
        + url
        + "/robot/send\", robots: [ { token: tokentoken, secret: SECsecret } ]"
        + at
        + " } ]";
  }

  @Override
  String success() {
    return "{\"errcode\":0,\"errmsg\":\"ok\"}";
  }

  @Override
  String tooMany() {
    return "{\"errcode\":130101,\"errmsg\":\"send too fast, exceed 20 times per minute\"}";
  }

  @Override
  List<String> secrets() {
    return List.of("tokentoken", "SECsecret");
  }

  @Override
  int maxBody() {
    return DingTalkChannel.MAX_BODY;
  }

  @Test
  void whoIsCalledIsCalledInMarkdownSinceACardCallsNobody() {
    at = ", at: [ \"13800000001\" ], keyword: 烽火";
    send(usual());
    Golden.check("dingtalk.at.zh.json", payload(requests.get(0)));
  }

  @Test
  void whatTheGatewaySaysInsteadIsNoSuccess() {
    answer = "{\"status\":1111,\"wait\":5,\"source\":\"x5\",\"punish\":\"deny\",\"uuid\":\"u\"}";
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.after()).hasSeconds(5));
    answer = "<html>busy</html>";
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
  }
}
