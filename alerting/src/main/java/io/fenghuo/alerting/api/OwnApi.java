package io.fenghuo.alerting.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.config.ConfigException;
import io.fenghuo.alerting.escalate.Incident;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.ledger.Ledger;
import io.fenghuo.alerting.route.RouteTrace;
import io.fenghuo.schemas.NotJson;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Alertmanager has no words for: incidents, the delivery ledger, why a route takes an alert.
 */
final class OwnApi {

  private static final int MOST = 500;

  private final Alerting alerting;
  private final Ledger ledger;

  OwnApi(Alerting alerting) {
    this.alerting = alerting;
    this.ledger = new Ledger(alerting.database());
  }

  void addTo(RoutesConfig routes) {
    routes.get("/api/fenghuo/incidents", this::incidents);
    routes.get("/api/fenghuo/incidents/{id}", this::incident);
    routes.post("/api/fenghuo/incidents/{id}/{action}", this::act);
    routes.get("/api/fenghuo/notifications", this::notifications);
    routes.get("/api/fenghuo/notifications/{id}/attempts", this::attempts);
    routes.post("/api/fenghuo/notifications/{id}/replay", this::replay);
    routes.get("/api/fenghuo/route", this::route);
    routes.post("/-/reload", this::reload);
  }

  private void incidents(Context context) {
    boolean all = "true".equals(context.queryParam("all"));
    AlertmanagerApi.answer(
        context, 200, alerting.incidents().list(!all, MOST).stream().map(OwnApi::json).toList());
  }

  private void incident(Context context) {
    Optional<Incident> incident = alerting.incidents().find(context.pathParam("id"));
    if (incident.isEmpty()) {
      AlertmanagerApi.answer(context, 404, "no incident " + context.pathParam("id"));
      return;
    }
    ObjectNode node = json(incident.get());
    for (Incidents.Entry entry : alerting.incidents().story(incident.get().id())) {
      node.withArray("story")
          .addObject()
          .put("at", entry.at().toString())
          .put("who", entry.who())
          .put("what", entry.what())
          .put("detail", entry.detail());
    }
    node.set(
        "notifications",
        Json.MAPPER.valueToTree(readable(ledger.notifications("", incident.get().id(), MOST))));
    AlertmanagerApi.answer(context, 200, node);
  }

  static ObjectNode json(Incident incident) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", incident.id());
    node.put("state", incident.state());
    node.put("severity", incident.severity());
    node.put("groupKey", incident.groupKey());
    node.set("labels", Json.MAPPER.valueToTree(incident.labels()));
    node.put("openedAt", text(incident.openedAt()));
    node.put("answeredAt", text(incident.answeredAt()));
    node.put("answeredBy", incident.answeredBy());
    node.put("assignee", incident.assignee());
    node.put("resolvedAt", text(incident.resolvedAt()));
    node.put("resolvedBy", incident.resolvedBy());
    node.put("escalation", incident.escalation());
    node.put("nextStep", incident.step());
    node.put("nextStepAt", text(incident.stepAt()));
    node.put("answerBy", text(incident.answerBy()));
    node.put("resolveBy", text(incident.resolveBy()));
    node.put("alerts", incident.notice().alerts().size() + incident.notice().truncated());
    return node;
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }

  /**
   * {@code {"who": "wang", "detail": "…"}}; the action is answer, unanswer, resolve, assign,
   * comment.
   */
  private void act(Context context) {
    JsonNode body;
    Incidents.Action action;
    try {
      action = Incidents.Action.valueOf(context.pathParam("action").toUpperCase(Locale.ROOT));
      body = Json.MAPPER.readTree(context.body());
    } catch (IllegalArgumentException e) {
      AlertmanagerApi.answer(
          context,
          404,
          context.pathParam("action")
              + " (expected one of answer, unanswer, resolve, assign, comment)");
      return;
    } catch (JsonProcessingException e) {
      AlertmanagerApi.answer(context, 400, NotJson.said(e));
      return;
    }
    String who = body.path("who").asText("").strip();
    String detail = body.path("detail").asText("").strip();
    if (who.isEmpty() || who.length() > 64 || detail.length() > 2_000) {
      AlertmanagerApi.answer(
          context, 400, "who: expected 1 to 64 characters; detail: at most 2000");
      return;
    }
    if (action == Incidents.Action.ASSIGN && detail.isEmpty()) {
      AlertmanagerApi.answer(context, 400, "detail: missing (expected whom it is assigned to)");
      return;
    }
    try {
      Optional<Incident> after =
          alerting.incidents().act(context.pathParam("id"), action, who, detail);
      if (after.isEmpty()) {
        AlertmanagerApi.answer(context, 404, "no incident " + context.pathParam("id"));
        return;
      }
      AlertmanagerApi.answer(context, 200, json(after.get()));
    } catch (IllegalStateException cannot) {
      AlertmanagerApi.answer(context, 409, cannot.getMessage());
    }
  }

  private void notifications(Context context) {
    String state = Optional.ofNullable(context.queryParam("state")).orElse("");
    AlertmanagerApi.answer(context, 200, readable(ledger.notifications(state, "", MOST)));
  }

  private void attempts(Context context) {
    AlertmanagerApi.answer(context, 200, readable(ledger.attempts(context.pathParam("id"))));
  }

  private static List<Map<String, Object>> readable(List<Map<String, Object>> rows) {
    return rows.stream()
        .map(
            row -> {
              Map<String, Object> readable = new LinkedHashMap<>();
              row.forEach(
                  (name, value) ->
                      readable.put(
                          name,
                          value instanceof Timestamp time ? time.toInstant().toString() : value));
              return readable;
            })
        .toList();
  }

  private void replay(Context context) {
    boolean queued =
        ledger.replay(
            context.pathParam("id"), alerting.routing().get(), alerting.clock().instant());
    AlertmanagerApi.answer(
        context,
        queued ? 200 : 404,
        queued ? "queued again" : "no failed notification " + context.pathParam("id"));
  }

  /** Labels as parameters, as {@code ?alertname=A&severity=critical}. */
  private void route(Context context) {
    Map<String, String> labels = new TreeMap<>();
    context.queryParamMap().forEach((name, values) -> labels.put(name, values.get(0)));
    AlertmanagerApi.answer(
        context,
        200,
        RouteTrace.of(alerting.routing().get(), Labels.of(labels)).stream()
            .map(
                step ->
                    Map.of(
                        "depth", step.depth(),
                        "line", step.line(),
                        "matchers", step.matchers(),
                        "receiver", step.receiver(),
                        "taken", step.taken(),
                        "why", step.why()))
            .toList());
  }

  private void reload(Context context) {
    try {
      alerting.reload();
      context.status(200);
    } catch (ConfigException wrong) {
      AlertmanagerApi.answer(context, 500, "failed to reload config: " + wrong.getMessage());
    }
  }
}
