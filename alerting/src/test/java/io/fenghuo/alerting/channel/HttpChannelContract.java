package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fenghuo.alerting.config.ConfigException;
import io.fenghuo.alerting.config.RoutingFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every channel over HTTP owes beside that. */
abstract class HttpChannelContract extends ChannelContract {

  /** A request as it arrived. */
  record Request(String uri, Map<String, List<String>> headers, String body) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile int status = 200;
  volatile String answer;
  volatile Map<String, String> answerHeaders = Map.of();
  private HttpServer server;

  /** What the provider answers when it has the message. */
  abstract String success();

  /** What it answers, with HTTP 200 if it does so, when it has had too many. */
  abstract String tooMany();

  /** Bytes of the largest body the provider takes. */
  abstract int maxBody();

  /** What of a request is the message, in a form to be read. */
  String payload(Request request) {
    return Golden.pretty(request.body());
  }

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

  Answer send(Notice notice) {
    return send(channel(url()), notice, false);
  }

  @Test
  void aMessageThatTheProviderHasIsSent() {
    assertThat(send(usual())).isInstanceOf(Answer.Sent.class);
    assertThat(requests).hasSize(1);
  }

  @Test
  void whatIsSentIsWhatItWas() {
    golden("firing.zh", usual(), "zh");
    golden("firing.en", usual(), "en");
    golden("resolved.zh", over(), "zh");
  }

  private void golden(String name, Notice notice, String language) {
    requests.clear();
    send(channel(url(), "language: " + language), notice, false);
    Golden.check(kind() + "." + name + ".json", payload(requests.get(0)));
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
  void anAnswerThatCannotBeReadIsNoSuccess() {
    answer = "<html>busy</html>";
    status = 502;
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
  }

  @Test
  void noSecretThatIsRepeatedIsKept() {
    Channel channel = channel(url());
    for (int code : List.of(200, 400)) {
      for (String secret : secrets()) {
        status = code;
        answer =
            "{\"errcode\":999,\"errmsg\":\""
                + secret
                + "\",\"code\":999,\"msg\":\""
                + secret
                + "\",\"Code\":\"isv.X\",\"Message\":\""
                + secret
                + "\"}";
        assertThat(send(channel, usual(), false).text()).doesNotContain(secret);
      }
    }
  }

  @Test
  void theLongestMessageFitsOnACharacterBoundary() {
    send(notice("firing", "支付😀".repeat(8_000), 50));
    String body = requests.get(0).body();
    assertThat(body.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(maxBody());
    assertThat(body).doesNotContain("\uFFFD").doesNotContain("\\uD83D\"");
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(body)).isTrue();
  }

  @Test
  void aPrivateAddressIsRefusedUnlessAllowed() {
    String file = "route: { receiver: r }\nreceivers: [ { name: r, " + config(url()) + " } ]";
    assertThatThrownBy(() -> RoutingFile.read("r.yml", file, new PrintWriter(System.out)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("127.0.0.1 is a private address");
  }
}
