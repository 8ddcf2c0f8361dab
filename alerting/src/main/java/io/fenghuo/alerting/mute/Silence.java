package io.fenghuo.alerting.mute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Matcher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;

/** Somebody asked to hear nothing of alerts that match, for a time. */
public record Silence(
    UUID id,
    List<Matcher> matchers,
    Instant startsAt,
    Instant endsAt,
    Instant updatedAt,
    String createdBy,
    String comment,
    Map<String, String> annotations) {

  public static Silence read(ResultSet row, StatementContext context) throws SQLException {
    return new Silence(
        row.getObject("id", UUID.class),
        matchers(Json.tree(row.getString("matchers"))),
        KnownAlert.instant(row, "starts_at"),
        KnownAlert.instant(row, "ends_at"),
        KnownAlert.instant(row, "updated_at"),
        row.getString("created_by"),
        row.getString("comment"),
        Json.texts(row.getString("annotations")));
  }

  /**
   * Matchers as the API writes them.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static List<Matcher> matchers(JsonNode list) {
    List<Matcher> matchers = new ArrayList<>();
    for (JsonNode each : list) {
      matchers.add(
          new Matcher(
              each.path("name").asText(""),
              each.path("value").asText(""),
              each.path("isRegex").asBoolean(false),
              each.path("isEqual").asBoolean(true)));
    }
    return matchers;
  }

  public ArrayNode matchersJson() {
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (Matcher matcher : matchers) {
      list.addObject()
          .put("name", matcher.name())
          .put("value", matcher.value())
          .put("isRegex", matcher.regex())
          .put("isEqual", matcher.equal());
    }
    return list;
  }

  /** active, pending or expired. */
  public String state(Instant now) {
    return !endsAt.isAfter(now) ? "expired" : startsAt.isAfter(now) ? "pending" : "active";
  }
}
