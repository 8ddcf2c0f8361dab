package io.fenghuo.alerting.channel;

import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import io.fenghuo.alerting.escalate.Roster;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * E-mail by SMTP, plain text, one for each address. TLS is required unless switched off by name.
 */
public record EmailChannel(
    Wording wording,
    Language language,
    Roster roster,
    String host,
    int port,
    Security security,
    String user,
    Optional<Secret> password,
    String from,
    List<String> to,
    Duration timeout,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  /** How the connection is kept private. */
  enum Security {
    STARTTLS,
    TLS,
    NONE
  }

  /** {@code email_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "email";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      return new EmailChannel(
          around.wording(),
          around.language(section),
          around.roster(),
          section.required("host"),
          section.number("port", 587, 1, 65_535),
          section.parsed(
              "security",
              Security.STARTTLS,
              text ->
                  switch (text) {
                    case "starttls" -> Security.STARTTLS;
                    case "tls" -> Security.TLS;
                    case "none" -> Security.NONE;
                    default ->
                        throw new IllegalArgumentException(
                            text + " (expected: starttls, tls or none)");
                  }),
          section.text("user", ""),
          section.secret("password"),
          section.required("from"),
          around.requiredAddresses(section, "to"),
          around.wire().timeout(),
          section.truth("send_resolved", true),
          section.truth("testable", true));
    }
  }

  @Override
  public List<String> addresses(Instant now) {
    return roster.emails(to, now);
  }

  @Override
  public List<Outlet> outlets(String address) {
    return List.of(Outlet.unlimited("email:" + host));
  }

  @Override
  public Answer send(Delivery delivery) {
    boolean connected = false;
    Transport transport = null;
    try {
      Session session = Session.getInstance(settings());
      MimeMessage message = message(session, delivery);
      transport = session.getTransport("smtp");
      transport.connect(
          host, port, user.isEmpty() ? null : user, password.map(Secret::reveal).orElse(null));
      connected = true;
      transport.sendMessage(message, message.getAllRecipients());
      return new Answer.Sent(message.getMessageID(), "accepted");
    } catch (AuthenticationFailedException e) {
      return new Answer.Never(Reason.AUTH_ERROR, "the server refuses the user or password");
    } catch (AddressException e) {
      return new Answer.Never(Reason.CLIENT_ERROR, text(e));
    } catch (MessagingException e) {
      int code = code(e);
      if (code >= 500) {
        return new Answer.Never(Reason.CLIENT_ERROR, text(e));
      }
      if (code >= 400) {
        return new Answer.Later(Reason.SERVER_ERROR, Duration.ZERO, false, text(e));
      }
      Reason reason =
          e.getNextException() instanceof SocketTimeoutException ? Reason.TIMEOUT : Reason.NETWORK;
      return new Answer.Later(reason, Duration.ZERO, connected, text(e));
    } finally {
      hangUp(transport);
    }
  }

  private MimeMessage message(Session session, Delivery delivery) throws MessagingException {
    MimeMessage message = new Mail(session, delivery.id());
    message.setFrom(new InternetAddress(from));
    message.setRecipients(
        Message.RecipientType.TO, InternetAddress.parse(delivery.address(), true));
    message.setSubject(wording.title(delivery.notice(), language), "UTF-8");
    message.setText(
        wording.plain(delivery.notice(), language, delivery.now(), delivery.mayRepeat()), "UTF-8");
    message.setSentDate(Date.from(delivery.now()));
    message.setHeader("X-Fenghuo-Notification", delivery.id());
    message.saveChanges();
    return message;
  }

  /** Has the notification's id, so that whoever gets it twice can see that it is one. */
  private static final class Mail extends MimeMessage {
    private final String id;

    Mail(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", "<" + id + "@fenghuo>");
    }
  }

  private static void hangUp(Transport transport) {
    try {
      if (transport != null) {
        transport.close();
      }
    } catch (MessagingException e) {
      // all that mattered was said before
    }
  }

  /** What the server answered, as 550 or 451; less than 400 when it did not. */
  private static int code(MessagingException failure) {
    int code = -1;
    for (Exception e = failure;
        e instanceof MessagingException next && code < 400;
        e = next.getNextException()) {
      if (e instanceof SMTPAddressFailedException address) {
        code = address.getReturnCode();
      } else if (e instanceof SMTPSendFailedException send) {
        code = send.getReturnCode();
      }
    }
    return code;
  }

  private String text(MessagingException e) {
    String said = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    return password.map(secret -> secret.hideIn(said)).orElse(said);
  }

  private Properties settings() {
    Properties settings = new Properties();
    String millis = Long.toString(timeout.toMillis());
    settings.setProperty("mail.smtp.connectiontimeout", millis);
    settings.setProperty("mail.smtp.timeout", millis);
    settings.setProperty("mail.smtp.writetimeout", millis);
    settings.setProperty("mail.smtp.auth", Boolean.toString(password.isPresent()));
    settings.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    settings.setProperty(
        "mail.smtp.starttls.enable", Boolean.toString(security == Security.STARTTLS));
    settings.setProperty(
        "mail.smtp.starttls.required", Boolean.toString(security == Security.STARTTLS));
    settings.setProperty("mail.smtp.ssl.enable", Boolean.toString(security == Security.TLS));
    return settings;
  }
}
