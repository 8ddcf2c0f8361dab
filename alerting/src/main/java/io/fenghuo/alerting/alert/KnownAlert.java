package io.fenghuo.alerting.alert;

import io.fenghuo.alerting.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementContext;

/** An alert as the database has it. */
public record KnownAlert(
    String fingerprint,
    Labels labels,
    Map<String, String> annotations,
    Instant startsAt,
    Instant heardAt,
    Instant promisedUntil,
    Instant endedAt,
    String endedAs,
    String generatorUrl,
    String source) {

  /** In which order a message names alerts. */
  public static final Comparator<KnownAlert> WORST_FIRST =
      Comparator.comparing((KnownAlert alert) -> alert.labels().severity())
          .thenComparing(KnownAlert::startsAt)
          .thenComparing(KnownAlert::fingerprint);

  /** The columns {@link #read} wants, of a table or alias {@code a}. */
  public static final String COLUMNS =
      "a.fingerprint, a.labels, a.annotations, a.starts_at, a.heard_at, a.promised_until,"
          + " a.ended_at, a.ended_as, a.generator_url, a.source";

  public static KnownAlert read(ResultSet row, StatementContext context) throws SQLException {
    return new KnownAlert(
        row.getString("fingerprint"),
        Labels.of(Json.texts(row.getString("labels"))),
        Json.texts(row.getString("annotations")),
        instant(row, "starts_at"),
        instant(row, "heard_at"),
        instant(row, "promised_until"),
        instant(row, "ended_at"),
        row.getString("ended_as"),
        row.getString("generator_url"),
        row.getString("source"));
  }

  /** A column as an instant, or null. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp value = row.getTimestamp(column);
    return value == null ? null : value.toInstant();
  }

  public boolean ended() {
    return endedAt != null;
  }

  /** Nobody has spoken of it for longer than its sender promised: it may burn, it may not. */
  public boolean staleAt(Instant now) {
    return !ended() && promisedUntil != null && promisedUntil.isBefore(now);
  }
}
