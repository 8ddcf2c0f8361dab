package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.channel.Channel.Delivery;
import io.fenghuo.alerting.channel.Notice.Item;
import io.fenghuo.alerting.config.RoutingFile;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every channel owes, whatever it speaks: extend it and say how the channel is configured. */
abstract class ChannelContract {

  static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  /**
   * The channel's key and configuration, as flow YAML, sending to that address; {@code https}
   * stands for TLS, whatever is spoken through it.
   */
  abstract String config(String url);

  abstract List<String> secrets();

  /** Whether the provider speaks before it is asked, so that until then nothing was sent. */
  boolean speaksFirst() {
    return false;
  }

  /** The key in the routing file without its ending. */
  String kind() {
    return config("http://127.0.0.1:1").replaceAll("(?s)_configs.*", "").strip();
  }

  Channel channel(String url, String... global) {
    return RoutingFile.read(
            "r.yml",
            "global: { allow_private_hosts: [127.0.0.1]"
                + (global.length == 0 ? "" : ", " + String.join(", ", global))
                + " }\nroute: { receiver: r }\nreceivers: [ { name: r, "
                + config(url)
                + " } ]",
            new PrintWriter(System.out))
        .receivers()
        .get("r")
        .channels()
        .values()
        .iterator()
        .next();
  }

  static Answer send(Channel channel, Notice notice, boolean mayRepeat) {
    return channel.send(delivery(channel, notice, mayRepeat));
  }

  static Delivery delivery(Channel channel, Notice notice, boolean mayRepeat) {
    String address = channel.addresses(NOW).get(0);
    Outlet outlet = channel.outlets(address).get(0);
    return new Delivery("n1", outlet, address, notice, mayRepeat, NOW);
  }

  static Notice usual() {
    return notice("firing", "支付方式故障（alipay）", 1);
  }

  static Notice over() {
    return notice("resolved", "支付方式故障（alipay）", 1);
  }

  static Notice notice(String status, String title, int alerts) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < alerts; i++) {
      items.add(
          new Item(
              status,
              new TreeMap<>(
                  Map.of(
                      "alertname", "sla/payment-failover",
                      "rule", "sla/payment-failover",
                      "method", alerts == 1 ? "alipay" : "alipay" + i,
                      "owner", "payments",
                      "severity", "critical")),
              new TreeMap<>(
                  Map.of(
                      "title_zh", title,
                      "title_en", "Payment method failing (alipay)",
                      "summary_zh", title + "：成功率由 96.3% 降至 9.52%",
                      "summary_en",
                          "Payment method failing (alipay): success fell from 96.3% to 9.52%",
                      "value", "9.52%",
                      "threshold", "76.3%",
                      "money_per_minute", "12345",
                      "failure_code", "channel_unavailable",
                      "fallback", "wechat",
                      "runbook_url", "https://wiki.example/pay")),
              NOW.minusSeconds(300).toEpochMilli(),
              status.equals("resolved") ? NOW.toEpochMilli() : 0,
              "",
              "f" + i));
    }
    return new Notice(
        "alert",
        status,
        status.equals("resolved") ? "resolved" : "first",
        "r",
        "{}:{alertname=\"sla/payment-failover\"}",
        Map.of("alertname", "sla/payment-failover"),
        alerts == 1
            ? items.get(0).labels()
            : new TreeMap<>(Map.of("alertname", "sla/payment-failover", "owner", "payments")),
        new TreeMap<>(Map.of("value", "9.52%")),
        items,
        0,
        "critical",
        "i1",
        "http://127.0.0.1:9093/i/i1?until=1&sign=2",
        "",
        List.of());
  }

  @Test
  void whoIsNotThereHasNothing() {
    Channel channel = channel("http://127.0.0.1:" + FaultyServer.freePort());
    assertThat(send(channel, usual(), false))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.mayHaveBeenSent()).isFalse());
  }

  @Test
  void whoHangsIsLeftAfterTheTimeoutAndMayHaveIt() {
    try (FaultyServer server = FaultyServer.hanging()) {
      Channel channel = channel("http://127.0.0.1:" + server.port(), "request_timeout: 300ms");
      assertThat(send(channel, usual(), false))
          .isInstanceOfSatisfying(
              Answer.Later.class,
              later -> {
                assertThat(later.reason()).isEqualTo(Reason.TIMEOUT);
                assertThat(later.mayHaveBeenSent()).isEqualTo(!speaksFirst());
              });
    }
  }

  @Test
  void aConnectionThatIsResetMayHaveCarriedIt() {
    try (FaultyServer server = FaultyServer.resetting(speaksFirst())) {
      assertThat(send(channel("http://127.0.0.1:" + server.port()), usual(), false))
          .isInstanceOfSatisfying(
              Answer.Later.class,
              later -> {
                assertThat(later.reason()).isEqualTo(Reason.NETWORK);
                assertThat(later.mayHaveBeenSent()).isEqualTo(!speaksFirst());
              });
    }
  }

  @Test
  void whoCannotProveWhoTheyAreGetNothing() {
    try (FaultyServer server = FaultyServer.untrusted()) {
      assertThat(send(channel("https://127.0.0.1:" + server.port()), usual(), false))
          .isInstanceOfSatisfying(
              Answer.Later.class,
              later -> {
                assertThat(later.reason()).isEqualTo(Reason.NETWORK);
                assertThat(later.mayHaveBeenSent()).isFalse();
              });
    }
  }

  @Test
  void noSecretIsPrinted() {
    Channel channel = channel("http://127.0.0.1:1");
    for (String secret : secrets()) {
      assertThat(channel.toString()).doesNotContain(secret);
      assertThat(channel.outlets(channel.addresses(NOW).get(0)).toString()).doesNotContain(secret);
    }
  }
}
