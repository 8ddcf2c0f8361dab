package io.fenghuo.console.review;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.User;
import io.fenghuo.schemas.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The life of a case: open, taken by one reviewer for a time, done; and back. One that is escalated
 * is open again, and only seniors may take it.
 */
public final class Cases {

  /** Whoever takes a case and goes to lunch gives it back after so long. */
  static final Duration LOCK = Duration.ofMinutes(10);

  private final ConsoleDatabase database;
  private final InstantSource clock;

  public Cases(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** How many there are. */
  record Counts(long open, long escalated, long mine, long overdue) {}

  Counts counts(Handle handle, String who) {
    return handle
        .createQuery(
            "select (select count(*) from review_case where state = 'open') as open,"
                + " (select count(*) from review_case where state = 'open'"
                + " and escalated_at is not null) as escalated,"
                + " (select count(*) from review_case where state = 'taken' and taken_by = :who)"
                + " as mine,"
                + " (select count(*) from review_case where state <> 'done' and due_at < :now)"
                + " as overdue")
        .bind("who", who)
        .bind("now", clock.instant())
        .map(
            (row, context) ->
                new Counts(
                    row.getLong("open"),
                    row.getLong("escalated"),
                    row.getLong("mine"),
                    row.getLong("overdue")))
        .one();
  }

  static Optional<CaseRow> find(Handle handle, String id) {
    return handle
        .createQuery("select * from review_case where order_id = :id")
        .bind("id", id)
        .map(CaseRow::read)
        .findOne();
  }

  private static CaseRow lock(Handle handle, String id) {
    return handle
        .createQuery("select * from review_case where order_id = :id for update")
        .bind("id", id)
        .map(CaseRow::read)
        .findOne()
        .orElseThrow(() -> Problem.notFound(id));
  }

  Optional<CaseRow> next(Handle handle, Queue queue, User user) {
    Instant now = clock.instant();
    Optional<CaseRow> row = queue.next(handle, user, now, now.plus(LOCK));
    row.ifPresent(taken -> tell(handle, taken.orderId(), user.name(), "taken", ""));
    return row;
  }

  /** What was escalated is for approvers and administrators, everything else for reviewers. */
  private static boolean may(User user, CaseRow row) {
    return user.has(row.escalated() ? Role.APPROVER : Role.REVIEWER);
  }

  private static void requireMay(User user, CaseRow row) {
    if (may(user, row)) {
      return;
    }
    throw row.escalated()
        ? new Problem(
            403,
            "needs_senior",
            "此单已升级，由批准人或管理员处理",
            "This case was escalated: it takes an approver or an administrator")
        : new Problem(
            403, "forbidden", "裁决需要“审核员”角色", "Cases that were not escalated take a reviewer");
  }

  CaseRow take(Handle handle, String id, User user) {
    String who = user.name();
    CaseRow row = lock(handle, id);
    requireMay(user, row);
    if (row.state().equals("taken") && !row.takenBy().equals(who)) {
      throw taken(row);
    }
    if (row.state().equals("done")) {
      throw Problem.conflict("case_done", "此单已处理", "This case is done");
    }
    Instant now = clock.instant();
    handle
        .createUpdate(
            "update review_case set state = 'taken', taken_by = :who,"
                + " taken_at = case when state = 'taken' then taken_at else :now end,"
                + " taken_until = :until, version = version + 1 where order_id = :id")
        .bind("who", who)
        .bind("now", now)
        .bind("until", now.plus(LOCK))
        .bind("id", id)
        .execute();
    if (!row.state().equals("taken")) {
      tell(handle, id, who, "taken", "");
    }
    return find(handle, id).orElseThrow();
  }

  private static Problem taken(CaseRow row) {
    return Problem.conflict(
        "case_taken", row.takenBy() + " 正在处理此单", row.takenBy() + " is working on this case");
  }

  void release(Handle handle, String id, String who) {
    requireMine(lock(handle, id), who);
    open(handle, id);
    tell(handle, id, who, "released", "");
  }

  private static void requireMine(CaseRow row, String who) {
    if (!row.state().equals("taken") || !row.takenBy().equals(who)) {
      throw Problem.conflict(
          "not_yours",
          row.state().equals("taken") ? row.takenBy() + " 正在处理此单" : "请先领取此单",
          row.state().equals("taken")
              ? row.takenBy() + " is working on this case"
              : "Take the case first");
    }
  }

  private static void open(Handle handle, String id) {
    handle
        .createUpdate(
            "update review_case set state = 'open', taken_by = null, taken_at = null,"
                + " taken_until = null, version = version + 1 where order_id = :id")
        .bind("id", id)
        .execute();
  }

  /**
   * Decides a case that the reviewer holds, or hands it on.
   *
   * @return until when it can be undone
   */
  Instant decide(Handle handle, String id, Verdict verdict, User user, String note) {
    CaseRow row = lock(handle, id);
    requireMine(row, user.name());
    requireMay(user, row);
    if (verdict == Verdict.ESCALATE && row.escalated()) {
      throw Problem.conflict(
          "escalated_already", "此单已升级过，请作出裁决", "This case was escalated already: decide it");
    }
    return decide(handle, row, verdict, user.name(), note);
  }

  private Instant decide(Handle handle, CaseRow row, Verdict verdict, String who, String note) {
    Instant now = clock.instant();
    Instant undoUntil = Verdicts.give(handle, row, verdict, who, note, now);
    if (verdict == Verdict.ESCALATE) {
      // The buyer goes on waiting: what was promised still counts from the beginning.
      open(handle, row.orderId());
      handle
          .createUpdate(
              "update review_case set escalated_by = :who, escalated_at = :now,"
                  + " escalated_note = :note where order_id = :id")
          .bind("who", who)
          .bind("now", now)
          .bind("note", note)
          .bind("id", row.orderId())
          .execute();
      return undoUntil;
    }
    handle
        .createUpdate(
            "update review_case set state = 'done', done_at = :now, taken_by = null,"
                + " taken_at = null, taken_until = null, version = version + 1 where order_id = :id")
        .bind("now", now)
        .bind("id", row.orderId())
        .execute();
    return undoUntil;
  }

  /** Takes the last verdict back; the case is the reviewer's again. */
  CaseRow undo(Handle handle, String id, String who) {
    CaseRow row = lock(handle, id);
    if (row.state().equals("taken") && !row.takenBy().equals(who)) {
      throw taken(row);
    }
    Instant now = clock.instant();
    if (Verdicts.undo(handle, id, who, now) == Verdict.ESCALATE) {
      handle
          .createUpdate(
              "update review_case set escalated_by = null, escalated_at = null,"
                  + " escalated_note = null where order_id = :id")
          .bind("id", id)
          .execute();
    }
    handle
        .createUpdate(
            "update review_case set state = 'taken', taken_by = :who, taken_at = :now,"
                + " taken_until = :until, done_at = null, version = version + 1"
                + " where order_id = :id")
        .bind("who", who)
        .bind("now", now)
        .bind("until", now.plus(LOCK))
        .bind("id", id)
        .execute();
    return find(handle, id).orElseThrow();
  }

  /** What a bulk verdict would do, or did. */
  record Bulk(int would, long amount, Map<String, String> skipped) {}

  /** Decides those of these cases that are the reviewer's own, or open and theirs to take. */
  Bulk bulk(
      Handle handle, List<String> ids, Verdict verdict, User user, String note, boolean preview) {
    String who = user.name();
    Map<String, String> skipped = new LinkedHashMap<>();
    List<CaseRow> fit = new ArrayList<>();
    // In order of id, so that two who do this at once lock alike.
    for (String id : ids.stream().distinct().sorted().toList()) {
      Optional<CaseRow> row =
          preview
              ? find(handle, id)
              : handle
                  .createQuery("select * from review_case where order_id = :id for update")
                  .bind("id", id)
                  .map(CaseRow::read)
                  .findOne();
      if (row.isEmpty()) {
        skipped.put(id, "not_found");
      } else if (row.get().state().equals("done")) {
        skipped.put(id, "case_done");
      } else if (row.get().state().equals("taken") && !row.get().takenBy().equals(who)) {
        skipped.put(id, "case_taken");
      } else if (!may(user, row.get())) {
        skipped.put(id, row.get().escalated() ? "needs_senior" : "forbidden");
      } else if (verdict == Verdict.ESCALATE && row.get().escalated()) {
        skipped.put(id, "escalated_already");
      } else {
        fit.add(row.get());
      }
    }
    if (!preview) {
      fit.forEach(row -> decide(handle, row, verdict, who, note));
    }
    return new Bulk(fit.size(), fit.stream().mapToLong(CaseRow::amount).sum(), skipped);
  }

  /** Gives back what was held too long; returns how many. */
  public int giveBack() {
    Instant now = clock.instant();
    return database.inTransaction(
        handle -> {
          List<String> lapsed =
              handle
                  .createQuery(
                      "select order_id from review_case where state = 'taken'"
                          + " and taken_until <= :now for update skip locked")
                  .bind("now", now)
                  .mapTo(String.class)
                  .list();
          for (String id : lapsed) {
            open(handle, id);
            tell(handle, id, "", "lapsed", "");
          }
          return lapsed.size();
        });
  }

  /** One line of the case's story. */
  void tell(Handle handle, String id, String who, String what, String text) {
    handle
        .createUpdate(
            "insert into case_note (order_id, at, who, what, text)"
                + " values (:id, :now, :who, :what, :text)")
        .bind("id", id)
        .bind("now", clock.instant())
        .bind("who", who)
        .bind("what", what)
        .bind("text", text)
        .execute();
  }

  /** Cases that were done before a time are forgotten, with their stories. */
  public static void forget(Handle handle, Instant before) {
    handle
        .createUpdate("delete from review_case where state = 'done' and done_at < :before")
        .bind("before", before)
        .execute();
    handle
        .createUpdate("delete from case_note where at < :before")
        .bind("before", before)
        .execute();
  }
}
