package io.fenghuo.alerting.group;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Flush.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Looks at groups whose time has come: each in a transaction of its own, through all the steps. */
public final class Flusher {

  private static final int AT_ONCE = 200;

  private final Database database;
  private final Supplier<Routing> routing;
  private final List<Step> steps;
  private final ExecutorService lookers;

  /**
   * @param lookers groups are looked at side by side, each by one of these threads
   */
  public Flusher(
      Database database, Supplier<Routing> routing, List<Step> steps, ExecutorService lookers) {
    this.database = database;
    this.routing = routing;
    this.steps = steps;
    this.lookers = lookers;
  }

  /**
   * Looks at every group that is due; returns how many.
   *
   * @throws IllegalStateException when a look failed; the others are done
   */
  public int run(Instant now) {
    List<String> due = database.read(handle -> Groups.due(handle, now, AT_ONCE));
    List<Future<Boolean>> looks = new ArrayList<>();
    for (String key : due) {
      looks.add(lookers.submit(() -> database.inTransaction(handle -> look(handle, key, now))));
    }
    int looked = 0;
    Throwable failure = null;
    for (Future<Boolean> look : looks) {
      try {
        looked += look.get() ? 1 : 0;
      } catch (ExecutionException e) {
        failure = e.getCause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return looked;
      }
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return looked;
  }

  private boolean look(Handle handle, String key, Instant now) {
    Optional<Flush> flush =
        load(handle, routing.get(), key, now, " and next_flush_at <= :now for update skip locked");
    flush.ifPresent(each -> steps.forEach(step -> step.apply(each)));
    return flush.isPresent();
  }

  /** A group as it is now, with its members, for a look that may change nothing. */
  public static Optional<Flush> load(
      Handle handle, Routing routing, String key, Instant now, String condition) {
    return handle
        .createQuery("select * from alert_group where group_key = :key" + condition)
        .bind("key", key)
        .bind("now", now)
        .map(
            (row, context) -> {
              String routeId = row.getString("route");
              Optional<Route> route = routing.route(routeId);
              List<KnownAlert> members =
                  handle
                      .createQuery(
                          "select "
                              + KnownAlert.COLUMNS
                              + " from group_alert m join alert a using (fingerprint)"
                              + " where m.group_key = :key order by a.fingerprint")
                      .bind("key", key)
                      .map(KnownAlert::read)
                      .list();
              return new Flush(
                  handle,
                  routing,
                  // A route that left the file: its members have moved, the root has nothing to
                  // tell.
                  route.orElse(routing.root()),
                  key,
                  Labels.of(Json.texts(row.getString("labels"))),
                  row.getLong("flushes"),
                  KnownAlert.instant(row, "opened_at"),
                  now,
                  route.isPresent() ? members : moved(handle, key, members),
                  told(Json.tree(row.getString("notified"))),
                  row.getString("incident_id"));
            })
        .findOne();
  }

  private static List<KnownAlert> moved(Handle handle, String key, List<KnownAlert> members) {
    handle
        .createUpdate("delete from group_alert where group_key = :key")
        .bind("key", key)
        .execute();
    return members.subList(0, 0);
  }

  /** What channels were told, as it is kept in the group's row. */
  public static String text(Map<String, Told> told) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    told.forEach(
        (channel, each) ->
            node.putObject(channel)
                .put("at", each.at().toString())
                .<ObjectNode>set("firing", Json.MAPPER.valueToTree(each.firing()))
                .<ObjectNode>set("stale", Json.MAPPER.valueToTree(each.stale()))
                .set("resolved", Json.MAPPER.valueToTree(each.resolved())));
    return Json.write(node);
  }

  private static Map<String, Told> told(JsonNode node) {
    Map<String, Told> told = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            each ->
                told.put(
                    each.getKey(),
                    new Told(
                        texts(each.getValue().path("firing")),
                        texts(each.getValue().path("stale")),
                        texts(each.getValue().path("resolved")),
                        Instant.parse(each.getValue().path("at").asText()))));
    return told;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
