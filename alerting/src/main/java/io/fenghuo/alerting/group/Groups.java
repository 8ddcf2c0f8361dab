package io.fenghuo.alerting.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.inhibit.Inhibit;
import io.fenghuo.alerting.route.Router;
import io.fenghuo.alerting.route.Router.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Groups and their members, as rows. A group is locked by whoever works on it, from its row first
 * to its members after, so that two instances never flush the same group.
 */
public final class Groups {

  private static final String JOIN =
      """
      with wanted as (
        select w.* from jsonb_to_recordset(cast(:members as jsonb)) as w(group_key text, fingerprint text)
        where not exists (select 1 from group_alert m
                          where m.group_key = w.group_key and m.fingerprint = w.fingerprint)),
      known as (
        select g.* from jsonb_to_recordset(cast(:groups as jsonb)) as g(
          group_key text, route text, labels jsonb, first_flush_at timestamptz)
        where g.group_key in (select group_key from wanted)),
      made as (
        insert into alert_group (group_key, route, labels, opened_at, next_flush_at)
        select group_key, route, labels, :now, first_flush_at from known order by group_key
        -- An update that changes nothing but waits for whoever flushes the group, or deletes it.
        on conflict (group_key) do update set next_flush_at =
          case when alert_group.flushes = 0 then least(alert_group.next_flush_at, excluded.next_flush_at)
          else alert_group.next_flush_at end
        returning group_key)
      select count(*) from made
      """;

  private Groups() {}

  /** Makes alerts that burn members of their groups, and the groups where there are none yet. */
  public static void join(
      Handle handle, Routing routing, Collection<Reported> alerts, Instant now) {
    Map<String, Labels> burning = new LinkedHashMap<>();
    Map<String, Instant> starts = new LinkedHashMap<>();
    for (Reported alert : alerts) {
      if (alert.endedAt() == null) {
        burning.put(alert.fingerprint(), alert.labels());
        starts.put(alert.fingerprint(), alert.startsAt());
      }
    }
    join(handle, routing, burning, starts, now);
  }

  /**
   * Puts every alert that burns where the routing file now wants it. An alert that ends meanwhile
   * waits, so that its groups are sure to hear of it.
   */
  public static void joinAll(Handle handle, Routing routing, Instant now) {
    Map<String, Labels> burning = new LinkedHashMap<>();
    Map<String, Instant> starts = new LinkedHashMap<>();
    List<String> explaining = new ArrayList<>();
    handle
        .createQuery(
            "select "
                + KnownAlert.COLUMNS
                + " from alert a where ended_at is null order by fingerprint for share")
        .map(KnownAlert::read)
        .forEach(
            alert -> {
              burning.put(alert.fingerprint(), alert.labels());
              starts.put(alert.fingerprint(), alert.startsAt());
              if (Inhibit.explains(routing, alert.labels())) {
                explaining.add(alert.fingerprint());
              }
            });
    handle
        .createUpdate(
            "update alert set explains = not explains where ended_at is null"
                + " and explains <> (fingerprint = any(:explaining))")
        .bindArray("explaining", String.class, explaining)
        .execute();
    join(handle, routing, burning, starts, now);
  }

  private static void join(
      Handle handle,
      Routing routing,
      Map<String, Labels> burning,
      Map<String, Instant> starts,
      Instant now) {
    ArrayNode members = Json.MAPPER.createArrayNode();
    TreeMap<String, ObjectNode> groups = new TreeMap<>();
    burning.forEach(
        (fingerprint, labels) -> {
          for (Place place : Router.places(routing, labels)) {
            String key = place.groupKey();
            members.addObject().put("group_key", key).put("fingerprint", fingerprint);
            Instant first = now.plus(place.route().groupWait());
            // It has burnt for longer than we would wait: there is nothing to wait for.
            if (starts.get(fingerprint).plus(place.route().groupWait()).isBefore(now)) {
              first = now;
            }
            ObjectNode group =
                groups.computeIfAbsent(
                    key,
                    k -> {
                      ObjectNode made = Json.MAPPER.createObjectNode();
                      made.put("group_key", k);
                      made.put("route", place.route().id());
                      made.set("labels", Json.MAPPER.valueToTree(place.groupLabels().values()));
                      return made;
                    });
            String known = group.path("first_flush_at").asText("");
            if (known.isEmpty() || first.isBefore(Instant.parse(known))) {
              group.put("first_flush_at", first.toString());
            }
          }
        });
    if (members.isEmpty()) {
      return;
    }
    String membersText = Json.write(members);
    handle
        .createQuery(JOIN)
        .bind("members", membersText)
        .bind("groups", Json.write(new ArrayList<>(groups.values())))
        .bind("now", now)
        .mapTo(Long.class)
        .one();
    // A statement of its own: it has to see the groups made above, and what others did meanwhile.
    handle
        .createUpdate(
            "insert into group_alert (group_key, fingerprint)"
                + " select w.group_key, w.fingerprint from jsonb_to_recordset(cast(:members as jsonb))"
                + " as w(group_key text, fingerprint text)"
                + " where exists (select 1 from alert_group g where g.group_key = w.group_key)"
                + " order by 1, 2 on conflict do nothing")
        .bind("members", membersText)
        .execute();
  }

  /**
   * The keys of groups whose time has come, the most urgent first: one that waits half a minute or
   * five anyway may be some seconds late, and the first word about one that does not wait may not.
   */
  public static List<String> due(Handle handle, Instant now, int most) {
    return handle
        .createQuery(
            "select group_key from alert_group where next_flush_at <= :now"
                + " order by next_flush_at + least((next_flush_at - opened_at) / 10, interval '10 s'),"
                + " next_flush_at limit :most")
        .bind("now", now)
        .bind("most", most)
        .mapTo(String.class)
        .list();
  }
}
