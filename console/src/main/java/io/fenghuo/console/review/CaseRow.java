package io.fenghuo.console.review;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.console.live.FigureJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.statement.StatementContext;

/** A case as the database has it, with the last verdict that stands. */
record CaseRow(
    String orderId,
    String decisionId,
    int revision,
    String outcome,
    int score,
    long amount,
    String currency,
    String userId,
    List<String> rules,
    String reasonZh,
    String reasonEn,
    Instant eventTime,
    Instant openedAt,
    Instant dueAt,
    String state,
    String takenBy,
    Instant takenAt,
    Instant takenUntil,
    Instant doneAt,
    String escalatedBy,
    Instant escalatedAt,
    String escalatedNote,
    long version,
    double weight,
    double rank) {

  private static final double DOUBLES_EVERY_MILLIS = 600_000;

  static CaseRow read(ResultSet row, StatementContext context) throws SQLException {
    return new CaseRow(
        row.getString("order_id"),
        row.getString("decision_id"),
        row.getInt("revision"),
        row.getString("outcome"),
        row.getInt("score"),
        row.getLong("amount"),
        row.getString("currency"),
        row.getString("user_id"),
        List.of((String[]) row.getArray("rules").getArray()),
        row.getString("reason_zh"),
        row.getString("reason_en"),
        KnownAlert.instant(row, "event_time"),
        KnownAlert.instant(row, "opened_at"),
        KnownAlert.instant(row, "due_at"),
        row.getString("state"),
        row.getString("taken_by"),
        KnownAlert.instant(row, "taken_at"),
        KnownAlert.instant(row, "taken_until"),
        KnownAlert.instant(row, "done_at"),
        row.getString("escalated_by"),
        KnownAlert.instant(row, "escalated_at"),
        row.getString("escalated_note"),
        row.getLong("version"),
        row.getDouble("weight"),
        row.getDouble("rank"));
  }

  /** True when it was handed on to somebody more senior. */
  boolean escalated() {
    return escalatedAt != null;
  }

  /** Risk × money × age, as the migration explains. */
  double priority(Instant now) {
    double waited = Math.max(0, now.toEpochMilli() - openedAt.toEpochMilli());
    // More than 40 doublings are eight hours; by then all that waits is overdue anyway.
    return weight * Math.pow(2, Math.min(40, waited / DOUBLES_EVERY_MILLIS));
  }

  /** One line of the queue. */
  ObjectNode line(Instant now, ObjectNode verdict) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", orderId);
    node.put("outcome", outcome);
    node.put("score", score);
    node.put("amount", amount);
    node.put("currency", currency);
    node.put("userId", userId);
    node.put("openedAt", openedAt.toString());
    node.put("dueAt", dueAt.toString());
    node.put("state", state);
    node.put("takenBy", takenBy);
    node.put("takenUntil", takenUntil == null ? null : takenUntil.toString());
    node.put("priority", Math.round(priority(now)));
    if (escalated()) {
      node.putObject("escalated")
          .put("by", escalatedBy)
          .put("at", escalatedAt.toString())
          .put("note", escalatedNote);
    } else {
      node.putNull("escalated");
    }
    node.set("reason", FigureJson.text(reasonZh, reasonEn));
    ArrayNode hit = node.putArray("rules");
    rules.forEach(hit::add);
    node.set("verdict", verdict);
    return node;
  }
}
