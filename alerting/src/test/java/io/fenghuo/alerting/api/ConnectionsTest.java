package io.fenghuo.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private static final int MOST = 3;
  private static final String ASK = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String ANSWER = "HTTP/1.1 200";

  @Test
  void whoeverComesWhenAllAreTakenWaitsUntilOneLeaves() throws Exception {
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.jetty.modifyServer(jetty -> Connections.limit(jetty, MOST));
              config.routes.get("/", context -> context.result("in"));
            });
    server.start("127.0.0.1", 0);
    List<Socket> inside = new ArrayList<>();
    try {
      for (int i = 0; i < MOST; i++) {
        Socket caller = connect(server.port());
        inside.add(caller);
        assertThat(ask(caller)).isEqualTo(ANSWER);
      }
      try (Socket outside = connect(server.port())) {
        outside.setSoTimeout(300);
        assertThatThrownBy(() -> ask(outside)).isInstanceOf(SocketTimeoutException.class);
        inside.get(0).close();
        outside.setSoTimeout(30_000);
        assertThat(read(outside)).isEqualTo(ANSWER);
      }
    } finally {
      for (Socket each : inside) {
        each.close();
      }
      server.stop();
    }
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static String ask(Socket socket) throws IOException {
    socket.getOutputStream().write(ASK.getBytes(StandardCharsets.US_ASCII));
    return read(socket);
  }

  private static String read(Socket socket) throws IOException {
    return new String(
        socket.getInputStream().readNBytes(ANSWER.length()), StandardCharsets.US_ASCII);
  }
}
