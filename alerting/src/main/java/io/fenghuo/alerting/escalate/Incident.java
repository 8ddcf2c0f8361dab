package io.fenghuo.alerting.escalate;

import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.channel.Notice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementContext;

/** A fire somebody has to answer, from the first message about a group to its end. */
public record Incident(
    String id,
    String groupKey,
    Map<String, String> labels,
    String severity,
    Instant openedAt,
    Notice notice,
    String state,
    Instant answeredAt,
    String answeredBy,
    String assignee,
    Instant resolvedAt,
    String resolvedBy,
    String escalation,
    int step,
    Instant stepAt,
    Instant answerBy,
    Instant resolveBy) {

  public static Incident read(ResultSet row, StatementContext context) throws SQLException {
    return new Incident(
        row.getString("id"),
        row.getString("group_key"),
        Json.texts(row.getString("labels")),
        row.getString("severity"),
        KnownAlert.instant(row, "opened_at"),
        Json.read(row.getString("notice"), Notice.class),
        row.getString("state"),
        KnownAlert.instant(row, "answered_at"),
        row.getString("answered_by"),
        row.getString("assignee"),
        KnownAlert.instant(row, "resolved_at"),
        row.getString("resolved_by"),
        row.getString("escalation"),
        row.getInt("step"),
        KnownAlert.instant(row, "step_at"),
        KnownAlert.instant(row, "answer_by"),
        KnownAlert.instant(row, "resolve_by"));
  }
}
