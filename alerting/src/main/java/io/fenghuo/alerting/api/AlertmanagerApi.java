package io.fenghuo.alerting.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.inbox.AlertJson;
import io.fenghuo.alerting.inhibit.Inhibit;
import io.fenghuo.alerting.mute.Mute;
import io.fenghuo.alerting.mute.Silence;
import io.fenghuo.alerting.mute.Silences;
import io.fenghuo.alerting.route.Router;
import io.fenghuo.alerting.route.Router.Place;
import io.fenghuo.schemas.NotJson;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Alertmanager's API, version 2, as Prometheus, amtool and others call it: its status codes, its
 * error bodies (a JSON string), its field names.
 *
 * @see <a href="https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml">
 *     Alertmanager: API v2</a>
 */
final class AlertmanagerApi {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * The version whose ways are ours: alerts say {@code mutedBy} since then. amtool compares its own
   * major and minor version with it and warns on stderr when they differ, whatever it can do; no
   * one answer pleases every amtool, and it does not say which it is.
   */
  private static final String VERSION = "0.28.0";

  private final Alerting alerting;
  private final Instant started;

  AlertmanagerApi(Alerting alerting) {
    this.alerting = alerting;
    this.started = alerting.clock().instant();
  }

  void addTo(RoutesConfig routes) {
    routes.post("/api/v2/alerts", this::postAlerts);
    routes.get("/api/v2/alerts", this::getAlerts);
    routes.get("/api/v2/alerts/groups", this::getGroups);
    routes.get("/api/v2/silences", this::getSilences);
    routes.post("/api/v2/silences", this::postSilence);
    routes.get("/api/v2/silence/{id}", this::getSilence);
    routes.delete("/api/v2/silence/{id}", this::deleteSilence);
    routes.get("/api/v2/receivers", this::getReceivers);
    routes.get("/api/v2/status", this::getStatus);
  }

