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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at groups whose time has come: each in a transaction of its own, through all the steps. */
public final class Flusher {

  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

  /**
   * Looks under way, most of them in line: as many as are soon done, so that the urgent go first.
   */
  private static final int AT_ONCE = 32;

  private final Database database;
  private final Supplier<Routing> routing;
  private final List<Step> steps;
  private final InstantSource clock;
  private final ExecutorService lookers;
  private final Set<String> inHand = ConcurrentHashMap.newKeySet();

  /**
   * @param lookers groups are looked at side by side, each by one of these threads
   */
  public Flusher(
      Database database,
      Supplier<Routing> routing,
      List<Step> steps,
      InstantSource clock,
      ExecutorService lookers) {
    this.database = database;
    this.routing = routing;
    this.steps = steps;
    this.clock = clock;
    this.lookers = lookers;
  }

  /**
   * Starts to look at the groups that are due. None waits for another: a group of thousands must
   * not hold up the first word about a new one.
   *
   * @return the looks under way, for whoever wants to wait for them: whether it was still due
   */
  public List<Future<Boolean>> run(Instant now) {
    List<Future<Boolean>> looks = new ArrayList<>();
    for (String key : database.read(handle -> Groups.due(handle, now, AT_ONCE))) {
      if (inHand.add(key)) {
        looks.add(lookers.submit(() -> look(key)));
      }
    }
    return looks;
  }

  private boolean look(String key) {
    try {
      return database.inTransaction(handle -> look(handle, key, clock.instant()));
    } catch (RuntimeException e) {
      // The group is still due, and is looked at again in the next round.
      LOG.warn("a look at {} failed: {}", key, e.toString());
      throw e;
    } finally {
      inHand.remove(key);
    }
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
