package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.channel.Channel.Delivery;
import io.fenghuo.alerting.config.RoutingFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mail to a server that speaks as much SMTP as is needed. */
class EmailChannelTest {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private volatile String recipientAnswer = "250 ok";
  private ServerSocket server;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    Thread thread = new Thread(this::serve, "fake-smtp");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        talk(socket);
      } catch (IOException e) {
        // closed, or a client that left
      }
    }
  }

  private void talk(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    say(socket, "220 fake");
    boolean data = false;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
      if (data) {
        if (line.equals(".")) {
          data = false;
          say(socket, "250 queued");
        }
      } else if (line.startsWith("RCPT")) {
        say(socket, recipientAnswer);
      } else if (line.startsWith("DATA")) {
        data = true;
        say(socket, "354 go on");
      } else if (line.startsWith("QUIT")) {
        say(socket, "221 bye");
        return;
      } else {
        say(socket, "250 ok");
      }
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((text + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private Answer send(String more) {
    Channel channel =
        RoutingFile.read(
                "r.yml",
                "route: { receiver: r }\nreceivers: [ { name: r, email_configs: [ { host: 127.0.0.1, port: "
                    + server.getLocalPort()
                    + ", from: fenghuo@shop.example, to: wang@shop.example"
                    + more
                    + " } ] } ]",
                new PrintWriter(System.out))
            .receivers()
            .get("r")
            .channels()
            .values()
            .iterator()
            .next();
    String address = channel.addresses(ChannelContract.NOW).get(0);
    return channel.send(
        new Delivery(
            "n1",
            channel.outlets(address).get(0),
            address,
            ChannelContract.usual(),
            false,
            ChannelContract.NOW));
  }

  @Test
  void aMailHasItsSubjectAndText() {
    assertThat(send(", security: none")).isInstanceOf(Answer.Sent.class);
    assertThat(lines).contains("X-Fenghuo-Notification: n1");
    assertThat(String.join("\n", lines))
        .contains("Subject: =?UTF-8?")
        .contains("wang@shop.example");
  }

  @Test
  void aServerWithoutTlsGetsNothingUnlessAllowed() {
    assertThat(send("")).isInstanceOf(Answer.Later.class);
    assertThat(String.join("\n", lines)).doesNotContain("DATA");
  }

  @Test
  void anUnknownRecipientIsNotTriedAgain() {
    recipientAnswer = "550 no such user";
    assertThat(send(", security: none")).isInstanceOf(Answer.Never.class);
  }
}
