package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.channel.Notice.Item;
import io.fenghuo.alerting.config.Section;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Alertmanager's webhook, version 4, so that every bridge that knows it works; signed, so that the
 * other side knows who speaks: {@code X-Fenghuo-Signature: sha256=HEX} is the HMAC of {@code
 * timestamp + "." + body}, the time stamp being {@code X-Fenghuo-Timestamp}, in seconds. The header
 * {@code Idempotency-Key} is the same in every attempt.
 *
 * @see <a
 *     href="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config">Alertmanager:
 *     webhook_config</a>
 */
public record WebhookChannel(
    Wire wire,
    URI url,
    Optional<Secret> secret,
    Optional<Secret> bearer,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  /** {@code webhook_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "webhook";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      return new WebhookChannel(
          around.wire(),
          around.secretUrl(section),
          section.secret("secret"),
          section.secret("bearer_token"),
          section.truth("send_resolved", true),
          section.truth("testable", true));
    }
  }

  /** The address may hold a key: it is not printed. */
  @Override
  public String toString() {
    return "WebhookChannel[" + url.getHost() + "]";
  }

  @Override
  public List<Outlet> outlets(String address) {
    return List.of(Outlet.unlimited("webhook:" + Signature.mark(new Secret(url.toString()))));
  }

  @Override
  public Answer send(Delivery delivery) {
    byte[] body = body(delivery.notice()).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("User-Agent", "Fenghuo");
    headers.put("Idempotency-Key", delivery.id());
    if (delivery.mayRepeat()) {
      headers.put("X-Fenghuo-May-Repeat", "true");
    }
    secret.ifPresent(
        key -> {
          String timestamp = Long.toString(delivery.now().getEpochSecond());
          headers.put("X-Fenghuo-Timestamp", timestamp);
          headers.put(
              "X-Fenghuo-Signature",
              "sha256="
                  + Signature.hex(key, timestamp + "." + new String(body, StandardCharsets.UTF_8)));
        });
    bearer.ifPresent(token -> headers.put("Authorization", "Bearer " + token.reveal()));
    List<Secret> secrets = Wire.secretsIn(url);
    secret.ifPresent(secrets::add);
    bearer.ifPresent(secrets::add);
    return wire.post(
            url,
            headers,
            body,
            reply ->
                reply.status() / 100 == 2
                    ? new Answer.Sent("", "HTTP " + reply.status())
                    : Wire.unsuccessful(reply, delivery.now()))
        .hiding(secrets);
  }

  String body(Notice notice) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("version", "4");
    body.put("groupKey", notice.groupKey());
    body.put("truncatedAlerts", notice.truncated());
    body.put("status", notice.status());
    body.put("receiver", notice.receiver());
    body.set("groupLabels", Json.MAPPER.valueToTree(notice.groupLabels()));
    body.set("commonLabels", Json.MAPPER.valueToTree(notice.commonLabels()));
    body.set("commonAnnotations", Json.MAPPER.valueToTree(notice.commonAnnotations()));
    body.put("externalURL", notice.incidentUrl());
    body.put("notification_reason", notice.reason());
    body.put("kind", notice.kind());
    body.put("incident", notice.incidentId());
    if (!notice.lines().isEmpty()) {
      body.set("lines", Json.MAPPER.valueToTree(notice.lines()));
    }
    ArrayNode alerts = body.putArray("alerts");
    for (Item item : notice.alerts()) {
      ObjectNode alert = alerts.addObject();
      boolean over = item.status().equals("resolved") || item.status().equals("forgotten");
      alert.put("status", over ? "resolved" : "firing");
      if (!item.status().equals("firing") && !item.status().equals("resolved")) {
        alert.put("fenghuoStatus", item.status());
      }
      alert.set("labels", Json.MAPPER.valueToTree(item.labels()));
      alert.set("annotations", Json.MAPPER.valueToTree(item.annotations()));
      alert.put("startsAt", Instant.ofEpochMilli(item.startsAt()).toString());
      alert.put(
          "endsAt",
          item.endsAt() == 0
              ? "0001-01-01T00:00:00Z"
              : Instant.ofEpochMilli(item.endsAt()).toString());
      alert.put("generatorURL", item.generatorUrl());
      alert.put("fingerprint", item.fingerprint());
    }
    return Json.write(body);
  }
}
