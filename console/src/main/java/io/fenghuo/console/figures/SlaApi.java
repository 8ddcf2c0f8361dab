package io.fenghuo.console.figures;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.WatchInfo;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.live.FigureJson;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.KpiPoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Service levels, tiers and anomalies, from the figures that watches derive and their alerts. */
public final class SlaApi {

  private final ConsoleDatabase database;
  private final WatchFigures figures;
  private final List<WatchInfo> watches;
  private final InstantSource clock;

  public SlaApi(
      ConsoleDatabase database,
      WatchFigures figures,
      List<WatchInfo> watches,
      InstantSource clock) {
    this.database = database;
    this.figures = figures;
    this.watches = watches;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(Route.get("/sla", Need.VIEWER, "Objectives, tiers and anomalies", this::sla));
  }

  private void sla(Call call) {
    Instant now = clock.instant();
    List<Alert> burning = burning(now);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode objectives = answer.putArray("objectives");
    ArrayNode tiers = answer.putArray("tiers");
    ArrayNode anomalies = answer.putArray("anomalies");
    for (WatchInfo watch : watches) {
      List<KpiPoint> points = figures.of(watch.id(), now);
      for (Map<String, String> subject : subjects(watch, points, burning)) {
        Optional<Alert> alert = alert(burning, watch, subject);
        switch (watch.kind()) {
          case "objective" -> objectives.add(objective(watch, subject, points, alert));
          case "tiers" -> tiers.add(tier(watch, subject, points, alert));
          case "anomaly" ->
              alert.ifPresent(found -> anomalies.add(anomaly(watch, subject, points, found)));
          default -> {
            // absences, failovers and campaigns have pages of their own
          }
        }
      }
    }
    call.answer(answer);
  }

  private List<Alert> burning(Instant now) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select body from alert where ends_at is null and starts_at > :since"
                        + " and mode = 'LIVE' order by starts_at desc limit 500")
                .bind("since", now.minus(Duration.ofDays(30)))
                .mapTo(String.class)
                .map(body -> (Alert) EventJson.fromJson(Alert.getClassSchema(), body))
                .list());
  }

  private static Set<Map<String, String>> subjects(
      WatchInfo watch, List<KpiPoint> points, List<Alert> burning) {
    Set<Map<String, String>> subjects = new LinkedHashSet<>();
    points.forEach(point -> subjects.add(new TreeMap<>(point.getDimensions())));
    for (Alert alert : burning) {
      if (alert.getRuleId().equals(watch.id())) {
        subjects.add(subject(alert));
      }
    }
    return subjects;
  }

  /** A watch's alert has its subject as labels, beside four of its own. */
  private static Map<String, String> subject(Alert alert) {
    Map<String, String> subject = new TreeMap<>(alert.getLabels());
    subject.keySet().removeAll(List.of("rule", "key", "severity", "owner"));
    return subject;
  }

  private static Optional<Alert> alert(
      List<Alert> burning, WatchInfo watch, Map<String, String> subject) {
    return burning.stream()
        .filter(alert -> alert.getRuleId().equals(watch.id()) && subject(alert).equals(subject))
        .findFirst();
  }

  private static Double value(List<KpiPoint> points, String name, Map<String, String> subject) {
    return points.stream()
        .filter(
            point ->
                point.getName().equals(name)
                    && new TreeMap<>(point.getDimensions()).equals(subject))
        .map(KpiPoint::getValue)
        .findFirst()
        .orElse(null);
  }

  private static ObjectNode head(WatchInfo watch, Map<String, String> subject) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", watch.id());
    node.set("title", FigureJson.text(watch.zh(), watch.en()));
    node.set("subject", Json.MAPPER.valueToTree(subject));
    return node;
  }

  private static String state(Optional<Alert> alert) {
    return alert.map(found -> found.getSeverity().name().toLowerCase(Locale.ROOT)).orElse("ok");
  }

  private static ObjectNode objective(
      WatchInfo watch, Map<String, String> subject, List<KpiPoint> points, Optional<Alert> alert) {
    ObjectNode node = head(watch, subject);
    node.put("goal", watch.goal());
    node.put("now", value(points, watch.id(), subject));
    Double left = value(points, watch.id() + ".budget_left", subject);
    node.put("budgetLeft", left);
    ObjectNode burn = node.putObject("burn");
    for (String window : List.of("1h", "6h", "1d", "3d")) {
      burn.put(window, value(points, watch.id() + ".burn_rate_" + window, subject));
    }
    node.put("state", alert.isEmpty() && left == null ? "unknown" : state(alert));
    return node;
  }

  private static ObjectNode tier(
      WatchInfo watch, Map<String, String> subject, List<KpiPoint> points, Optional<Alert> alert) {
    ObjectNode node = head(watch, subject);
    List<String> names = new ArrayList<>(List.of(watch.id()));
    points.stream().map(KpiPoint::getName).distinct().forEach(names::add);
    Double value = null;
    for (String name : names) {
      value = value == null && !name.contains(".") ? value(points, name, subject) : value;
    }
    node.put("value", value);
    node.put("limit", watch.goal());
    node.put("state", state(alert));
    return node;
  }

  private static ObjectNode anomaly(
      WatchInfo watch, Map<String, String> subject, List<KpiPoint> points, Alert alert) {
    ObjectNode node = head(watch, subject);
    node.put("figure", watch.figure());
    node.put("value", alert.getValue());
    node.put("expected", value(points, watch.id() + ".expected", subject));
    node.put("low", value(points, watch.id() + ".low", subject));
    node.put("high", value(points, watch.id() + ".high", subject));
    node.put("since", FigureJson.time(alert.getStartsAt()));
    node.put("state", alert.getSeverity().name().toLowerCase(Locale.ROOT));
    node.set(
        "explains",
        FigureJson.text(
            alert.getAnnotations().getOrDefault("summary_zh", ""),
            alert.getAnnotations().getOrDefault("summary_en", "")));
    return node;
  }
}
