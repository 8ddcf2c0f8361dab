package io.fenghuo.alerting.inbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.schemas.NotJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Alerts as Prometheus posts them. Each is looked at by itself: what is wrong with one does not
 * keep the others out.
 *
 * @see <a href="https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml">
 *     Alertmanager: API v2</a>
 */
public final class AlertJson {

  /** Longest value of a label or annotation, in characters. */
  static final int MAX_VALUE = 16_384;

  static final int MAX_LABELS = 128;
  private static final int MAX_NAME = 256;

  private AlertJson() {}

  /**
   * What a body holds.
   *
   * @param alerts those that can be stored
   * @param mistakes one for each of the others, with its place in the list
   */
  public record Read(List<Reported> alerts, List<String> mistakes) {}

  /** A body that is no list of alerts at all; the message says why. */
  public static final class NotAlerts extends Exception {
    private static final long serialVersionUID = 1L;

    NotAlerts(String message) {
      super(message);
    }
  }

  /**
   * Reads a body.
   *
   * @param lasts how long an alert is thought to last that names no end
   */
  public static Read read(byte[] body, Instant now, Duration lasts) throws NotAlerts {
    JsonNode list;
    try {
      list = Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new NotAlerts(NotJson.said(e));
    } catch (IOException e) {
      throw new NotAlerts("not JSON: " + e.getMessage());
    }
    if (list == null || !list.isArray()) {
      throw new NotAlerts("expected a JSON list of alerts");
    }
    List<Reported> alerts = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      try {
        alerts.add(one(list.get(i), now, lasts));
      } catch (IllegalArgumentException wrong) {
        mistakes.add("alert " + i + ": " + wrong.getMessage());
      }
    }
    return new Read(alerts, mistakes);
  }

  private static Reported one(JsonNode node, Instant now, Duration lasts) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("expected an object with labels");
    }
    Labels labels = Labels.of(texts(node, "labels"));
    if (labels.values().isEmpty()) {
      throw new IllegalArgumentException("labels: none (expected at least one that is not empty)");
    }
    if (!labels.has("alertname")) {
      throw new IllegalArgumentException("labels.alertname: missing");
    }
    Instant start = time(node, "startsAt");
    Instant end = time(node, "endsAt");
    if (start == null) {
      start = end != null && end.isBefore(now) ? end : now;
    }
    if (end != null && end.isBefore(start)) {
      throw new IllegalArgumentException(
          "endsAt: " + end + " is before startsAt " + start + " (expected: not before)");
    }
    boolean ended = end != null && !end.isAfter(now);
    return new Reported(
        labels,
        texts(node, "annotations"),
        start,
        ended ? null : end == null ? now.plus(lasts) : end,
        null,
        ended ? end : null,
        node.path("generatorURL").asText(""),
        "http");
  }

  private static Map<String, String> texts(JsonNode node, String field) {
    JsonNode mapping = node.path(field);
    Map<String, String> texts = new TreeMap<>();
    if (mapping.isMissingNode() || mapping.isNull()) {
      return texts;
    }
    if (!mapping.isObject()) {
      throw new IllegalArgumentException(field + ": expected names and texts");
    }
    if (mapping.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          field + ": " + mapping.size() + " of them (expected: at most " + MAX_LABELS + ")");
    }
    for (Iterator<Map.Entry<String, JsonNode>> fields = mapping.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> each = fields.next();
      if (!each.getValue().isTextual()) {
        throw new IllegalArgumentException(
            field
                + "."
                + shown(each.getKey())
                + ": expected a text, found "
                + each.getValue().getNodeType().name().toLowerCase(Locale.ROOT));
      }
      texts.put(name(field, each.getKey()), value(field, each.getKey(), each.getValue().asText()));
    }
    return texts;
  }

  /** A name may be any UTF-8 since Alertmanager 0.27, but not blank, endless or invisible. */
  private static String name(String field, String name) {
    if (name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          field
              + ": \""
              + shown(name)
              + "\" is not a name (expected: 1 to "
              + MAX_NAME
              + " characters that can be seen)");
    }
    return name;
  }

  private static String value(String field, String name, String value) {
    if (value.length() > MAX_VALUE) {
      throw new IllegalArgumentException(
          field
              + "."
              + shown(name)
              + ": "
              + value.length()
              + " characters (expected: at most "
              + MAX_VALUE
              + ")");
    }
    if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException(
          field + "." + shown(name) + ": not text (expected: UTF-8 without NUL)");
    }
    return value;
  }

  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 40 ? clean.substring(0, 40) + "…" : clean;
  }

  private static Instant time(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull() || value.asText().isEmpty()) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(value.asText()).toInstant();
      // Go's zero time, which means that nobody set it.
      return instant.getEpochSecond() <= -62_135_596_800L ? null : instant;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          field + ": " + shown(value.asText()) + " (expected: a time, as 2026-11-11T20:00:00Z)");
    }
  }
}
