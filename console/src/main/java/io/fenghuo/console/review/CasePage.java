package io.fenghuo.console.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.RuleInfo;
import io.fenghuo.console.live.FigureJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Everything a reviewer wants to know about one case. */
final class CasePage {

  private static final int MOST_EVENTS = 200;
  private static final Duration LOOKS_BACK = Duration.ofDays(30);
  private static final int MOST_LINKED = 12;
  private static final int LONGEST_LINE = 300;

  /** Kinds of entities, with the event's column and its field. */
  private static final Map<String, String[]> ENTITIES =
      new TreeMap<>(
          Map.of(
              "user", new String[] {"user_id", "userId"},
              "device", new String[] {"device_id", "deviceId"},
              "address", new String[] {"address", "addressToken"},
              "account", new String[] {"account", "accountToken"}));

  private static final List<String> NEAREST = List.of("user", "device", "account", "address");

  private final Map<String, RuleInfo> rules;

  CasePage(List<RuleInfo> rules) {
    this.rules =
        rules.stream().collect(Collectors.toMap(RuleInfo::id, Function.identity(), (a, b) -> a));
  }

  ObjectNode of(Handle handle, CaseRow row, Instant now) {
    ObjectNode page =
        row.line(now, Verdicts.last(handle, List.of(row.orderId())).get(row.orderId()));
    JsonNode decision = decision(handle, row);
    page.set("decision", decision(decision));
    page.set("revisions", revisions(handle, row.orderId()));
    Optional<JsonNode> order = order(handle, row.orderId());
    page.set("order", order.map(Masking::event).orElse(null));
    Map<String, String> entities = entities(row, order);
    page.set("timeline", timeline(handle, row, decision, entities));
    page.set("links", links(handle, row, entities));
    ArrayNode verdicts = page.putArray("verdicts");
    Verdicts.all(handle, row.orderId()).forEach(verdicts::add);
    page.set("notes", notes(handle, row.orderId()));
    page.put("etag", "\"" + row.version() + "\"");
    return page;
  }

  private static JsonNode decision(Handle handle, CaseRow row) {
    return handle
        .createQuery(
            "select body from decision where decision_id = :id order by event_time desc limit 1")
        .bind("id", row.decisionId())
        .mapTo(String.class)
        .findOne()
        .map(Json::tree)
        .orElseGet(Json.MAPPER::createObjectNode);
  }

