package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.schemas.Alert;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Four lamps: the worst that burns in each part of the shop. */
final class Lamps {

  private static final List<String> ALL = List.of("trade", "payment", "site", "risk");

  /** By the beginning of the rule's id; the first that fits counts. */
  private static final List<Map.Entry<String, String>> PARTS =
      List.of(
          Map.entry("sla/payment", "payment"),
          Map.entry("anomaly/payment", "payment"),
          Map.entry("sla/orders", "trade"),
          Map.entry("sla/logins", "site"),
          Map.entry("anomaly/error", "site"),
          Map.entry("anomaly/login", "risk"),
          Map.entry("sla/", "site"),
          Map.entry("traffic/", "site"),
          Map.entry("anomaly/", "trade"),
          Map.entry("campaign/", "trade"),
          Map.entry("fulfilment/", "trade"));

  private Lamps() {}

  /**
   * @param fresh false when figures have stopped coming: then nothing is known to be well
   */
  static ArrayNode of(List<Alert> burning, boolean fresh) {
    ArrayNode lamps = Json.MAPPER.createArrayNode();
    for (String lamp : ALL) {
      Optional<Alert> worst =
          burning.stream()
              .filter(alert -> part(alert.getRuleId()).equals(lamp))
              .max(Comparator.comparing(Alert::getSeverity).thenComparing(Alert::getStartsAt));
      var node = lamps.addObject().put("id", lamp);
      if (worst.isPresent()) {
        Alert alert = worst.get();
        node.put("state", AlertFeed.label(alert.getSeverity()));
        node.set(
            "why",
            FigureJson.text(
                alert.getAnnotations().getOrDefault("summary_zh", alert.getRuleId()),
                alert.getAnnotations().getOrDefault("summary_en", alert.getRuleId())));
      } else if (fresh) {
        node.put("state", "ok");
        node.set("why", FigureJson.text("没有未恢复的告警", "No alert is burning"));
      } else {
        node.put("state", "unknown");
        node.set("why", FigureJson.text("指标已停止更新", "Figures have stopped coming"));
      }
    }
    return lamps;
  }

  static String part(String ruleId) {
    return PARTS.stream()
        .filter(part -> ruleId.startsWith(part.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("risk");
  }
}
