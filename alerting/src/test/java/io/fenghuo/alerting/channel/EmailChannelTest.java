package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mail to a server that speaks as much SMTP as is needed. */
class EmailChannelTest extends ChannelContract {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private volatile String recipientAnswer = "250 ok";
  private volatile boolean hangsUpAfterData;
  private volatile String security = "none";
  private ServerSocket server;

  @Override
  String config(String url) {
    URI uri = URI.create(url);
    return "email_configs: [ { host: "
        + uri.getHost()
        + ", port: "
        + uri.getPort()
        + ", from: fenghuo@shop.example, to: wang@shop.example, user: fenghuo, password: passpass"
        + ", security: "
        + (uri.getScheme().equals("https") ? "tls" : security)
        + " } ]";
  }

  @Override
  List<String> secrets() {
    return List.of("passpass");
  }

  @Override
  boolean speaksFirst() {
    return true;
  }

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
          if (hangsUpAfterData) {
            return;
          }
          say(socket, "250 queued");
        }
      } else if (line.startsWith("EHLO")) {
        say(socket, "250-fake\r\n250 AUTH PLAIN");
      } else if (line.startsWith("AUTH")) {
        say(socket, "235 welcome");
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

  private Answer send(Notice notice, String... global) {
    return send(channel("http://127.0.0.1:" + server.getLocalPort(), global), notice, false);
  }

  @Test
  void whatIsSentIsWhatItWas() throws Exception {
    golden("firing.zh", usual(), "zh");
    golden("firing.en", usual(), "en");
    golden("resolved.zh", over(), "zh");
  }

  private void golden(String name, Notice notice, String language) throws Exception {
    lines.clear();
    assertThat(send(notice, "language: " + language)).isInstanceOf(Answer.Sent.class);
    MimeMessage message = received();
    StringBuilder text = new StringBuilder();
    for (String header :
        List.of("From", "To", "Message-ID", "X-Fenghuo-Notification", "Content-Type")) {
      text.append(header).append(": ").append(message.getHeader(header, ", ")).append('\n');
    }
    text.append("Subject: ").append(message.getSubject()).append("\n\n");
    text.append(message.getContent().toString().replace("\r\n", "\n").strip()).append('\n');
    Golden.check("email." + name + ".txt", text.toString());
  }

  private MimeMessage received() throws MessagingException {
    List<String> mail = lines.subList(lines.indexOf("DATA") + 1, lines.indexOf("."));
    return new MimeMessage(
        Session.getInstance(new Properties()),
        new ByteArrayInputStream(String.join("\r\n", mail).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aServerWithoutTlsGetsNothingUnlessAllowed() {
    security = "starttls";
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
    assertThat(String.join("\n", lines)).doesNotContain("DATA").doesNotContain("AUTH");
  }

  @Test
  void anUnknownRecipientIsNotTriedAgain() {
    recipientAnswer = "550 no such user";
    assertThat(send(usual())).isInstanceOf(Answer.Never.class);
  }

  @Test
  void aBusyServerIsTriedAgain() {
    recipientAnswer = "451 come back later";
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
  }

  @Test
  void anAnswerThatIsLostMayHideASuccess() {
    hangsUpAfterData = true;
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.mayHaveBeenSent()).isTrue());
  }
}
