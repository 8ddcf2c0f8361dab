package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * WeCom's group robots: Markdown of at most 4,096 bytes, 20 messages a minute, success judged by
 * {@code errcode}.
 *
 * @see <a href="https://developer.work.weixin.qq.com/document/path/91770">WeCom: group robots</a>
 */
public record WeComChannel(
    Wire wire,
    Wording wording,
    Language language,
    URI endpoint,
    Secret key,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  /** Bytes of the Markdown content. */
  static final int MAX_TEXT = 4_096;

  /** {@code wecom_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "wecom";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      URI usual = URI.create("https://qyapi.weixin.qq.com/cgi-bin/webhook/send");
      return new WeComChannel(
          around.wire(),
          around.wording(),
          around.language(section),
          section.parsed("endpoint", usual, around.wire()::endpoint),
          section.requiredSecret("key"),
          section.truth("send_resolved", true),
          section.truth("testable", true));
    }
  }

  @Override
  public List<Outlet> outlets(String address) {
    String name = "wecom:" + Signature.mark(key);
    return List.of(new Outlet(name, 18, Duration.ofMinutes(1), 5, Duration.ofMinutes(1)));
  }

  @Override
  public Answer send(Delivery delivery) {
    URI uri =
        URI.create(endpoint + "?key=" + URLEncoder.encode(key.reveal(), StandardCharsets.UTF_8));
    return wire.postJson(
            uri,
            body(delivery.notice(), delivery.now(), delivery.mayRepeat()),
            delivery.now(),
            WeComChannel::byCode)
        .hiding(List.of(key));
  }

  byte[] body(Notice notice, Instant now, boolean mayRepeat) {
    String text = wording.markdown(notice, language, now, mayRepeat);
    String link =
        notice.incidentUrl().isEmpty() || notice.isResolved()
            ? ""
            : "\n\n[" + Wording.answer(language) + "](" + notice.incidentUrl() + ")";
    // The limit is on the content, not on the JSON around it.
    byte[] content = Clip.fit(text, clipped -> clipped + link, MAX_TEXT);
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("msgtype", "markdown");
    body.putObject("markdown").put("content", new String(content, StandardCharsets.UTF_8));
    return Json.write(body).getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<Answer> byCode(JsonNode said) {
    if (!said.path("errcode").isNumber()) {
      return Optional.empty();
    }
    int code = said.path("errcode").asInt();
    String text = "errcode " + code + ": " + said.path("errmsg").asText("");
    return Optional.of(
        switch (code) {
          case 0 -> new Answer.Sent("", "ok");
          case 45009, 45033 -> new Answer.Later(Reason.RATE_LIMITED, Duration.ZERO, false, text);
          case -1 -> new Answer.Later(Reason.SERVER_ERROR, Duration.ZERO, false, text);
          case 93000, 40001, 40014 -> new Answer.Never(Reason.AUTH_ERROR, text);
          case 40008, 44004, 40058 -> new Answer.Never(Reason.CLIENT_ERROR, text);
          default -> new Answer.Later(Reason.OTHER, Duration.ZERO, false, text);
        });
  }
}
