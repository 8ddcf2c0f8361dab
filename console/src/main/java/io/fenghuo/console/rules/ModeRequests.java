package io.fenghuo.console.rules;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.rules.ModeRequest.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Requests for other modes, and so the truth about which modes people want: of each rule the last
 * request that came into force, and after it what is approved and on its way.
 */
public final class ModeRequests {

  private static final int SHOWN = 50;

  private final ConsoleDatabase database;

  public ModeRequests(ConsoleDatabase database) {
    this.database = database;
  }

  /** The modes in force: of each rule the last one. */
  public List<ModeRequest> inForce() {
    return List.copyOf(ofEachRule("state = 'in_force'").values());
  }

  /** What is approved and not in force yet, oldest first. */
  public List<ModeRequest> onTheirWay() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from rule_request where state in ('approved', 'coming') order by id")
                .map((row, context) -> ModeRequest.of(row))
                .list());
  }

  /** The modes in force, and these in their place where they are of the same rule. */
  public static List<ModeRequest> with(List<ModeRequest> inForce, List<ModeRequest> others) {
    Map<String, ModeRequest> byRule = new LinkedHashMap<>();
    inForce.forEach(each -> byRule.put(each.rule(), each));
    others.forEach(each -> byRule.put(each.rule(), each));
    return new ArrayList<>(byRule.values());
  }

  /** Of each rule the request that waits for a second person. */
  Map<String, ModeRequest> asked() {
    return ofEachRule("state = 'asked'");
  }

  /** Of each rule the last request that was approved, whatever became of it then. */
  Map<String, ModeRequest> lastApproved() {
    return ofEachRule("state not in ('asked', 'refused')");
  }

  private Map<String, ModeRequest> ofEachRule(String condition) {
    Map<String, ModeRequest> byRule = new LinkedHashMap<>();
    database
        .read(
            handle ->
                handle
                    .createQuery(
                        "select distinct on (rule_id) * from rule_request where "
                            + condition
                            + " order by rule_id, id desc")
                    .map((row, context) -> ModeRequest.of(row))
                    .list())
        .forEach(each -> byRule.put(each.rule(), each));
    return byRule;
  }

  /** Newest first. */
  List<ModeRequest> history(String rule) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from rule_request where rule_id = :rule order by id desc"
                        + " limit :shown")
                .bind("rule", rule)
                .bind("shown", SHOWN)
                .map((row, context) -> ModeRequest.of(row))
                .list());
  }

  static void ask(
      Handle handle, String rule, int version, String mode, String reason, String who, Instant at) {
    int asked =
        handle
            .createUpdate(
                "insert into rule_request"
                    + " (rule_id, mode, rule_version, reason, asked_by, asked_at, state)"
                    + " values (:rule, :mode, :version, :reason, :who, :at, 'asked')"
                    + " on conflict do nothing")
            .bind("rule", rule)
            .bind("mode", mode)
            .bind("version", version)
            .bind("reason", reason)
            .bind("who", who)
            .bind("at", at)
            .execute();
    if (asked == 0) {
      throw Problem.conflict("asked_already", "已有待批准的申请", "Somebody has asked already");
    }
  }

  /** The open request of a rule, locked until the transaction ends. */
  static ModeRequest asked(Handle handle, String rule) {
    return handle
        .createQuery(
            "select * from rule_request where rule_id = :rule and state = 'asked' for update")
        .bind("rule", rule)
        .map((row, context) -> ModeRequest.of(row))
        .findOne()
        .orElseThrow(() -> Problem.notFound("a request for " + rule));
  }

  /** The last request of a rule that was not refused, locked until the transaction ends. */
  static Optional<ModeRequest> last(Handle handle, String rule) {
    return handle
        .createQuery(
            "select * from rule_request where rule_id = :rule and state <> 'refused'"
                + " order by id desc limit 1 for update")
        .bind("rule", rule)
        .map((row, context) -> ModeRequest.of(row))
        .findOne();
  }

  static void decide(Handle handle, long id, State state, String who, Instant at) {
    handle
        .createUpdate(
            "update rule_request set state = :state, decided_by = :who, decided_at = :at"
                + " where id = :id")
        .bind("state", ModeRequest.name(state))
        .bind("who", who)
        .bind("at", at)
        .bind("id", id)
        .execute();
  }

  /** One that failed is tried once more, under the approval it has. */
  static void again(Handle handle, long id) {
    handle
        .createUpdate(
            "update rule_request set state = 'approved', problem_zh = null, problem_en = null"
                + " where id = :id and state = 'failed'")
        .bind("id", id)
        .execute();
  }

  void coming(Collection<ModeRequest> requests) {
    become(requests, "state = 'coming'", null, null, null, null);
  }

  void inForce(Collection<ModeRequest> requests, String ruleSetVersion, Instant at) {
    become(
        requests,
        "state = 'in_force', in_force_at = :at, rule_set_version = :version",
        at,
        ruleSetVersion,
        null,
        null);
  }

  void failed(Collection<ModeRequest> requests, String zh, String en) {
    become(requests, "state = 'failed', problem_zh = :zh, problem_en = :en", null, null, zh, en);
  }

  private void become(
      Collection<ModeRequest> requests,
      String values,
      Instant at,
      String version,
      String zh,
      String en) {
    database.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "update rule_request set "
                        + values
                        + " where id = any(:ids) and state in ('approved', 'coming')")
                .bindArray("ids", Long.class, requests.stream().map(ModeRequest::id).toList())
                .bind("at", at)
                .bind("version", version)
                .bind("zh", zh)
                .bind("en", en)
                .execute());
  }
}
