package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class DingTalkChannelTest extends ChannelContract {

  @Override
  String config(String url) {
    return "dingtalk_configs: [ { endpoint: \""
        + url
        + "/robot/send\", robots: [ { token: tokentoken, secret: SECsecret } ] } ]";
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
  void itReadsLikeThisOnAPhone() {
    send(usual());
    assertThat(Json.tree(requests.get(0).body()).path("actionCard").path("text").asText())
        .isEqualTo(
            """
            ### 【严重】支付宝支付成功率过低

            **开始** 11-11 19:55:00，已 5 分钟

            **数值** 61%（阈值 99.5%）

            **影响** 约 ¥3.2 万/分钟

            [手册](https://wiki.example/pay)""");
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