  private ObjectNode decision(JsonNode stored) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("decisionId", stored.path("decisionId").asText(null));
    node.put("revision", stored.path("revision").asInt());
    node.put("decisionTime", time(stored.path("decisionTime")));
    node.put("eventTime", time(stored.path("eventTime")));
    node.put("ruleSetVersion", stored.path("ruleSetVersion").asText(null));
    ArrayNode hits = node.putArray("hits");
    stored.path("hits").forEach(hit -> hits.add(hit(hit)));
    ArrayNode evidence = node.putArray("evidence");
    stored
        .path("evidence")
        .forEach(
            each ->
                evidence
                    .addObject()
                    .put("eventId", each.path("eventId").asText())
                    .put("eventTime", time(each.path("eventTime")))
                    .put("line", Masking.line(each.path("line").asText())));
    ArrayNode lists = node.putArray("lists");
    stored.path("lists").forEach(lists::add);
    return node;
  }

  private ObjectNode hit(JsonNode stored) {
    String id = stored.path("ruleId").asText();
    RuleInfo rule = rules.get(id);
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("ruleId", id);
    node.set(
        "title", FigureJson.text(rule == null ? id : rule.zh(), rule == null ? id : rule.en()));
    node.put("version", stored.path("version").asInt());
    node.put("mode", stored.path("mode").asText());
    node.put("outcome", stored.path("outcome").asText());
    node.put("score", stored.path("score").asInt());
    node.set("reason", stored.path("reason"));
    ArrayNode features = node.putArray("features");
    for (JsonNode feature : stored.path("features")) {
      String name = feature.path("name").asText();
      ObjectNode shown = features.addObject();
      shown.put("name", name);
      shown.set("title", FigureJson.text(name, name));
      shown.set("value", feature.path("value").isMissingNode() ? null : feature.path("value"));
      shown.put("threshold", rule == null ? null : threshold(rule.text(), name));
    }
    return node;
  }

  /**
   * What the rule's text holds a feature against: {@code >= 5}, or null when it is not a number.
   */
  static String threshold(String text, String feature) {
    Matcher found =
        Pattern.compile(
                "(?<![\\w.])" + Pattern.quote(feature) + "\\s*(>=|<=|!=|>|<|=)\\s*(-?[0-9.]+)")
            .matcher(text);
    return found.find() ? found.group(1) + " " + found.group(2) : null;
  }

  private static String time(JsonNode millis) {
    return millis.isNumber() ? FigureJson.time(millis.asLong()) : null;
  }

  private static ArrayNode revisions(Handle handle, String orderId) {
    ArrayNode all = Json.MAPPER.createArrayNode();
    handle
        .createQuery(
            "select revision, decision_id, decision_time, event_time, outcome, score,"
                + " body -> 'reason' ->> 'zh' as zh, body -> 'reason' ->> 'en' as en from decision"
                + " where order_id = :id order by revision desc limit 50")
        .bind("id", orderId)
        .map(
            (row, context) -> {
              ObjectNode node = all.addObject();
              node.put("revision", row.getInt("revision"));
              node.put("decisionId", row.getString("decision_id"));
              node.put("decisionTime", row.getTimestamp("decision_time").toInstant().toString());
              node.put("eventTime", row.getTimestamp("event_time").toInstant().toString());
              node.put("outcome", row.getString("outcome"));
              node.put("score", row.getInt("score"));
              node.set("reason", FigureJson.text(row.getString("zh"), row.getString("en")));
              return node;
            })
        .list();
    return all;
  }

  /** The order as it was created, unmasked; empty when its event is not kept any more. */
  static Optional<JsonNode> order(Handle handle, String orderId) {
    return handle
        .createQuery(
            "select body from event where order_id = :id and stream = 'orders'"
                + " order by kind <> 'CREATED', event_time limit 1")
        .bind("id", orderId)
        .mapTo(String.class)
        .findOne()
        .map(Json::tree);
  }

  /** Keys of the order's entities by kind. */
  static Map<String, String> entities(CaseRow row, Optional<JsonNode> order) {
    Map<String, String> entities = new LinkedHashMap<>();
    for (String kind : NEAREST) {
      String key = order.map(event -> event.path(ENTITIES.get(kind)[1]).asText("")).orElse("");
      if (kind.equals("user") && key.isEmpty() && row.userId() != null) {
        key = row.userId();
      }
      if (!key.isEmpty()) {
        entities.put(kind, key);
      }
    }
    order
        .map(event -> event.path("ip").asText(""))
        .filter(ip -> !ip.isEmpty())
        .ifPresent(ip -> entities.put("ip", ip));
    return entities;
  }

  /** What its user, device, account and address did before and after, the nearest in time. */
  private static ArrayNode timeline(
      Handle handle, CaseRow row, JsonNode decision, Map<String, String> entities) {
    Set<String> evidence = new HashSet<>();
    decision.path("evidence").forEach(each -> evidence.add(each.path("eventId").asText()));
    evidence.add(decision.path("eventId").asText());
    Map<String, ObjectNode> found = new LinkedHashMap<>();
    for (String kind : NEAREST) {
      String key = entities.get(kind);
      if (key == null) {
        continue;
      }
      String column = ENTITIES.get(kind)[0];
      for (boolean before : new boolean[] {true, false}) {
        handle
            .createQuery(
                "select * from event where "
                    + column
                    + " = :key and event_time "
                    + (before ? "<= :at and event_time > :oldest" : "> :at")
                    + " order by event_time"
                    + (before ? " desc" : "")
                    + " limit :most")
            .bind("key", key)
            .bind("at", row.eventTime())
            .bind("oldest", row.eventTime().minus(LOOKS_BACK))
            .bind("most", MOST_EVENTS / 2)
            .map(
                (event, context) ->
                    found.putIfAbsent(
                        event.getString("event_id"),
                        line(
                            event.getTimestamp("event_time").toInstant(),
                            event.getString("stream"),
                            event.getString("kind"),
                            event.getString("event_id"),
                            Json.tree(event.getString("body")),
                            evidence,
                            kind)))
            .list();
      }
    }
    long at = row.eventTime().toEpochMilli();
    List<ObjectNode> nearest =
        found.values().stream()
            .sorted(
                Comparator.<ObjectNode>comparingInt(node -> node.path("mine").asBoolean() ? 0 : 1)
                    .thenComparingLong(
                        node ->
                            Math.abs(
                                Instant.parse(node.path("time").asText()).toEpochMilli() - at)))
            .limit(MOST_EVENTS)
            .sorted(Comparator.comparing(node -> Instant.parse(node.path("time").asText())))
            .toList();
    ArrayNode timeline = Json.MAPPER.createArrayNode();
    nearest.forEach(timeline::add);
    return timeline;
  }

  private static ObjectNode line(
      Instant time,
      String stream,
      String kind,
      String eventId,
      JsonNode body,
      Set<String> evidence,
      String who) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("time", time.toString());
    node.put("stream", stream);
    node.put("kind", kind);
    StringBuilder line = new StringBuilder();
    Masking.event(body)
        .fields()
        .forEachRemaining(
            field -> {
              boolean silent =
                  field.getKey().equals("eventId")
                      || field.getKey().equals("eventTime")
                      || field.getValue().isContainerNode();
              if (!silent) {
                line.append(line.isEmpty() ? "" : " ")
                    .append(field.getKey())
                    .append('=')
                    .append(field.getValue().asText());
              }
            });
    node.put("line", Characters.cut(line.toString(), LONGEST_LINE));
    node.put("eventId", eventId);
    node.put("mine", evidence.contains(eventId));
    node.put("who", who);
    return node;
  }

  /** Who else used the same device, address, account: a small graph. */
  private static ObjectNode links(Handle handle, CaseRow row, Map<String, String> entities) {
    ObjectNode links = Json.MAPPER.createObjectNode();
    ArrayNode nodes = links.putArray("nodes");
    ArrayNode edges = links.putArray("edges");
    node(nodes, "order", "order", row.orderId(), row.outcome());
    Map<String, String> users = new LinkedHashMap<>();
    String own = entities.get("user");
    if (own != null) {
      users.put(own, "user:0");
      edge(edges, "order", "user:0");
    }
    entities.forEach(
        (kind, key) -> {
          if (kind.equals("user")) {
            return;
          }
          String field = kind.equals("ip") ? "ip" : ENTITIES.get(kind)[1];
          node(nodes, kind, kind, Masking.value(field, key), null);
          edge(edges, "order", kind);
          if (kind.equals("ip")) {
            return; // a network of thousands is no link
          }
          handle
              .createQuery(
                  "select distinct user_id from (select user_id from event where "
                      + ENTITIES.get(kind)[0]
                      + " = :key and event_time > :oldest order by event_time desc limit 500) e"
                      + " where user_id is not null order by 1 limit :most")
              .bind("key", key)
              .bind("oldest", row.eventTime().minus(LOOKS_BACK))
              .bind("most", MOST_LINKED)
              .mapTo(String.class)
              .forEach(
                  user -> {
                    if (users.size() <= MOST_LINKED || users.containsKey(user)) {
                      String id = users.computeIfAbsent(user, any -> "user:" + users.size());
                      edge(edges, kind, id);
                    }
                  });
        });
    Map<String, String> outcomes = new LinkedHashMap<>();
    if (!users.isEmpty()) {
      handle
          .createQuery(
              "select user_id, max(case outcome when 'BLOCK' then 3 when 'REVIEW' then 2 else 1 end)"
                  + " as worst from review_case where user_id = any(:users) group by user_id")
          .bind("users", users.keySet().toArray(String[]::new))
          .map(
              (found, context) ->
                  outcomes.put(
                      found.getString("user_id"),
                      List.of("PASS", "CHALLENGE", "REVIEW", "BLOCK").get(found.getInt("worst"))))
          .list();
    }
    users.forEach((user, id) -> node(nodes, id, "user", user, outcomes.get(user)));
    return links;
  }

  private static void node(ArrayNode nodes, String id, String kind, String label, String outcome) {
    nodes.addObject().put("id", id).put("kind", kind).put("label", label).put("outcome", outcome);
  }

  private static void edge(ArrayNode edges, String from, String to) {
    edges.addObject().put("from", from).put("to", to);
  }

  private static ArrayNode notes(Handle handle, String orderId) {
    ArrayNode notes = Json.MAPPER.createArrayNode();
    handle
        .createQuery("select * from case_note where order_id = :id order by id desc limit 100")
        .bind("id", orderId)
        .map(
            (row, context) ->
                notes
                    .addObject()
                    .put("at", row.getTimestamp("at").toInstant().toString())
                    .put("who", row.getString("who"))
                    .put("what", row.getString("what"))
                    .put("text", row.getString("text")))
        .list();
    return notes;
  }
}
