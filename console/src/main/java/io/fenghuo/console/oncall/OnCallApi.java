package io.fenghuo.console.oncall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.escalate.Escalation;
import io.fenghuo.alerting.escalate.Incident;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.escalate.Person;
import io.fenghuo.alerting.escalate.Team;
import io.fenghuo.alerting.ledger.Ledger;
import io.fenghuo.alerting.mute.Silence;
import io.fenghuo.alerting.mute.Silences;
import io.fenghuo.console.access.AuditLog;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.live.FigureJson;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The on-call page's routes: what alerting knows, and what people do about it. */
public final class OnCallApi {

  private static final Logger LOG = LoggerFactory.getLogger(OnCallApi.class);
  private static final int MOST = 500;

  /** People on duty change by the hour at the most; this far ahead the next one is looked for. */
  private static final Duration LOOKS_AHEAD = Duration.ofDays(15);

  private final Alerting alerting;
  private final Ledger ledger;
  private final AuditLog audit;

  public OnCallApi(Alerting alerting, AuditLog audit) {
    this.alerting = alerting;
    this.ledger = new Ledger(alerting.database());
    this.audit = audit;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/incidents", Need.VIEWER, "Incidents, the latest first", this::incidents)
            .query("state"),
        Route.get("/incidents/{id}", Need.VIEWER, "An incident with its story", this::incident),
        Route.post(
                "/incidents/{id}/{action}",
                Need.ON_CALL,
                "answer, unanswer, resolve, assign or comment",
                this::act)
            .body("detail"),
        Route.get("/silences", Need.VIEWER, "Silences", this::silences),
        Route.post("/silences", Need.ON_CALL, "Hold alerts back for a time", this::silence)
            .body("matchers", "startsAt", "endsAt", "comment"),
        Route.post(
                "/silences/preview",
                Need.ON_CALL,
                "Which alerts matchers would hold",
                this::preview)
            .body("matchers"),
        Route.delete("/silences/{id}", Need.ON_CALL, "End a silence", this::endSilence),
        Route.get("/duty", Need.VIEWER, "Who is on duty", this::duty));
  }

  /**
   * Of each alert's fingerprint the incident it belongs to, for those that have one; nothing while
   * the database is away, since that must not take the wall screen with it.
   */
  public Map<String, String> incidentsOf(List<Alert> alerts) {
    Map<String, String> byLabels = new HashMap<>();
    alerts.forEach(alert -> byLabels.put(fingerprint(alert), alert.getFingerprint()));
    if (byLabels.isEmpty()) {
      return Map.of();
    }
    Map<String, String> found = new HashMap<>();
    try {
      alerting
          .database()
          .read(
              handle ->
                  handle
                      .createQuery(
                          "select m.fingerprint, g.incident_id from group_alert m"
                              + " join alert_group g using (group_key)"
                              + " where m.fingerprint in (<prints>) and g.incident_id is not null")
                      .bindList("prints", List.copyOf(byLabels.keySet()))
                      .map(
                          (row, context) ->
                              found.put(
                                  byLabels.get(row.getString("fingerprint")),
                                  row.getString("incident_id")))
                      .list());
    } catch (RuntimeException e) {
      LOG.debug("alerts are shown without their incidents: {}", e.toString());
    }
    return found;
  }

  /** As alerting's inbox counts it: by all labels, with the two it adds. */
  private static String fingerprint(Alert alert) {
    TreeMap<String, String> labels = new TreeMap<>(alert.getLabels());
    labels.putIfAbsent("alertname", alert.getRuleId());
    labels.putIfAbsent("severity", alert.getSeverity().name().toLowerCase(Locale.ROOT));
    if (alert.getMode() == RuleMode.SHADOW) {
      labels.put("mode", "shadow");
    }
    return Labels.of(labels).fingerprint();
  }

  private void incidents(Call call) {
    boolean all = call.query("state").map("all"::equals).orElse(false);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    alerting.incidents().list(!all, MOST).forEach(incident -> items.add(json(incident)));
    answer.putNull("next");
    call.answer(answer);
  }

  private ObjectNode json(Incident incident) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", incident.id());
    node.put("state", incident.state());
    node.put("severity", incident.severity());
    node.set("labels", Json.MAPPER.valueToTree(incident.labels()));
    List<Notice.Item> alerts = alerts(incident);
    node.set("summary", summary(incident, alerts));
    node.put("openedAt", text(incident.openedAt()));
    node.put("answeredAt", text(incident.answeredAt()));
    node.put("answeredBy", incident.answeredBy());
    node.put("assignee", incident.assignee());
    node.put("resolvedAt", text(incident.resolvedAt()));
    node.put("answerBy", text(incident.answerBy()));
    node.put("resolveBy", text(incident.resolveBy()));
    node.set("nextStep", nextStep(incident));
    node.put("alerts", alerts.size() + incident.notice().truncated());
    return node;
  }

  private static List<Notice.Item> alerts(Incident incident) {
    // An incident that has just been opened has nothing said about it yet.
    return incident.notice().alerts() == null ? List.of() : incident.notice().alerts();
  }

  private static ObjectNode summary(Incident incident, List<Notice.Item> alerts) {
    if (alerts.isEmpty()) {
      String labels = Labels.of(incident.labels()).toString();
      return FigureJson.text(labels, labels);
    }
    return summary(alerts.get(0).labels(), alerts.get(0).annotations());
  }

  /** What Prometheus calls summary is in one language only. */
  private static ObjectNode summary(Map<String, String> labels, Map<String, String> annotations) {
    String other =
        annotations.getOrDefault(
            "summary",
            annotations.getOrDefault(
                "description", labels.getOrDefault("alertname", labels.toString())));
    return FigureJson.text(
        annotations.getOrDefault("summary_zh", other),
        annotations.getOrDefault("summary_en", other));
  }

  private ObjectNode nextStep(Incident incident) {
    if (incident.stepAt() == null || incident.escalation() == null) {
      return null;
    }
    Escalation escalation = alerting.routing().get().escalations().get(incident.escalation());
    if (escalation == null || incident.step() >= escalation.steps().size()) {
      return null;
    }
    return Json.MAPPER
        .createObjectNode()
        .put("at", incident.stepAt().toString())
        .put("text", escalation.steps().get(incident.step()).receiver());
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private void incident(Call call) {
    String id = call.path("id");
    Incident incident = alerting.incidents().find(id).orElseThrow(() -> Problem.notFound(id));
    ObjectNode node = json(incident);
    node.put("count", node.path("alerts").asInt());
    ArrayNode alerts = node.putArray("alerts");
    alerts(incident).forEach(item -> alerts.add(json(item, id)));
    ArrayNode story = node.putArray("story");
    for (Incidents.Entry entry : alerting.incidents().story(id)) {
      story
          .addObject()
          .put("at", entry.at().toString())
          .put("who", entry.who())
          .put("what", entry.what())
          .put("detail", entry.detail());
    }
    ArrayNode notifications = node.putArray("notifications");
    for (Map<String, Object> row : ledger.notifications("", id, MOST)) {
      ObjectNode one = notifications.addObject();
      one.put("id", string(row, "id"));
      one.put("at", string(row, "created_at"));
      one.put("finishedAt", string(row, "finished_at"));
      one.put("channel", string(row, "channel"));
      one.put("receiver", string(row, "receiver"));
      one.put("state", string(row, "state"));
      one.put("attempts", row.get("attempts") instanceof Number number ? number.intValue() : 0);
      one.put("reason", string(row, "reason"));
      one.put("answer", string(row, "answer"));
      one.put("providerId", string(row, "provider_id"));
    }
    call.answer(node);
  }

  private static String string(Map<String, Object> row, String column) {
    Object value = row.get(column);
    if (value == null) {
      return null;
    }
    return value instanceof Timestamp time ? time.toInstant().toString() : value.toString();
  }

  private static ObjectNode json(Notice.Item item, String incident) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("fingerprint", item.fingerprint());
    node.put("incident", incident);
    node.put("severity", Labels.of(item.labels()).severity().label());
    node.put("state", item.endsAt() > 0 ? "resolved" : "firing");
    node.put("startsAt", FigureJson.time(item.startsAt()));
    node.put("endsAt", item.endsAt() > 0 ? FigureJson.time(item.endsAt()) : null);
    node.set("labels", Json.MAPPER.valueToTree(item.labels()));
    node.set("summary", summary(item.labels(), item.annotations()));
    return node;
  }

  private void act(Call call) {
    String id = call.path("id");
    Incidents.Action action;
    try {
      action = Incidents.Action.valueOf(call.path("action").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Problem.notFound(call.path("action"));
    }
    String detail = Call.text(call.body(), "detail", 0, 2_000);
    if (detail.isEmpty()
        && (action == Incidents.Action.ASSIGN || action == Incidents.Action.COMMENT)) {
      throw Problem.field("detail", "missing");
    }
    Optional<Incident> after;
    try {
      after = alerting.incidents().act(id, action, call.who(), detail);
    } catch (IllegalStateException cannot) {
      throw Problem.conflict("incident_resolved", "该事件已解决", cannot.getMessage());
    }
    ObjectNode node = json(after.orElseThrow(() -> Problem.notFound(id)));
    audit.note(call, "incident " + action.name().toLowerCase(Locale.ROOT), id, detail);
    call.answer(node);
  }

  private void silences(Call call) {
    Instant now = alerting.clock().instant();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    alerting.silences().list().stream()
        .sorted(Comparator.comparing(Silence::endsAt).reversed())
        .forEach(silence -> items.add(json(silence, now)));
    answer.putNull("next");
    call.answer(answer);
  }

  private static ObjectNode json(Silence silence, Instant now) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", silence.id().toString());
    node.put("state", silence.state(now));
    node.set("matchers", silence.matchersJson());
    node.put("startsAt", silence.startsAt().toString());
    node.put("endsAt", silence.endsAt().toString());
    node.put("createdBy", silence.createdBy());
    node.put("comment", silence.comment());
    return node;
  }

  private static List<Matcher> matchers(JsonNode body) {
    JsonNode list = body.path("matchers");
    if (!list.isArray() || list.isEmpty() || list.size() > 50) {
      throw Problem.field("matchers", "expected 1 to 50");
    }
    try {
      return Silence.matchers(list);
    } catch (IllegalArgumentException wrong) {
      throw Problem.field("matchers", wrong.getMessage());
    }
  }

  private void silence(Call call) {
    JsonNode body = call.body();
    List<Matcher> matchers = matchers(body);
    String comment = Call.text(body, "comment", 1, 2_000);
    Instant startsAt =
        body.hasNonNull("startsAt") ? Call.time(body, "startsAt") : alerting.clock().instant();
    Instant endsAt = Call.time(body, "endsAt");
    UUID id;
    try {
      id =
          alerting
              .silences()
              .set(
                  new Silence(
                      null, matchers, startsAt, endsAt, null, call.who(), comment, Map.of()));
    } catch (IllegalArgumentException wrong) {
      throw Problem.field("silence", wrong.getMessage());
    }
    audit.note(call, "silence", matchers.toString(), "until " + endsAt + ": " + comment);
    call.answer(201, json(alerting.silences().find(id).orElseThrow(), alerting.clock().instant()));
  }

  private void preview(Call call) {
    List<Matcher> matchers = matchers(call.body());
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode held = answer.putArray("alerts");
    alerting
        .database()
        .read(
            handle ->
                handle
                    .createQuery(
                        "select "
                            + KnownAlert.COLUMNS
                            + " from alert a where ended_at is null order by a.starts_at desc")
                    .map(KnownAlert::read)
                    .list())
        .stream()
        .filter(alert -> Matcher.allMatch(matchers, alert.labels()))
        .limit(MOST)
        .forEach(alert -> held.add(json(alert)));
    call.answer(answer);
  }

  private static ObjectNode json(KnownAlert alert) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("fingerprint", alert.fingerprint());
    node.putNull("incident");
    node.put("severity", alert.labels().severity().label());
    node.put("state", alert.ended() ? "resolved" : "firing");
    node.put("startsAt", alert.startsAt().toString());
    node.put("endsAt", text(alert.endedAt()));
    node.set("labels", Json.MAPPER.valueToTree(alert.labels().values()));
    node.set("summary", summary(alert.labels().values(), alert.annotations()));
    return node;
  }

  private void endSilence(Call call) {
    UUID id;
    try {
      id = UUID.fromString(call.path("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.notFound(call.path("id"));
    }
    try {
      alerting.silences().expire(id);
    } catch (Silences.Unknown unknown) {
      throw Problem.notFound(id.toString());
    }
    audit.note(call, "silence ended", id.toString(), "");
    call.nothing();
  }

  private void duty(Call call) {
    Instant now = alerting.clock().instant();
    Map<String, Person> people = alerting.routing().get().roster().people();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode teams = answer.putArray("teams");
    for (Team team : new LinkedHashMap<>(alerting.routing().get().roster().teams()).values()) {
      ObjectNode node = teams.addObject();
      node.put("name", team.name());
      ArrayNode onDuty = node.putArray("onDuty");
      Optional<String> who = team.onDuty(now);
      who.ifPresent(id -> onDuty.addObject().put("name", name(people, id)));
      node.set("next", next(team, people, who, now));
    }
    call.answer(answer);
  }

  private static String name(Map<String, Person> people, String id) {
    return people.containsKey(id) ? people.get(id).name() : id;
  }

  /** The first hour in which it is somebody else. */
  private static ObjectNode next(
      Team team, Map<String, Person> people, Optional<String> who, Instant now) {
    Instant hour = now.truncatedTo(ChronoUnit.HOURS);
    for (Instant at = hour.plusSeconds(3_600);
        at.isBefore(now.plus(LOOKS_AHEAD));
        at = at.plusSeconds(3_600)) {
      Optional<String> then = team.onDuty(at);
      if (!then.equals(who)) {
        return Json.MAPPER
            .createObjectNode()
            .put("name", then.map(id -> name(people, id)).orElse(null))
            .put("at", at.toString());
      }
    }
    return null;
  }
}
