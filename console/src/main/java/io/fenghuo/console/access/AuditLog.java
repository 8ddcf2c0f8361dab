package io.fenghuo.console.access;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Who did what. Rows are added and never changed: there is no route for it, and a trigger. */
public final class AuditLog {

  private static final int LONGEST_DETAIL = 4_000;

  private final ConsoleDatabase database;
  private final InstantSource clock;

  public AuditLog(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Notes it as part of the transaction that does it.
   *
   * @param what in a word or two: {@code verdict}, {@code incident answer}
   * @param subject what it was done to
   */
  public void note(Handle handle, Call call, String what, String subject, String detail) {
    note(handle, call.who(), call.context().ip(), what, subject, detail);
  }

  /** The same for what is done outside this database. */
  public void note(Call call, String what, String subject, String detail) {
    database.useTransaction(handle -> note(handle, call, what, subject, detail));
  }

  void note(Handle handle, String who, String address, String what, String subject, String detail) {
    handle
        .createUpdate(
            "insert into audit (at, who, what, subject, detail, ip)"
                + " values (:now, :who, :what, :subject, :detail, :ip)")
        .bind("now", clock.instant())
        .bind("who", who)
        .bind("what", what)
        .bind("subject", Characters.cut(subject, LONGEST_DETAIL))
        .bind("detail", Characters.cut(detail, LONGEST_DETAIL))
        .bind("ip", address)
        .execute();
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/audit", Need.ADMIN, "Who did what, the latest first", this::list)
            .paged("who", "what"));
  }

  private void list(Call call) {
    int limit = call.limit();
    Optional<String> who = call.query("who");
    Optional<String> what = call.query("what");
    long before = call.cursor(1).map(parts -> number(parts[0])).orElse(Long.MAX_VALUE);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    long[] last = {0};
    database.read(
        handle -> {
          handle
              .createQuery(
                  "select * from audit where id < :before"
                      + (who.isPresent() ? " and who = :who" : "")
                      + (what.isPresent() ? " and what = :what" : "")
                      + " order by id desc limit :limit")
              .bind("before", before)
              .bind("who", who.orElse(""))
              .bind("what", what.orElse(""))
              .bind("limit", limit)
              .map(
                  (row, context) -> {
                    last[0] = row.getLong("id");
                    return items
                        .addObject()
                        .put("id", row.getLong("id"))
                        .put("at", row.getTimestamp("at").toInstant().toString())
                        .put("who", row.getString("who"))
                        .put("what", row.getString("what"))
                        .put("subject", row.getString("subject"))
                        .put("detail", row.getString("detail"))
                        .put("ip", row.getString("ip"));
                  })
              .list();
          return null;
        });
    answer.put("next", items.size() < limit ? null : Call.cursor(String.valueOf(last[0])));
    call.answer(answer);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Problem.field("cursor", "expected the value of \"next\" of the page before");
    }
  }
}
