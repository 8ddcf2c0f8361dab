package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Feishu's custom bots: a card with a button; signed with the time in seconds; 100 messages a
 * minute and 5 a second; bodies of at most 20 KB; success is {@code code} 0.
 *
 * @see <a href="https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot">Feishu: custom
 *     bots</a>
 */
public record FeishuChannel(
    Wire wire,
    Wording wording,
    Language language,
    URI url,
    Optional<Secret> secret,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  static final int MAX_BODY = 20_000;

  /** {@code feishu_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "feishu";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      return new FeishuChannel(
          around.wire(),
          around.wording(),
          around.language(section),
          around.secretUrl(section),
          section.secret("secret"),
          section.truth("send_resolved", true),
          section.truth("testable", true));
    }
  }

  /** The address holds the bot's key: it is not printed. */
  @Override
  public String toString() {
    return "FeishuChannel[" + mark() + "]";
  }

  private String mark() {
    return Signature.mark(new Secret(url.toString()));
  }

  @Override
  public List<Outlet> outlets(String address) {
    return List.of(
        new Outlet("feishu:" + mark(), 90, Duration.ofMinutes(1), 20, Duration.ofMinutes(1)));
  }

  @Override
  public Answer send(Delivery delivery) {
    List<Secret> secrets = Wire.secretsIn(url);
    secret.ifPresent(secrets::add);
    return wire.postJson(
            url,
            body(delivery.notice(), delivery.now(), delivery.mayRepeat()),
            delivery.now(),
            FeishuChannel::byCode)
        .hiding(secrets);
  }

  byte[] body(Notice notice, Instant now, boolean mayRepeat) {
    String title = wording.title(notice, language);
    // The card has a headline of its own.
    String text = wording.markdownBody(notice, language, now, mayRepeat);
    return Clip.fit(text, clipped -> json(notice, title, clipped, now), MAX_BODY);
  }

  private String json(Notice notice, String title, String text, Instant now) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    secret.ifPresent(
        key -> {
          String timestamp = Long.toString(now.getEpochSecond());
          // Here the text is the key, and nothing is signed.
          byte[] sign =
              Signature.hmac(
                  (timestamp + "\n" + key.reveal()).getBytes(StandardCharsets.UTF_8), "");
          body.put("timestamp", timestamp);
          body.put("sign", Base64.getEncoder().encodeToString(sign));
        });
    body.put("msg_type", "interactive");
    ObjectNode card = body.putObject("card");
    ObjectNode header = card.putObject("header");
    header.put(
        "template",
        notice.isResolved() ? "green" : notice.howBad().ordinal() == 0 ? "red" : "orange");
    header.putObject("title").put("tag", "plain_text").put("content", title);
    ArrayNode elements = card.putArray("elements");
    elements.addObject().put("tag", "markdown").put("content", text);
    if (!notice.incidentUrl().isEmpty() && !notice.isResolved()) {
      ObjectNode row = elements.addObject().put("tag", "action");
      ObjectNode button = row.putArray("actions").addObject();
      button.put("tag", "button").put("type", "primary").put("url", notice.incidentUrl());
      button.putObject("text").put("tag", "plain_text").put("content", Wording.answer(language));
    }
    return Json.write(body);
  }

  private static Optional<Answer> byCode(JsonNode said) {
    JsonNode number = said.has("code") ? said.path("code") : said.path("StatusCode");
    if (!number.isNumber()) {
      return Optional.empty();
    }
    int code = number.asInt();
    String text = "code " + code + ": " + said.path("msg").asText("");
    return Optional.of(
        switch (code) {
          case 0 -> new Answer.Sent("", "ok");
          case 9499, 11232 -> new Answer.Later(Reason.RATE_LIMITED, Duration.ZERO, false, text);
          case 19021, 19022, 19024, 19001 -> new Answer.Never(Reason.AUTH_ERROR, text);
          default -> new Answer.Later(Reason.OTHER, Duration.ZERO, false, text);
        });
  }
}
