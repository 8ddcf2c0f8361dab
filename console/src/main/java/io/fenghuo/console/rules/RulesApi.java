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
import io.fenghuo.console.rules.ModeRequest.State;
import io.fenghuo.schemas.RuleMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final ModeRequests requests;
  private final boolean jobsHere;
  private final AuditLog audit;
  private final InstantSource clock;
  private volatile Deeds deeds;

  /**
   * @param jobsHere whether what is approved comes into force by itself; else whoever runs the jobs
   *     must start them again with the file of modes
   */
  public RulesApi(
      ConsoleDatabase database,
      List<RuleInfo> rules,
      ModeRequests requests,
      boolean jobsHere,
      AuditLog audit,
      InstantSource clock) {
    this.database = database;
    rules.forEach(rule -> this.rules.put(rule.id(), rule));
    this.requests = requests;
    this.jobsHere = jobsHere;
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
        Route.post("/rules/{id}/refuse", Need.APPROVER, "Refuse it", this::refuse),
        Route.post(
            "/rules/{id}/retry",
            Need.APPROVER,
            "Try once more to bring into force what was approved and failed",
            this::retry),
        Route.get(
                "/modes",
                Need.VIEWER,
                "The approved modes, also as the file for whoever starts the jobs (format=yaml)",
                this::modes)
            .query("format"));
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

  /** What people want of the rules' modes, read at one time. */
  private record Wishes(
      Map<String, ModeRequest> asked,
      Map<String, ModeRequest> approved,
      Map<String, ModeRequest> inForce) {}

  private Wishes wishes() {
    Map<String, ModeRequest> inForce = new HashMap<>();
    requests.inForce().forEach(each -> inForce.put(each.rule(), each));
    return new Wishes(requests.asked(), requests.lastApproved(), inForce);
  }

  private void list(Call call) {
    Deeds all = deeds();
    Wishes wishes = wishes();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    rules.values().forEach(rule -> items.add(json(rule, all, wishes)));
    answer.putNull("next");
    call.answer(answer);
  }

  private void one(Call call) {
    RuleInfo rule = rule(call);
    ObjectNode node = json(rule, deeds(), wishes());
    ArrayNode history = node.putArray("history");
    requests.history(rule.id()).forEach(each -> history.add(each.json()));
    call.answer(node);
  }

  private RuleInfo rule(Call call) {
    RuleInfo rule = rules.get(call.path("id"));
    if (rule == null) {
      throw Problem.notFound(call.path("id"));
    }
    return rule;
  }

  /** The mode a rule is in: as its file says, unless people approved another. */
  private static String mode(RuleInfo rule, Wishes wishes) {
    ModeRequest inForce = wishes.inForce().get(rule.id());
    return inForce != null && inForce.ruleVersion() == rule.version()
        ? inForce.mode()
        : rule.mode();
  }

  /** Where the rule's mode comes from, and how far another is. */
  private void putModes(ObjectNode node, RuleInfo rule, Wishes wishes) {
    node.put("mode", mode(rule, wishes));
    node.put("fileMode", rule.mode());
    node.set("request", json(wishes.asked().get(rule.id()), rule));
    node.set("change", json(wishes.approved().get(rule.id()), rule));
    node.set("inForce", json(wishes.inForce().get(rule.id()), rule));
    node.put("jobsHere", jobsHere);
  }

  private static JsonNode json(ModeRequest request, RuleInfo rule) {
    if (request == null) {
      return Json.MAPPER.nullNode();
    }
    ObjectNode node = request.json();
    if (rule == null || rule.version() != request.ruleVersion()) {
      node.set(
          "ignored", FigureJson.text(WhyIgnored.zh(request, rule), WhyIgnored.en(request, rule)));
    } else {
      node.putNull("ignored");
    }
    return node;
  }

  private static ObjectNode json(RuleInfo rule, Deeds all) {
    Deed deed = all.of(rule.id());
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", rule.id());
    node.set("title", FigureJson.text(rule.zh(), rule.en()));
    node.put("owner", rule.owner());
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
    return node;
  }

  private ObjectNode json(RuleInfo rule, Deeds all, Wishes wishes) {
    ObjectNode node = json(rule, all);
    putModes(node, rule, wishes);
    return node;
  }

  private void ask(Call call) {
    RuleInfo rule = rule(call);
    JsonNode body = call.body();
    RuleMode mode = Call.choice(RuleMode.class, "mode", Call.text(body, "mode", 1, 10));
    String reason = Call.text(body, "reason", 1, 2_000);
    String inForce = mode(rule, wishes());
    database.useTransaction(
        handle -> {
          Optional<ModeRequest> last = ModeRequests.last(handle, rule.id());
          if (jobsHere && last.filter(ModeRequest::onItsWay).isPresent()) {
            throw Problem.conflict(
                "on_its_way", "上一次修改正在生效，请稍候", "The change before is on its way; wait for it");
          }
          String now =
              last.filter(each -> each.onItsWay() && each.ruleVersion() == rule.version())
                  .map(ModeRequest::mode)
                  .orElse(inForce);
          if (mode.name().equals(now)) {
            throw Problem.field("mode", "the rule is in this mode already");
          }
          ModeRequests.ask(
              handle, rule.id(), rule.version(), mode.name(), reason, call.who(), clock.instant());
          audit.note(handle, call, "rule mode asked", rule.id(), mode + ": " + reason);
        });
    call.answer(json(rule, deeds(), wishes()));
  }

  private void approve(Call call) {
    decide(call, State.APPROVED);
  }

  private void refuse(Call call) {
    decide(call, State.REFUSED);
  }

  private void decide(Call call, State state) {
    RuleInfo rule = rule(call);
    database.useTransaction(
        handle -> {
          ModeRequest asked = ModeRequests.asked(handle, rule.id());
          if (state == State.APPROVED && asked.askedBy().equals(call.who())) {
            throw new Problem(403, "same_person", "申请人不能批准自己的申请", "Somebody else must approve it");
          }
          if (state == State.APPROVED && asked.ruleVersion() != rule.version()) {
            throw Problem.conflict(
                "rule_changed", WhyIgnored.zh(asked, rule), WhyIgnored.en(asked, rule));
          }
          ModeRequests.decide(handle, asked.id(), state, call.who(), clock.instant());
          audit.note(
              handle,
              call,
              "rule mode " + ModeRequest.name(state),
              rule.id(),
              "asked by " + asked.askedBy());
        });
    ObjectNode answer = json(rule, deeds(), wishes());
    // The jobs take it up in a moment, or when somebody starts them again; never in this request.
    answer.put("effective", false);
    answer.set("how", how());
    call.answer(answer);
  }

  private void retry(Call call) {
    RuleInfo rule = rule(call);
    database.useTransaction(
        handle -> {
          ModeRequest failed =
              ModeRequests.last(handle, rule.id())
                  .filter(last -> last.state() == State.FAILED)
                  .orElseThrow(
                      () ->
                          Problem.conflict(
                              "not_failed", "没有失败的修改", "No change of this rule has failed"));
          if (failed.ruleVersion() != rule.version()) {
            throw Problem.conflict(
                "rule_changed", WhyIgnored.zh(failed, rule), WhyIgnored.en(failed, rule));
          }
          ModeRequests.again(handle, failed.id());
          audit.note(handle, call, "rule mode retried", rule.id(), failed.mode());
        });
    call.answer(json(rule, deeds(), wishes()));
  }

  private ObjectNode how() {
    return jobsHere
        ? FigureJson.text(
            "风控作业正在换用新的规则集；换好之前按原来的规则集决策",
            "The risk job is being given the new rule set; until then it decides by the former one")
        : FigureJson.text(
            "作业不由本机启动：请运行作业的人带上 --modes "
                + ModesFile.NAME
                + " 重新提交风控作业，文件见 /api/v1/modes?format=yaml",
            "The jobs are run elsewhere: whoever runs them must submit the risk job again with --modes "
                + ModesFile.NAME
                + "; the file is at /api/v1/modes?format=yaml");
  }

  private void modes(Call call) {
    List<ModeRequest> wanted =
        jobsHere
            ? requests.inForce()
            : ModeRequests.with(requests.inForce(), requests.onTheirWay());
    if (call.query("format").map("yaml"::equals).orElse(false)) {
      call.context()
          .header("Content-Disposition", "attachment; filename=\"" + ModesFile.NAME + "\"")
          .contentType("application/yaml; charset=utf-8")
          .result(ModesFile.of(wanted));
      return;
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("file", ModesFile.NAME);
    answer.put("text", ModesFile.of(wanted));
    answer.put("jobsHere", jobsHere);
    answer.set("how", how());
    ArrayNode ignored = answer.putArray("ignored");
    for (ModeRequest each : wanted) {
      RuleInfo rule = rules.get(each.rule());
      if (rule == null || rule.version() != each.ruleVersion()) {
        ObjectNode node = (ObjectNode) json(each, rule);
        ignored.add(node.put("id", each.rule()));
      }
    }
    call.answer(answer);
  }
}
