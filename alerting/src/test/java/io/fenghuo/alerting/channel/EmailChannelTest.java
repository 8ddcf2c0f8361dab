package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mail to a server that speaks as much SMTP as is needed. */
class EmailChannelTest extends ChannelContract {

  private final FakeMailServer server = new FakeMailServer();
  private volatile String security = "none";

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

  @AfterEach
  void close() {
    server.close();
  }

  private Answer send(Notice notice, String... global) {
    return send(channel("http://127.0.0.1:" + server.port(), global), notice, false);
  }

  @Test
  void whatIsSentIsWhatItWas() throws Exception {
    golden("firing.zh", usual(), "zh");
    golden("firing.en", usual(), "en");
    golden("resolved.zh", over(), "zh");
  }

  private void golden(String name, Notice notice, String language) throws Exception {
    server.take();
    assertThat(send(notice, "language: " + language)).isInstanceOf(Answer.Sent.class);
    MimeMessage message = server.take().get(0);
    StringBuilder text = new StringBuilder();
    for (String header :
        List.of("From", "To", "Message-ID", "X-Fenghuo-Notification", "Content-Type")) {
      text.append(header).append(": ").append(message.getHeader(header, ", ")).append('\n');
    }
    text.append("Subject: ").append(message.getSubject()).append("\n\n");
    text.append(message.getContent().toString().replace("\r\n", "\n").strip()).append('\n');
    Golden.check("email." + name + ".txt", text.toString());
  }

  @Test
  void aServerWithoutTlsGetsNothingUnlessAllowed() {
    security = "starttls";
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
    assertThat(String.join("\n", server.lines())).doesNotContain("DATA").doesNotContain("AUTH");
  }

  @Test
  void anUnknownRecipientIsNotTriedAgain() {
    server.answerRecipients("550 no such user");
    assertThat(send(usual())).isInstanceOf(Answer.Never.class);
  }

  @Test
  void aBusyServerIsTriedAgain() {
    server.answerRecipients("451 come back later");
    assertThat(send(usual())).isInstanceOf(Answer.Later.class);
  }

  @Test
  void anAnswerThatIsLostMayHideASuccess() {
    server.hangUpAfterData();
    assertThat(send(usual()))
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.mayHaveBeenSent()).isTrue());
  }
}
