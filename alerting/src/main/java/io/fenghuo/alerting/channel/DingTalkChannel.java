package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import io.fenghuo.alerting.escalate.Roster;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * DingTalk's custom robots. A failure comes with HTTP 200 and an {@code errcode}; more than 20
 * messages in a minute silence a robot for ten. Several robots of one group chat take turns.
 *
 * @see <a href="https://open.dingtalk.com/document/orgapp/custom-robot-access">DingTalk: custom
 *     robots</a>
 */
public record DingTalkChannel(
    Wire wire,
    Wording wording,
    Language language,
    Roster roster,
    URI endpoint,
    List<Robot> robots,
    List<String> at,
    String keyword,
    int perMinute,
    int reserve,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  /** Bytes of a whole body; DingTalk answers 460101 to more. */
  static final int MAX_BODY = 20_000;

  /** A robot with the two secrets it is reached by. */
  record Robot(String name, Secret token, Optional<Secret> secret) {
    List<Secret> secrets() {
      List<Secret> secrets = new ArrayList<>(List.of(token));
      secret.ifPresent(secrets::add);
      return secrets;
    }
  }

  /** {@code dingtalk_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "dingtalk";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      List<Robot> robots = new ArrayList<>();
      for (Section robot : section.sections("robots")) {
        robots.add(
            new Robot(
                robot.text("name", "robot" + (robots.size() + 1)),
                robot.requiredSecret("token"),
                robot.secret("secret")));
        robot.refuseOthers();
      }
      if (robots.isEmpty()) {
        section.error("robots", "missing (expected at least one with token and secret)");
      }
      URI usual = URI.create("https://oapi.dingtalk.com/robot/send");
      int perMinute = section.number("per_minute", 18, 1, 20);
      return new DingTalkChannel(
          around.wire(),
          around.wording(),
          around.language(section),
          around.roster(),
          section.parsed("endpoint", usual, around.wire()::endpoint),
          robots,
          around.addresses(section, "at"),
          section.text("keyword", ""),
          perMinute,
          section.number("reserve", Math.min(5, perMinute - 1), 0, perMinute),
          section.truth("send_resolved", true),
          section.truth("testable", true));
    }
  }

  @Override
  public List<Outlet> outlets(String address) {
    return robots.stream()
        .map(
            robot ->
                new Outlet(
                    outlet(robot),
                    perMinute,
                    Duration.ofMinutes(1),
                    reserve,
                    Duration.ofMinutes(10)))
        .toList();
  }

  private static String outlet(Robot robot) {
    return "dingtalk:" + robot.name() + ":" + Signature.mark(robot.token());
  }

  @Override
  public Answer send(Delivery delivery) {
    Robot robot =
        robots.stream()
            .filter(each -> outlet(each).equals(delivery.outlet().name()))
            .findFirst()
            .orElse(robots.get(0));
    StringBuilder query =
        new StringBuilder("?access_token=").append(encode(robot.token().reveal()));
    robot
        .secret()
        .ifPresent(
            secret -> {
              String timestamp = Long.toString(delivery.now().toEpochMilli());
              query
                  .append("&timestamp=")
                  .append(timestamp)
                  .append("&sign=")
                  .append(encode(Signature.base64(secret, timestamp + "\n" + secret.reveal())));
            });
    return wire.postJson(
            URI.create(endpoint + query.toString()),
            body(delivery.notice(), delivery.now(), delivery.mayRepeat()),
            delivery.now(),
            DingTalkChannel::byCode)
        .hiding(robot.secrets());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  byte[] body(Notice notice, Instant now, boolean mayRepeat) {
    List<String> mobiles = notice.isResolved() ? List.of() : roster.mobiles(at, now);
    String title = wording.title(notice, language);
    String text = wording.markdown(notice, language, now, mayRepeat);
    boolean button = !notice.incidentUrl().isEmpty() && !notice.isResolved();
    // Only text and markdown call people; a card with a button does not.
    boolean card = button && mobiles.isEmpty();
    StringBuilder tail = new StringBuilder();
    if (button && !card) {
      tail.append("\n\n[")
          .append(Wording.answer(language))
          .append("](")
          .append(notice.incidentUrl())
          .append(')');
    }
    if (!mobiles.isEmpty()) {
      tail.append("\n\n");
      mobiles.forEach(mobile -> tail.append('@').append(mobile).append(' '));
    }
    if (!keyword.isEmpty() && !text.contains(keyword)) {
      tail.append("\n\n").append(keyword);
    }
    return Clip.fit(text, clipped -> json(notice, title, clipped + tail, card, mobiles), MAX_BODY);
  }

  private String json(
      Notice notice, String title, String text, boolean card, List<String> mobiles) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (card) {
      body.put("msgtype", "actionCard");
      body.putObject("actionCard")
          .put("title", title)
          .put("text", text)
          .put("btnOrientation", "0")
          .put("singleTitle", Wording.answer(language))
          .put("singleURL", notice.incidentUrl());
    } else {
      body.put("msgtype", "markdown");
      body.putObject("markdown").put("title", title).put("text", text);
      body.putObject("at").put("isAtAll", false).set("atMobiles", Json.MAPPER.valueToTree(mobiles));
    }
    return Json.write(body);
  }

  private static Optional<Answer> byCode(JsonNode said) {
    if (!said.path("errcode").isNumber()) {
      // The gateway in front speaks for itself when it is busy.
      return said.has("punish") || said.has("wait")
          ? Optional.of(
              new Answer.Later(
                  Reason.RATE_LIMITED,
                  Duration.ofSeconds(said.path("wait").asLong(0)),
                  false,
                  said.toString()))
          : Optional.empty();
    }
    int code = said.path("errcode").asInt();
    String text = "errcode " + code + ": " + said.path("errmsg").asText("");
    return Optional.of(
        switch (code) {
          case 0 -> new Answer.Sent("", "ok");
          case 130101, 410100 -> new Answer.Later(Reason.RATE_LIMITED, Duration.ZERO, false, text);
          case -1 -> new Answer.Later(Reason.SERVER_ERROR, Duration.ZERO, false, text);
          case 310000, 300001, 300005, 400101, 400102, 400106, 400013 ->
              new Answer.Never(Reason.AUTH_ERROR, text);
          case 400105, 40035, 43004, 460101, 101002, 90030 ->
              new Answer.Never(Reason.CLIENT_ERROR, text);
          // Unknown: a failure, tried again until the deadline.
          default -> new Answer.Later(Reason.OTHER, Duration.ZERO, false, text);
        });
  }
}
