package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.read.Heard;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Live alerts as they come from the topic: the newest, and those that still burn. */
public final class AlertFeed implements Heard {

  static final int SHOWN = 20;

  /**
   * A rule's hit on an entity has no end that anybody will report; its lamp goes out after this.
   */
  private static final Duration HAPPENING_LASTS = Duration.ofMinutes(10);

  private static final int REMEMBERED = 2_000;

  private final Map<String, Alert> byId =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Alert> eldest) {
          return size() > REMEMBERED;
        }
      };

  private final List<Alert> fresh = new ArrayList<>();

  @Override
  public synchronized void heard(Stream stream, SpecificRecord record) {
    if (record instanceof Alert alert && alert.getMode() == RuleMode.LIVE) {
      take(alert);
      fresh.add(alert);
    }
  }

  synchronized void take(Alert alert) {
    byId.remove(alert.getAlertId());
    byId.put(alert.getAlertId(), alert);
  }

  synchronized List<Alert> newest() {
    return byId.values().stream()
        .sorted(Comparator.comparingLong(Alert::getStartsAt).reversed())
        .limit(SHOWN)
        .toList();
  }

  /** Those that came since the last call, at most {@value #SHOWN}, the newest. */
  synchronized List<Alert> drain() {
    List<Alert> last = List.copyOf(fresh.subList(Math.max(0, fresh.size() - SHOWN), fresh.size()));
    fresh.clear();
    return last;
  }

  /** Has those of the newest with these fingerprints told once more, the latest last. */
  synchronized void tellAgain(Set<String> fingerprints) {
    List<Alert> again =
        new ArrayList<>(
            newest().stream()
                .filter(alert -> fingerprints.contains(alert.getFingerprint()))
                .toList());
    Collections.reverse(again);
    fresh.addAll(again);
  }

  synchronized List<Alert> burning(Instant now) {
    return byId.values().stream().filter(alert -> burns(alert, now)).toList();
  }

  static boolean burns(Alert alert, Instant now) {
    if (alert.getEndsAt() != null) {
      return false;
    }
    return !isHappening(alert)
        || Instant.ofEpochMilli(alert.getStartsAt()).plus(HAPPENING_LASTS).isAfter(now);
  }

  private static boolean isHappening(Alert alert) {
    return alert.getLabels().containsKey("entity");
  }

  /**
   * An alert in one line.
   *
   * @param incident id of the incident it belongs to, or null
   */
  static ObjectNode json(Alert alert, String incident, Instant now) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("fingerprint", alert.getFingerprint());
    node.put("incident", incident);
    node.put("severity", label(alert.getSeverity()));
    node.put("state", burns(alert, now) ? "firing" : "resolved");
    node.put("startsAt", FigureJson.time(alert.getStartsAt()));
    node.put("endsAt", alert.getEndsAt() == null ? null : FigureJson.time(alert.getEndsAt()));
    node.set("labels", Json.MAPPER.valueToTree(new TreeMap<>(alert.getLabels())));
    node.set(
        "summary",
        FigureJson.text(
            alert.getAnnotations().getOrDefault("summary_zh", alert.getRuleId()),
            alert.getAnnotations().getOrDefault("summary_en", alert.getRuleId())));
    return node;
  }

  static String label(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }
}
