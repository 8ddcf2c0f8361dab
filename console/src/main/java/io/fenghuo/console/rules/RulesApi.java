package io.fenghuo.console.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.RuleInfo;
import io.fenghuo.console.access.AuditLog;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.live.FigureJson;
import io.fenghuo.schemas.RuleMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Every rule with what it does: hits, overlap, and how often reviewers agreed. A change of mode is
 * asked for by one person and approved by another.
 */
public final class RulesApi {

  private static final Duration JUDGED_OVER = Duration.ofDays(30);
  private static final Duration BELIEVED = Duration.ofSeconds(15);
  private static final int MOST_OVERLAPS = 5;

  private final ConsoleDatabase database;
  private final Map<String, RuleInfo> rules = new TreeMap<>();
  private final AuditLog audit;
  private final InstantSource clock;
  private volatile Deeds deeds;

  public RulesApi(
      ConsoleDatabase database, List<RuleInfo> rules, AuditLog audit, InstantSource clock) {
    this.database = database;
    rules.forEach(rule -> this.rules.put(rule.id(), rule));
    this.audit = audit;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/rules", Need.VIEWER, "All rules, with what they do", this::list),
        Route.get("/rules/{id}", Need.VIEWER, "One rule; a slash in its id is %2F", this::one),
        Route.post("/rules/{id}/mode", Need.RULE_AUTHOR, "Ask for another mode", this::ask)
            .body("mode", "reason"),
        Route.post(
            "/rules/{id}/approve",
            Need.APPROVER,
            "Approve what somebody else asked",
            this::approve),
        Route.post("/rules/{id}/refuse", Need.APPROVER, "Refuse it", this::refuse));
  }

  /** What one rule did. */
  private static final class Deed {
    private final long[] byHour = new long[24];
    private long today;
    private long rejected;
    private long judged;
    private long stopped;
    private long wronglyHeld;
    private final Map<String, Long> with = new HashMap<>();
  }

  /** What all of them did, as of a time. */
  private record Deeds(Instant at, Map<String, Deed> byRule, long decisions) {

    Deed of(String rule) {
      return byRule.getOrDefault(rule, new Deed());
    }
  }

  private Deeds deeds() {
    Instant now = clock.instant();
    Deeds known = deeds;
    if (known != null && now.isBefore(known.at().plus(BELIEVED))) {
      return known;
    }
    Deeds fresh = database.read(handle -> deeds(handle, now));
    deeds = fresh;
    return fresh;
  }

  private static Deeds deeds(Handle handle, Instant now) {
    Map<String, Deed> byRule = new HashMap<>();
    hits(handle, now, byRule);
    verdicts(handle, now, byRule);
    long decisions =
        handle
            .createQuery("select count(*) from decision where event_time > :since")
            .bind("since", now.minus(Duration.ofDays(1)))
            .mapTo(Long.class)
            .one();
    return new Deeds(now, byRule, decisions);
  }

  /** Of the last 24 hours, the last one being hour 23. */
  private static void hits(Handle handle, Instant now, Map<String, Deed> byRule) {
    handle
        .createQuery(
            "select cast(floor(extract(epoch from (cast(:now as timestamptz) - event_time)) / 3600)"
                + " as int) as ago, rules || shadow_rules as hit, count(*) as count from decision"
                + " where event_time > :since and event_time <= :now"
                + " and (rules <> '{}' or shadow_rules <> '{}') group by 1, 2")
        .bind("now", now)
        .bind("since", now.minus(Duration.ofDays(1)))
        .map(
            (row, context) -> {
              String[] hit = (String[]) row.getArray("hit").getArray();
              int hour = 23 - Math.max(0, Math.min(23, row.getInt("ago")));
              long count = row.getLong("count");
              for (String rule : hit) {
                Deed deed = byRule.computeIfAbsent(rule, any -> new Deed());
                deed.today += count;
                deed.byHour[hour] += count;
                for (String other : hit) {
                  if (!other.equals(rule)) {
                    deed.with.merge(other, count, Long::sum);
                  }
                }
              }
              return hit;
            })
        .list();
  }

  /** What reviewers said of orders each rule had hit; the last word on an order counts. */
  private static void verdicts(Handle handle, Instant now, Map<String, Deed> byRule) {
    handle
        .createQuery(
            """
            select verdict, rules, count(*) as count, sum(amount) as amount from (
              select distinct on (order_id) * from verdict
              where at > :since and undone_at is null order by order_id, id desc) last
            where verdict in ('APPROVE', 'REJECT') group by 1, 2
            """)
        .bind("since", now.minus(JUDGED_OVER))
        .map(
            (row, context) -> {
              boolean rejected = row.getString("verdict").equals("REJECT");
              String[] hit = (String[]) row.getArray("rules").getArray();
              for (String rule : hit) {
                Deed deed = byRule.computeIfAbsent(rule, any -> new Deed());
                deed.judged += row.getLong("count");
                if (rejected) {
                  deed.rejected += row.getLong("count");
                  deed.stopped += row.getLong("amount");
                } else {
                  deed.wronglyHeld += row.getLong("amount");
                }
              }
              return hit;
            })
        .list();
  }

  private Map<String, ObjectNode> requests() {
    Map<String, ObjectNode> requests = new HashMap<>();
    database.read(
        handle ->
            handle
                .createQuery("select * from rule_request where state = 'asked'")
                .map(
                    (row, context) ->
                        requests.put(
                            row.getString("rule_id"),
                            Json.MAPPER
                                .createObjectNode()
                                .put("mode", row.getString("mode"))
                                .put("by", row.getString("asked_by"))
                                .put("at", row.getTimestamp("asked_at").toInstant().toString())
                                .put("reason", row.getString("reason"))))
                .list());
    return requests;
  }

  private void list(Call call) {
    Deeds all = deeds();
    Map<String, ObjectNode> requests = requests();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    rules.values().forEach(rule -> items.add(json(rule, all, requests.get(rule.id()))));
    answer.putNull("next");
    call.answer(answer);
  }

  private void one(Call call) {
    RuleInfo rule = rule(call);
    ObjectNode node = json(rule, deeds(), requests().get(rule.id()));
    ArrayNode history = node.putArray("history");
    database.read(
        handle ->
            handle
                .createQuery(
                    "select * from rule_request where rule_id = :id order by id desc limit 50")
                .bind("id", rule.id())
                .map(
                    (row, context) ->
                        history
                            .addObject()
                            .put("mode", row.getString("mode"))
                            .put("by", row.getString("asked_by"))
                            .put("at", row.getTimestamp("asked_at").toInstant().toString())
                            .put("reason", row.getString("reason"))
                            .put("state", row.getString("state"))
                            .put("decidedBy", row.getString("decided_by")))
                .list());
    call.answer(node);
  }

  private RuleInfo rule(Call call) {
    RuleInfo rule = rules.get(call.path("id"));
    if (rule == null) {
      throw Problem.notFound(call.path("id"));
    }
    return rule;
  }

  private static ObjectNode json(RuleInfo rule, Deeds all, ObjectNode request) {
    Deed deed = all.of(rule.id());
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", rule.id());
    node.set("title", FigureJson.text(rule.zh(), rule.en()));
    node.put("owner", rule.owner());
    node.put("mode", rule.mode());
    node.put("outcome", rule.outcome());
    node.put("score", rule.score());
    node.put("version", rule.version());
    node.put("text", rule.text());
    node.put("tests", rule.tests());
    ObjectNode hits = node.putObject("hits").put("today", deed.today);
    hits.set("byHour", Json.MAPPER.valueToTree(deed.byHour));
    if (all.decisions() == 0) {
      node.putNull("shareOfDecisions");
    } else {
      node.put("shareOfDecisions", (double) deed.today / all.decisions());
    }
    if (deed.judged == 0) {
      node.putNull("precision");
    } else {
      node.putObject("precision")
          .put("value", (double) deed.rejected / deed.judged)
          .put("of", deed.judged);
    }
    node.put("moneyStopped", deed.stopped);
    node.put("moneyWronglyHeld", deed.wronglyHeld);
    ArrayNode overlaps = node.putArray("overlaps");
    deed.with.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST_OVERLAPS)
        .forEach(
            other ->
                overlaps
                    .addObject()
                    .put("id", other.getKey())
                    .put("share", (double) other.getValue() / Math.max(1, deed.today)));
    node.set("request", request);
    return node;
  }

  private void ask(Call call) {
    RuleInfo rule = rule(call);
    JsonNode body = call.body();
    RuleMode mode = Call.choice(RuleMode.class, "mode", Call.text(body, "mode", 1, 10));
    String reason = Call.text(body, "reason", 1, 2_000);
    if (mode.name().equals(rule.mode())) {
      throw Problem.field("mode", "the rule is in this mode already");
    }
    database.useTransaction(
        handle -> {
          int asked =
              handle
                  .createUpdate(
                      "insert into rule_request (rule_id, mode, reason, asked_by, asked_at, state)"
                          + " values (:id, :mode, :reason, :who, :now, 'asked')"
                          + " on conflict do nothing")
                  .bind("id", rule.id())
                  .bind("mode", mode.name())
                  .bind("reason", reason)
                  .bind("who", call.who())
                  .bind("now", clock.instant())
                  .execute();
          if (asked == 0) {
            throw Problem.conflict("asked_already", "已有待批准的申请", "Somebody has asked already");
          }
          audit.note(handle, call, "rule mode asked", rule.id(), mode + ": " + reason);
        });
    call.answer(json(rule, deeds(), requests().get(rule.id())));
  }

  private void approve(Call call) {
    decide(call, "approved");
  }

  private void refuse(Call call) {
    decide(call, "refused");
  }

  private void decide(Call call, String state) {
    RuleInfo rule = rule(call);
    database.useTransaction(
        handle -> {
          String askedBy =
              handle
                  .createQuery(
                      "select asked_by from rule_request where rule_id = :id and state = 'asked'"
                          + " for update")
                  .bind("id", rule.id())
                  .mapTo(String.class)
                  .findOne()
                  .orElseThrow(() -> Problem.notFound("a request for " + rule.id()));
          if (state.equals("approved") && askedBy.equals(call.who())) {
            throw new Problem(403, "same_person", "申请人不能批准自己的申请", "Somebody else must approve it");
          }
          handle
              .createUpdate(
                  "update rule_request set state = :state, decided_by = :who, decided_at = :now"
                      + " where rule_id = :id and state = 'asked'")
              .bind("state", state)
              .bind("who", call.who())
              .bind("now", clock.instant())
              .bind("id", rule.id())
              .execute();
          audit.note(handle, call, "rule mode " + state, rule.id(), "asked by " + askedBy);
        });
    ObjectNode answer = json(rule, deeds(), requests().get(rule.id()));
    // The jobs read rules from files at their start, so far: what is approved is to be put there.
    answer.put("effective", false);
    call.answer(answer);
  }
}