  /** The request cannot be answered, and it is the sender who can mend it. */
  private static final class BadRequest extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    BadRequest(String message) {
      super(message);
    }
  }

  static void answer(Context context, int status, Object body) {
    context.status(status).contentType("application/json").result(Json.write(body));
  }

  private void postAlerts(Context context) {
    AlertJson.Read read;
    try {
      read =
          AlertJson.read(
              context.bodyAsBytes(),
              alerting.clock().instant(),
              alerting.routing().get().resolveTimeout());
    } catch (AlertJson.NotAlerts e) {
      answer(context, 400, e.getMessage());
      return;
    }
    alerting.inbox().accept(read.alerts());
    if (read.mistakes().isEmpty()) {
      context.status(200);
      return;
    }
    alerting
        .database()
        .useTransaction(handle -> Database.count(handle, "invalid", "", read.mistakes().size()));
    answer(context, 400, String.join("; ", read.mistakes()));
  }

  /** Which alerts a request asks for. */
  private record Wanted(
      List<Matcher> filter,
      Optional<Pattern> receiver,
      boolean active,
      boolean silenced,
      boolean inhibited,
      boolean unprocessed,
      boolean muted) {

    static Wanted of(Context context) {
      return new Wanted(
          filterOf(context),
          receiver(context),
          truth(context, "active"),
          truth(context, "silenced"),
          truth(context, "inhibited"),
          truth(context, "unprocessed"),
          truth(context, "muted"));
    }

    private static Optional<Pattern> receiver(Context context) {
      String text = context.queryParam("receiver");
      if (text == null || text.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(Pattern.compile("^(?:" + text + ")$"));
      } catch (PatternSyntaxException e) {
        throw new BadRequest("failed to parse receiver param: " + e.getDescription());
      }
    }

    boolean has(Shown shown) {
      return Matcher.allMatch(filter, shown.alert().labels())
          && (receiver.isEmpty()
              || shown.receivers().stream().anyMatch(name -> receiver.get().matches(name)))
          && (silenced || shown.silencedBy().isEmpty())
          && (inhibited || shown.inhibitedBy().isEmpty())
          && (muted || shown.mutedBy().isEmpty())
          && (active || shown.suppressed());
    }
  }

  private static List<Matcher> filterOf(Context context) {
    List<Matcher> filter = new ArrayList<>();
    try {
      for (String text : context.queryParams("filter")) {
        filter.addAll(Matcher.parseAll(text));
      }
    } catch (IllegalArgumentException wrong) {
      throw new BadRequest("bad matcher format: " + wrong.getMessage());
    }
    return filter;
  }

  private static boolean truth(Context context, String name) {
    String text = context.queryParam(name);
    if (text == null || text.isEmpty() || text.equals("true")) {
      return true;
    }
    if (text.equals("false")) {
      return false;
    }
    throw new BadRequest(name + ": " + text + " (expected: true or false)");
  }

  /** An alert with everything that is known about who hears of it. */
  private record Shown(
      KnownAlert alert,
      List<String> receivers,
      List<String> silencedBy,
      List<String> inhibitedBy,
      List<String> mutedBy) {

    boolean suppressed() {
      return !silencedBy.isEmpty() || !inhibitedBy.isEmpty() || !mutedBy.isEmpty();
    }
  }

  private List<Shown> shown() {
    Instant now = alerting.clock().instant();
    Routing routing = alerting.routing().get();
    return alerting
        .database()
        .read(
            handle -> {
              List<KnownAlert> alerts =
                  handle
                      .createQuery(
                          "select "
                              + KnownAlert.COLUMNS
                              + " from alert a where ended_at is null order by a.fingerprint")
                      .map(KnownAlert::read)
                      .list();
              Map<String, List<String>> inhibitors =
                  Inhibit.inhibitors(handle, routing, alerts, now);
              List<Silence> silences = Silences.active(handle, now);
              return alerts.stream()
                  .map(
                      alert -> {
                        List<Place> places = Router.places(routing, alert.labels());
                        return new Shown(
                            alert,
                            places.stream()
                                .map(place -> place.route().receiver())
                                .distinct()
                                .toList(),
                            Silences.holding(silences, alert.labels()),
                            inhibitors.getOrDefault(alert.fingerprint(), List.of()),
                            places.stream()
                                .flatMap(p -> Mute.mutedBy(routing, p.route(), now).stream())
                                .distinct()
                                .toList());
                      })
                  .toList();
            });
  }

  private void getAlerts(Context context) {
    Wanted wanted = Wanted.of(context);
    ArrayNode list = Json.MAPPER.createArrayNode();
    shown().stream().filter(wanted::has).forEach(shown -> list.add(json(shown)));
    answer(context, 200, list);
  }

  private ObjectNode json(Shown shown) {
    KnownAlert alert = shown.alert();
    Instant now = alerting.clock().instant();
    ObjectNode node = Json.MAPPER.createObjectNode();
    Map<String, String> annotations = new TreeMap<>(alert.annotations());
    // The one amtool shows.
    annotations.putIfAbsent(
        "summary", alerting.routing().get().wording().headline(alert.labels(), annotations));
    if (alert.staleAt(now)) {
      annotations.put("stale_since", alert.promisedUntil().toString());
    }
    node.set("annotations", Json.MAPPER.valueToTree(annotations));
    Instant end =
        alert.promisedUntil() == null || alert.staleAt(now)
            ? now.plus(alerting.routing().get().resolveTimeout())
            : alert.promisedUntil();
    node.put("endsAt", TIME.format(end));
    node.put("fingerprint", alert.fingerprint());
    ArrayNode receivers = node.putArray("receivers");
    shown.receivers().forEach(name -> receivers.addObject().put("name", name));
    node.put("startsAt", TIME.format(alert.startsAt()));
    ObjectNode status = node.putObject("status");
    status.set("inhibitedBy", Json.MAPPER.valueToTree(shown.inhibitedBy()));
    status.set("mutedBy", Json.MAPPER.valueToTree(shown.mutedBy()));
    status.set("silencedBy", Json.MAPPER.valueToTree(shown.silencedBy()));
    status.put("state", shown.suppressed() ? "suppressed" : "active");
    node.put("updatedAt", TIME.format(alert.heardAt()));
    node.put("generatorURL", alert.generatorUrl());
    node.set("labels", Json.MAPPER.valueToTree(alert.labels().values()));
    return node;
  }

  private void getGroups(Context context) {
    Wanted wanted = Wanted.of(context);
    Routing routing = alerting.routing().get();
    Map<String, ObjectNode> groups = new TreeMap<>();
    for (Shown shown : shown()) {
      for (Place place : Router.places(routing, shown.alert().labels())) {
        boolean right =
            wanted.receiver().isEmpty()
                || wanted.receiver().get().matches(place.route().receiver());
        if (!right || !wanted.has(shown)) {
          continue;
        }
        ObjectNode group =
            groups.computeIfAbsent(
                place.groupKey(),
                key -> {
                  ObjectNode made = Json.MAPPER.createObjectNode();
                  made.set("labels", Json.MAPPER.valueToTree(place.groupLabels().values()));
                  made.putObject("routeLabels");
                  made.putObject("receiver").put("name", place.route().receiver());
                  made.putArray("alerts");
                  return made;
                });
        group.withArray("alerts").add(json(shown));
      }
    }
    answer(context, 200, groups.values());
  }

  private void getReceivers(Context context) {
    answer(
        context,
        200,
        alerting.routing().get().receivers().keySet().stream()
            .map(name -> Map.of("name", name, "labels", Map.of()))
            .toList());
  }

  private void getStatus(Context context) {
    ObjectNode status = Json.MAPPER.createObjectNode();
    ObjectNode cluster = status.putObject("cluster");
    cluster.put("status", "disabled");
    cluster.put("name", "fenghuo");
    cluster.putArray("peers");
    ObjectNode version = status.putObject("versionInfo");
    version.put("version", VERSION);
    version.put("revision", "fenghuo");
    version.put("branch", "fenghuo");
    version.put("buildUser", "fenghuo");
    version.put("buildDate", "");
    version.put("goVersion", "");
    status.putObject("config").put("original", AlertmanagerYaml.of(alerting.routing().get()));
    status.put("uptime", TIME.format(started));
    answer(context, 200, status);
  }

  private void getSilences(Context context) {
    List<Matcher> filter = filterOf(context);
    boolean active = truth(context, "active");
    boolean pending = truth(context, "pending");
    boolean expired = truth(context, "expired");
    Instant now = alerting.clock().instant();
    Map<String, List<Silence>> byState =
        alerting.silences().list().stream()
            .filter(silence -> silence.matchers().containsAll(filter))
            .collect(Collectors.groupingBy(silence -> silence.state(now)));
    List<Silence> sorted = new ArrayList<>();
    if (active) {
      sorted.addAll(sorted(byState.get("active"), Comparator.comparing(Silence::endsAt)));
    }
    if (pending) {
      sorted.addAll(sorted(byState.get("pending"), Comparator.comparing(Silence::startsAt)));
    }
    if (expired) {
      sorted.addAll(
          sorted(byState.get("expired"), Comparator.comparing(Silence::endsAt).reversed()));
    }
    ArrayNode list = Json.MAPPER.createArrayNode();
    sorted.forEach(silence -> list.add(json(silence, now)));
    answer(context, 200, list);
  }

  private static List<Silence> sorted(List<Silence> silences, Comparator<Silence> order) {
    return silences == null ? List.of() : silences.stream().sorted(order).toList();
  }

  private static ObjectNode json(Silence silence, Instant now) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", silence.id().toString());
    node.putObject("status").put("state", silence.state(now));
    node.put("updatedAt", TIME.format(silence.updatedAt()));
    node.set("annotations", Json.MAPPER.valueToTree(silence.annotations()));
    node.put("comment", silence.comment());
    node.put("createdBy", silence.createdBy());
    node.put("endsAt", TIME.format(silence.endsAt()));
    node.set("matchers", silence.matchersJson());
    node.put("startsAt", TIME.format(silence.startsAt()));
    return node;
  }

  private void postSilence(Context context) {
    Silence wanted = silence(context);
    try {
      answer(context, 200, Map.of("silenceID", alerting.silences().set(wanted).toString()));
    } catch (Silences.Unknown unknown) {
      answer(context, 404, unknown.getMessage());
    }
  }

  private static Silence silence(Context context) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(context.body());
    } catch (JsonProcessingException e) {
      throw new BadRequest(NotJson.said(e));
    }
    if (node == null || !node.isObject() || !node.path("matchers").isArray()) {
      throw new BadRequest(
          "expected an object with matchers, startsAt, endsAt, createdBy, comment");
    }
    String id = node.path("id").asText("");
    Map<String, String> annotations = new TreeMap<>();
    node.path("annotations")
        .fields()
        .forEachRemaining(each -> annotations.put(each.getKey(), each.getValue().asText()));
    return new Silence(
        id.isEmpty() ? null : uuid(id).orElseThrow(() -> new BadRequest("id: not a UUID")),
        Silence.matchers(node.path("matchers")),
        time(node, "startsAt"),
        time(node, "endsAt"),
        null,
        node.path("createdBy").asText(""),
        node.path("comment").asText(""),
        annotations);
  }

  private static Instant time(JsonNode node, String field) {
    try {
      return OffsetDateTime.parse(node.path(field).asText("")).toInstant();
    } catch (DateTimeParseException e) {
      throw new BadRequest(field + ": expected a time, as 2026-11-11T20:00:00Z");
    }
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void getSilence(Context context) {
    Optional<UUID> id = uuid(context.pathParam("id"));
    if (id.isEmpty()) {
      answer(
          context, 422, Map.of("code", 601, "message", "silenceID in path must be of type uuid"));
      return;
    }
    Optional<Silence> silence = alerting.silences().find(id.get());
    if (silence.isEmpty()) {
      context.status(404);
      return;
    }
    answer(context, 200, json(silence.get(), alerting.clock().instant()));
  }

  private void deleteSilence(Context context) {
    Optional<UUID> id = uuid(context.pathParam("id"));
    if (id.isEmpty()) {
      answer(
          context, 422, Map.of("code", 601, "message", "silenceID in path must be of type uuid"));
      return;
    }
    try {
      alerting.silences().expire(id.get());
      context.status(200);
    } catch (Silences.Unknown unknown) {
      context.status(404);
    }
  }
}
