package io.fenghuo.alerting.channel;

import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import io.fenghuo.alerting.escalate.Roster;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

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
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  private static final int TIMEOUT_MILLIS = 10_000;

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
      List<String> to = section.texts("to");
      if (to.isEmpty()) {
        section.error("to", "missing (expected addresses, or duty:TEAM, person:ID, …)");
      }
      to.forEach(
          each -> around.roster().complaint(each).ifPresent(wrong -> section.error("to", wrong)));
      return new EmailChannel(
          around.wording(),
          section.parsed("language", around.wording().language(), Language::parse),
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
          to,
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
    try {
      Session session = Session.getInstance(settings());
      MimeMessage message = new MimeMessage(session);
      message.setFrom(new InternetAddress(from));
      message.setRecipients(
          Message.RecipientType.TO, InternetAddress.parse(delivery.address(), true));
      message.setSubject(wording.title(delivery.notice(), language), "UTF-8");
      message.setText(
          wording.plain(delivery.notice(), language, delivery.now(), delivery.mayRepeat()),
          "UTF-8");
      message.setSentDate(Date.from(delivery.now()));
      message.setHeader("X-Fenghuo-Notification", delivery.id());
      if (password.isPresent()) {
        Transport.send(message, user, password.get().reveal());
      } else {
        Transport.send(message);
      }
      return new Answer.Sent(Optional.ofNullable(message.getMessageID()).orElse(""), "accepted");
    } catch (AuthenticationFailedException e) {
      return new Answer.Never(Reason.AUTH_ERROR, "the server refuses the user or password");
    } catch (SendFailedException e) {
      return e.getMessage() != null && e.getMessage().startsWith("4")
          ? new Answer.Later(Reason.SERVER_ERROR, Duration.ZERO, false, text(e))
          : new Answer.Never(Reason.CLIENT_ERROR, text(e));
    } catch (MessagingException e) {
      boolean never = e instanceof jakarta.mail.internet.AddressException;
      return never
          ? new Answer.Never(Reason.CLIENT_ERROR, text(e))
          : new Answer.Later(Reason.NETWORK, Duration.ZERO, true, text(e));
    }
  }

  private String text(MessagingException e) {
    String said = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    return password.map(secret -> secret.hideIn(said)).orElse(said);
  }

  private Properties settings() {
    Properties settings = new Properties();
    String timeout = Integer.toString(TIMEOUT_MILLIS);
    settings.setProperty("mail.smtp.host", host);
    settings.setProperty("mail.smtp.port", Integer.toString(port));
    settings.setProperty("mail.smtp.connectiontimeout", timeout);
    settings.setProperty("mail.smtp.timeout", timeout);
    settings.setProperty("mail.smtp.writetimeout", timeout);
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
