package io.fenghuo.console.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.live.FigureJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Locale;

/**
 * What somebody asked for a rule, and what became of it.
 *
 * @param rule its id
 * @param mode LIVE, SHADOW or OFF
 * @param ruleVersion of the rule that was looked at; 0 when nobody noted it
 * @param decidedBy null until somebody has approved or refused
 * @param inForceAt null until the jobs run by it
 * @param ruleSetVersion of the rule set with this mode, or null
 * @param problemZh why it did not come into force, or null
 */
public record ModeRequest(
    long id,
    String rule,
    String mode,
    int ruleVersion,
    String reason,
    String askedBy,
    Instant askedAt,
    State state,
    String decidedBy,
    Instant decidedAt,
    Instant inForceAt,
    String ruleSetVersion,
    String problemZh,
    String problemEn) {

  /** In the order in which a request passes them. */
  public enum State {
    ASKED,
    REFUSED,
    /** Waits for the jobs to take it. */
    APPROVED,
    /** The jobs are being started with it. */
    COMING,
    IN_FORCE,
    FAILED
  }

  static ModeRequest of(ResultSet row) throws SQLException {
    return new ModeRequest(
        row.getLong("id"),
        row.getString("rule_id"),
        row.getString("mode"),
        row.getInt("rule_version"),
        row.getString("reason"),
        row.getString("asked_by"),
        time(row, "asked_at"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("decided_by"),
        time(row, "decided_at"),
        time(row, "in_force_at"),
        row.getString("rule_set_version"),
        row.getString("problem_zh"),
        row.getString("problem_en"));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  /** True from its approval until the jobs run by it. */
  boolean onItsWay() {
    return state == State.APPROVED || state == State.COMING;
  }

  ObjectNode json() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("mode", mode);
    node.put("by", askedBy);
    node.put("at", text(askedAt));
    node.put("reason", reason);
    node.put("state", name(state));
    node.put("decidedBy", decidedBy);
    node.put("decidedAt", text(decidedAt));
    node.put("inForceAt", text(inForceAt));
    node.put("ruleSetVersion", ruleSetVersion);
    if (problemEn == null) {
      node.putNull("problem");
    } else {
      node.set("problem", FigureJson.text(problemZh, problemEn));
    }
    return node;
  }

  static String name(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
