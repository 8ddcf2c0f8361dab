package io.fenghuo.alerting.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Severity;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.deliver.Outbox;
import io.fenghuo.alerting.group.Member.Standing;
import io.fenghuo.alerting.group.Step.Outside;
import java.sql.ResultSet;
import java.sql.SQLException;
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
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at groups whose time has come: each in a transaction of its own, through all the steps. */
public final class Flusher {

  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

  /**
   * Looks under way, most of them in line: as many as are soon done, so that the urgent go first.
   */
  private static final int AT_ONCE = 32;

  private static final int PUT_OFF_AT_ONCE = 500;

  private static final String MEMBERS =
      "select "
          + KnownAlert.COLUMNS
          + ", m.standing, m.severity, m.held, m.told"
          + " from group_alert m join alert a using (fingerprint) where m.group_key = :key";

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
    database.useTransaction(handle -> putOffQuiet(handle, now));
    List<Future<Boolean>> looks = new ArrayList<>();
    for (String key : database.read(handle -> Groups.due(handle, now, AT_ONCE))) {
      if (inHand.add(key)) {
        looks.add(lookers.submit(() -> look(key)));
      }
    }
    return looks;
  }

  /**
   * Groups in which nobody changed and nobody is to be told anything again wait for their next look
   * without having this one: most of them, most of the time.
   */
  private void putOffQuiet(Handle handle, Instant now) {
    List<Row> due =
        handle
            .createQuery(
                "select * from alert_group g where next_flush_at <= :now and flushes > 0"
                    + " and not exists"
                    + " (select 1 from group_news n where n.group_key = g.group_key)"
                    + " and not exists"
                    + " (select 1 from group_alert m where m.group_key = g.group_key and m.weigh)"
                    + " order by next_flush_at limit :most for no key update skip locked")
            .bind("now", now)
            .bind("most", PUT_OFF_AT_ONCE)
            .map(Row::read)
            .list();
    if (due.isEmpty()) {
      return;
    }
    Routing inForce = routing.get();
    List<Outside> outside = outside(handle, inForce, now);
    ArrayNode quiet = Json.MAPPER.createArrayNode();
    for (Row row : due) {
      inForce
          .route(row.route())
          .filter(route -> isQuiet(inForce, route, row, now))
          .filter(route -> text(outside, route, row.labels()).equals(row.outside()))
          .ifPresent(
              route ->
                  quiet
                      .addObject()
                      .put("group_key", row.key())
                      .put("next", now.plus(route.groupInterval()).toString()));
    }
    if (quiet.isEmpty()) {
      return;
    }
    handle
        .createUpdate(
            "update alert_group g set flushes = flushes + 1, next_flush_at = q.next"
                + " from jsonb_to_recordset(cast(:quiet as jsonb)) as q(group_key text,"
                + " next timestamptz) where g.group_key = q.group_key")
        .bind("quiet", Json.write(quiet))
        .execute();
  }

  /** Whether a look at a group of which no member changed would tell, note and count nothing. */
  private boolean isQuiet(Routing inForce, Route route, Row row, Instant now) {
    Counts counts = Counts.read(row.counts());
    return counts.open() > 0
        && counts.held().isEmpty()
        && row.incidentId() != null
        && steps.stream().noneMatch(step -> step.mutes(inForce, route, now))
        && inForce.receivers().get(route.receiver()).channels().keySet().stream()
            .map(row.toldAt()::get)
            .allMatch(told -> told != null && told.plus(route.repeatInterval()).isAfter(now));
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
    Optional<Row> row = row(handle, key, now, " and next_flush_at <= :now for update skip locked");
    row.map(each -> flush(handle, each, now))
        .ifPresent(flush -> steps.forEach(step -> step.apply(flush)));
    return row.isPresent();
  }

  /** A group's row. */
  private record Row(
      String key,
      String route,
      Labels labels,
      long flushes,
      Instant openedAt,
      Map<String, Instant> toldAt,
      String outside,
      String counts,
      String common,
      String incidentId) {

    static Row read(ResultSet row, StatementContext context) throws SQLException {
      return new Row(
          row.getString("group_key"),
          row.getString("route"),
          Labels.of(Json.texts(row.getString("labels"))),
          row.getLong("flushes"),
          KnownAlert.instant(row, "opened_at"),
          toldAt(row.getString("notified")),
          row.getString("outside"),
          row.getString("counts"),
          row.getString("common"),
          row.getString("incident_id"));
    }

    private static Map<String, Instant> toldAt(String notified) {
      Map<String, Instant> toldAt = new LinkedHashMap<>();
      Json.texts(notified).forEach((channel, at) -> toldAt.put(channel, Instant.parse(at)));
      return toldAt;
    }
  }

  private static Optional<Row> row(Handle handle, String key, Instant now, String condition) {
    return handle
        .createQuery("select * from alert_group where group_key = :key" + condition)
        .bind("key", key)
        .bind("now", now)
        .map(Row::read)
        .findOne();
  }

  private Flush flush(Handle handle, Row row, Instant now) {
    Routing inForce = routing.get();
    Optional<Route> known = inForce.route(row.route());
    // A route that left the file: its members have moved, the root has nothing to tell.
    Route route = known.orElse(inForce.root());
    // Taken before the members are read: what is told from now on is for the next look.
    List<String> news = takeNews(handle, row.key());
    String outside = text(outside(handle, inForce, now), route, row.labels());
    boolean all = !outside.equals(row.outside()) || known.isEmpty();
    List<Member> members = List.of();
    if (known.isEmpty()) {
      drop(handle, row.key());
    } else {
      members = all ? all(handle, row.key()) : changed(handle, row.key(), news);
    }
    Counts counts = Counts.read(all ? "{}" : row.counts());
    return new Flush(
        handle,
        inForce,
        route,
        row.key(),
        row.labels(),
        row.flushes(),
        row.openedAt(),
        now,
        outside,
        members,
        new Rest(handle, row.key(), counts, row.common(), all ? List.of() : members),
        row.toldAt(),
        row.incidentId());
  }

  private List<Outside> outside(Handle handle, Routing inForce, Instant now) {
    // The whole file, once for all the groups of a pass.
    String file = Outbox.id(inForce.text());
    List<Outside> outside = new ArrayList<>(List.of((route, group) -> file));
    steps.forEach(step -> outside.add(step.outside(handle, inForce, now)));
    return outside;
  }

  private static String text(List<Outside> outside, Route route, Labels group) {
    return Outbox.id(outside.stream().map(each -> each.of(route, group)).toArray(String[]::new));
  }

  private static List<String> takeNews(Handle handle, String key) {
    return handle
        .createQuery("delete from group_news where group_key = :key returning fingerprint")
        .bind("key", key)
        .mapTo(String.class)
        .list();
  }

  private static void drop(Handle handle, String key) {
    handle
        .createUpdate("delete from group_alert where group_key = :key")
        .bind("key", key)
        .execute();
  }

  private static List<Member> all(Handle handle, String key) {
    return handle
        .createQuery(MEMBERS + " order by a.fingerprint")
        .bind("key", key)
        .map(Flusher::member)
        .list();
  }

  private static List<Member> changed(Handle handle, String key, List<String> news) {
    return handle
        .createQuery(
            MEMBERS
                + " and m.fingerprint in (select fingerprint from group_alert"
                + " where group_key = :key and weigh union select unnest(cast(:news as text[])))"
                + " order by a.fingerprint")
        .bind("key", key)
        .bindArray("news", String.class, news)
        .map(Flusher::member)
        .list();
  }

  private static Member member(ResultSet row, StatementContext context) throws SQLException {
    Map<String, String> told = Json.texts(row.getString("told"));
    String standing = row.getString("standing");
    Standing before =
        standing == null
            ? null
            : new Standing(
                standing,
                Severity.values()[row.getInt("severity")],
                Json.list(row.getString("held")),
                told);
    return new Member(KnownAlert.read(row, context), before, told);
  }

  /**
   * Some of a group's members that burn, for who only wants to know what holds them now.
   *
   * @param after the fingerprint to go on from
   * @return empty when there is no such group
   */
  public static Optional<Flush> glance(
      Handle handle, Routing routing, String key, Instant now, String after, int most) {
    return row(handle, key, now, "")
        .map(
            row -> {
              Optional<Route> route = routing.route(row.route());
              List<Member> some =
                  route.isEmpty()
                      ? List.of()
                      : handle
                          .createQuery(
                              MEMBERS
                                  + " and a.ended_at is null and m.fingerprint > :after"
                                  + " order by m.fingerprint limit :most")
                          .bind("key", key)
                          .bind("after", after)
                          .bind("most", most)
                          .map(Flusher::member)
                          .list();
              return new Flush(
                  handle,
                  routing,
                  route.orElse(routing.root()),
                  key,
                  row.labels(),
                  row.flushes(),
                  row.openedAt(),
                  now,
                  row.outside(),
                  some,
                  new Rest(handle, key, Counts.read("{}"), "{}", List.of()),
                  row.toldAt(),
                  row.incidentId());
            });
  }

  /** When channels were told, as it is kept in the group's row. */
  public static String text(Map<String, Instant> toldAt) {
    Map<String, String> texts = new LinkedHashMap<>();
    toldAt.forEach((channel, at) -> texts.put(channel, at.toString()));
    return Json.write(texts);
  }
}
