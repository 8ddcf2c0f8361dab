package io.fenghuo.console.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.http.Problem;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.ReviewOutcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What reviewers said: kept, and published when the time to undo it is over. */
final class Verdicts {

  static final Duration UNDO = Duration.ofSeconds(10);

  private Verdicts() {}

  /**
   * Writes a verdict and the record that will be published.
   *
   * @return until when it can be undone
   */
  static Instant give(
      Handle handle, CaseRow row, Verdict verdict, String reviewer, String note, Instant now) {
    int number =
        handle
                .createQuery("select count(*) from verdict where order_id = :order")
                .bind("order", row.orderId())
                .mapTo(Integer.class)
                .one()
            + 1;
    Instant undoUntil = now.plus(UNDO);
    ReviewOutcome outcome =
        ReviewOutcome.newBuilder()
            .setReviewId(row.decisionId() + "/verdict/" + number)
            .setOrderId(row.orderId())
            .setDecisionId(row.decisionId())
            .setRevision(row.revision())
            .setOutcome(Outcome.valueOf(row.outcome()))
            .setScore(row.score())
            .setRules(row.rules())
            .setVerdict(verdict)
            .setReviewer(reviewer)
            .setNote(note)
            .setReviewTime(now.toEpochMilli())
            .setOpenedTime(row.openedAt().toEpochMilli())
            .setUserId(row.userId())
            .setAmount(row.amount())
            .setCurrency(row.currency())
            .build();
    long id =
        handle
            .createUpdate(
                "insert into verdict (review_id, order_id, decision_id, revision, reviewer, verdict,"
                    + " note, at, opened_at, taken_at, undo_until, rules, amount) values (:review,"
                    + " :order, :decision, :revision, :reviewer, :verdict, :note, :now, :opened,"
                    + " :taken, :undoUntil, :rules, :amount)")
            .bind("review", outcome.getReviewId())
            .bind("order", row.orderId())
            .bind("decision", row.decisionId())
            .bind("revision", row.revision())
            .bind("reviewer", reviewer)
            .bind("verdict", verdict.name())
            .bind("note", note)
            .bind("now", now)
            .bind("opened", row.openedAt())
            .bind("taken", row.takenAt())
            .bind("undoUntil", undoUntil)
            .bind("rules", row.rules().toArray(String[]::new))
            .bind("amount", row.amount())
            .executeAndReturnGeneratedKeys("id")
            .mapTo(Long.class)
            .one();
    Outbox.put(
        handle,
        Stream.REVIEWS.topic(),
        Stream.REVIEWS.keyOf(outcome),
        EventCodec.singleObject().encode(outcome),
        id,
        undoUntil);
    return undoUntil;
  }

  private record Last(long id, String reviewer, Verdict verdict, Instant undoUntil) {}

  /**
   * Takes back the last verdict on an order, if it is this reviewer's and not published yet.
   *
   * @return what it was
   */
  static Verdict undo(Handle handle, String orderId, String reviewer, Instant now) {
    Optional<Last> last =
        handle
            .createQuery(
                "select id, reviewer, verdict, undo_until from verdict where order_id = :order"
                    + " and undone_at is null order by id desc limit 1 for update")
            .bind("order", orderId)
            .map(
                (row, context) ->
                    new Last(
                        row.getLong("id"),
                        row.getString("reviewer"),
                        Verdict.valueOf(row.getString("verdict")),
                        row.getTimestamp("undo_until").toInstant()))
            .findOne();
    boolean taken =
        last.isPresent()
            && last.get().reviewer().equals(reviewer)
            && last.get().undoUntil().isAfter(now)
            && Outbox.takeBack(handle, last.get().id());
    if (!taken) {
      throw Problem.conflict(
          "too_late", "已超过 10 秒，无法撤销", "The ten seconds are over: it has been published");
    }
    handle
        .createUpdate("update verdict set undone_at = :now where id = :id")
        .bind("now", now)
        .bind("id", last.get().id())
        .execute();
    return last.get().verdict();
  }

  /** The last verdict that stands of each of these orders. */
  static Map<String, ObjectNode> last(Handle handle, List<String> orders) {
    Map<String, ObjectNode> found = new LinkedHashMap<>();
    if (!orders.isEmpty()) {
      handle
          .createQuery(
              "select distinct on (order_id) * from verdict where undone_at is null"
                  + " and order_id = any(:orders) order by order_id, id desc")
          .bind("orders", orders.toArray(String[]::new))
          .map((row, context) -> found.put(row.getString("order_id"), json(row)))
          .list();
    }
    return found;
  }

  static List<ObjectNode> all(Handle handle, String orderId) {
    return handle
        .createQuery("select * from verdict where order_id = :order order by id")
        .bind("order", orderId)
        .map((row, context) -> json(row))
        .list();
  }

  private static ObjectNode json(ResultSet row) throws SQLException {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("verdict", row.getString("verdict"));
    node.put("reviewer", row.getString("reviewer"));
    node.put("note", row.getString("note"));
    node.put("at", row.getTimestamp("at").toInstant().toString());
    node.put("undoUntil", row.getTimestamp("undo_until").toInstant().toString());
    node.put("revision", row.getInt("revision"));
    node.put("undone", row.getTimestamp("undone_at") != null);
    return node;
  }
}
