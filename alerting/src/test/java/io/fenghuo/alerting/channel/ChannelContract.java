package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fenghuo.alerting.channel.Channel.Delivery;
import io.fenghuo.alerting.channel.Notice.Item;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.config.RoutingFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every channel over HTTP owes: extend it and say how the channel is configured. */
abstract class ChannelContract {

  static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  /** A request as it arrived. */
  record Request(String uri, Map<String, List<String>> headers, String body) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile int status = 200;
  volatile String answer;
  volatile Map<String, String> answerHeaders = Map.of();
  volatile boolean hangUp;
  private HttpServer server;

  /** The channel's key and configuration, as flow YAML, sending to that address. */
  abstract String config(String url);

  /** What the provider answers when it has the message. */
  abstract String success();

  /** What it answers, with HTTP 200 if it does so, when it has had too many. */
  abstract String tooMany();

  abstract List<String> secrets();

  /** Bytes of the largest body the provider takes. */
  abstract int maxBody();

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(
              new Request(
                  exchange.getRequestURI().toString(),
                  Map.copyOf(exchange.getRequestHeaders()),
                  body));
          if (hangUp) {
            exchange.close();
            return;
          }
          byte[] bytes = (answer == null ? success() : answer).getBytes(StandardCharsets.UTF_8);
          answerHeaders.forEach(exchange.getResponseHeaders()::set);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Channel channel(String url) {
    return routing(url).receivers().get("r").channels().values().iterator().next();
  }

  Channel channel() {
    return channel(url());
  }

  private Routing routing(String url) {
    return RoutingFile.read(
        "r.yml",
        "global: { allow_private_hosts: [127.0.0.1] }\nroute: { receiver: r }\nreceivers: [ { name: r, "
            + config(url)
            + " } ]",
        new PrintWriter(System.out));
  }

  Answer send(Notice notice) {
    Channel channel = channel();
    return send(channel, notice, false);
  }

  Answer send(Channel channel, Notice notice, boolean mayRepeat) {
    String address = channel.addresses(NOW).get(0);
    return channel.send(
        new Delivery("n1", channel.outlets(address).get(0), address, notice, mayRepeat, NOW));
  }

  static Notice notice(String summary, int alerts) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < alerts; i++) {
      items.add(
          new Item(
              "firing",
              new TreeMap<>(Map.of("alertname", "PaymentDown", "method", "alipay" + i)),
              new TreeMap<>(
                  Map.of(
                      "summary_zh", summary,
                      "summary_en", "Alipay success rate is low",
                      "value", "61%",
                      "threshold", "99.5%",
                      "cost", "约 ¥3.2 万/分钟",
                      "runbook_url", "https://wiki.example/pay")),
              NOW.minusSeconds(300).toEpochMilli(),
              0,
              "",
              "f" + i));
    }
    return new Notice(
        "alert",
        "firing",
        "first",
        "r",
        "{}:{alertname=\"PaymentDown\"}",
        Map.of("alertname", "PaymentDown"),
        Map.of("alertname", "PaymentDown"),
        Map.of("value", "61%"),
        items,
        0,
        "critical",
        "i1",
        "http://127.0.0.1:9093/i/i1?until=1&sign=2",
        "",
        List.of());
  }

  static Notice usual() {
    return notice("支付宝支付成功率过低", 1);
  }

  @Test
  void aMessageThatTheProviderHasIsSent() {
    assertThat(send(usual())).isInstanceOf(Answer.Sent.class);
    assertThat(requests).hasSize(1);
  }

  @Test
  void statusesMeanWhatTheyMeanEverywhere() {
    answer = "";
    Map<Integer, Class<? extends Answer>> table =
        Map.of(
            500, Answer.Later.class,
            502, Answer.Later.class,
            503, Answer.Later.class,
            408, Answer.Later.class,
            400, Answer.Never.class,
            403, Answer.Never.class,
            404, Answer.Never.class);
    table.forEach(
        (code, kind) -> {
          status = code;
          assertThat(send(usual())).as("HTTP " + code).isInstanceOf(kind);
        });
  }

  @Test
  void aWaitThatTheProviderNamesIsKept() {
    status = 429;
    answer = "";
    answerHeaders = Map.of("Retry-After", "17");
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class,
            later -> {
              assertThat(later.reason()).isEqualTo(Reason.RATE_LIMITED);
              assertThat(later.after()).hasSeconds(17);
            });
  }

  @Test
  void tooManyIsRateLimitedWhateverTheStatus() {
    answer = tooMany();
    if (answer == null) {
      return;
    }
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.reason()).isEqualTo(Reason.RATE_LIMITED));
  }

  @Test
  void aRedirectIsNotFollowed() {
    status = 302;
    answer = "";
    answerHeaders = Map.of("Location", url() + "/elsewhere");
    assertThat(send(usual())).isInstanceOf(Answer.Never.class);
    assertThat(requests).hasSize(1);
  }

  @Test
  void aLostAnswerMayHaveBeenSent() {
    hangUp = true;
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.mayHaveBeenSent()).isTrue());
  }

  @Test
  void whoIsNotThereHasNothing() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(send(channel("http://127.0.0.1:" + port), usual(), false))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.mayHaveBeenSent()).isFalse());
  }

  @Test
  void noSecretIsPrintedOrRepeated() {
    Channel channel = channel();
    for (String secret : secrets()) {
      answer =
          "{\"errcode\":999,\"errmsg\":\""
              + secret
              + "\",\"code\":999,\"msg\":\"no\",\"Code\":\"isv.X\",\"Message\":\"m\"}";
      assertThat(channel.toString()).doesNotContain(secret);
      assertThat(send(channel, usual(), false).text()).doesNotContain(secret);
      assertThat(channel.outlets(channel.addresses(NOW).get(0)).toString()).doesNotContain(secret);
    }
  }

  @Test
  void theLongestMessageFitsOnACharacterBoundary() {
    send(notice("支付😀".repeat(8_000), 50));
    String body = requests.get(0).body();
    assertThat(body.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(maxBody());
    assertThat(body).doesNotContain("\uFFFD").doesNotContain("\\uD83D\"");
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(body)).isTrue();
  }

  @Test
  void aPrivateAddressIsRefusedUnlessAllowed() {
    assertThat(
            org.junit.jupiter.api.Assertions.assertThrows(
                    io.fenghuo.alerting.config.ConfigException.class,
                    () ->
                        RoutingFile.read(
                            "r.yml",
                            "route: { receiver: r }\nreceivers: [ { name: r, "
                                + config(url())
                                + " } ]",
                            new PrintWriter(System.out)))
                .getMessage())
        .contains("127.0.0.1 is a private address");
  }
}
