package io.fenghuo.alerting.escalate;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.deliver.Outbox;
import io.fenghuo.alerting.group.Flush;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Incidents: opened and followed by the looks at their group, answered and resolved by people. */
public final class Incidents {

  private static final String ALERTS = "alerts";

  private final Database database;
  private final Supplier<Routing> routing;
  private final InstantSource clock;
  private final Links links;

  public Incidents(Database database, Supplier<Routing> routing, InstantSource clock, Links links) {
    this.database = database;
    this.routing = routing;
    this.clock = clock;
    this.links = links;
  }

  /** What somebody wants done with an incident. */
  public enum Action {
    ANSWER,
    UNANSWER,
    RESOLVE,
    ASSIGN,
    COMMENT
  }

  /** One line of an incident's story. */
  public record Entry(Instant at, String who, String what, String detail) {}

  /**
   * Whether an incident opens now, with the first alert that burns and that nobody holds back. Its
   * id is derived, so that what is said about it can name it before it is kept.
   */
  public boolean opens(Flush flush) {
    if (flush.incidentId() != null || flush.burningCount() == 0) {
      return false;
    }
    flush.openIncident(
        Outbox.id("incident", flush.groupKey(), flush.openedAt().toString(), flush.number() + ""));
    return true;
  }

  /**
   * Keeps an incident that opens.
   *
   * @param notice what escalations will say
   */
  public void open(Flush flush, Notice notice) {
    ClockRule clockRule = clockRule(flush);
    Escalation escalation =
        isAboutIncidents(flush)
            ? null
            : flush.routing().escalations().get(flush.route().escalation());
    flush
        .handle()
        .createUpdate(
            "with opened as (insert into incident (id, group_key, route, labels, severity, opened_at,"
                + " notice, state, escalation, step_at, answer_by, resolve_by) values (:id, :key,"
                + " :route, cast(:labels as jsonb), :severity, :now, cast(:notice as jsonb), 'open',"
                + " :escalation, :stepAt, :answerBy, :resolveBy) on conflict (id) do nothing)"
                + " insert into incident_entry (incident_id, at, who, what, detail)"
                + " values (:id, :now, :who, 'opened', :key)")
        .bind("id", flush.incidentId())
        .bind("key", flush.groupKey())
        .bind("route", flush.route().id())
        .bind("labels", Json.write(flush.groupLabels().values()))
        .bind("severity", flush.severity().label())
        .bind("now", flush.now())
        .bind("notice", Json.write(notice))
        .bind("escalation", escalation == null ? null : escalation.name())
        .bind(
            "stepAt",
            escalation == null ? null : flush.now().plus(escalation.steps().get(0).after()))
        .bind("answerBy", deadline(flush.now(), clockRule.answerWithin()))
        .bind("resolveBy", deadline(flush.now(), clockRule.resolveWithin()))
        .bind("who", ALERTS)
        .execute();
  }

  private static Instant deadline(Instant now, Duration within) {
    return within.isZero() ? null : now.plus(within);
  }

  private static ClockRule clockRule(Flush flush) {
    List<Labels> burning = flush.burning().stream().map(member -> member.alert().labels()).toList();
    if (isAboutIncidents(flush)) {
      return new ClockRule(List.of(), Duration.ZERO, Duration.ZERO);
    }
    for (ClockRule rule : flush.routing().clocks()) {
      if (burning.stream().anyMatch(labels -> Matcher.allMatch(rule.matchers(), labels))) {
        return rule;
      }
    }
    return new ClockRule(List.of(), Duration.ZERO, Duration.ZERO);
  }

  /** That a clock ran out is told once: a breach of a breach helps nobody. */
  private static boolean isAboutIncidents(Flush flush) {
    return flush.burning().stream()
        .allMatch(member -> member.alert().labels().get(Route.OWN).equals("incident"));
  }

  /** Keeps what escalations will say, and closes the incident when all of its alerts are over. */
  public void follow(Flush flush, Notice notice) {
    if (flush.incidentId() == null) {
      return;
    }
    if (flush.isOver()) {
      close(flush.handle(), flush.incidentId(), ALERTS, flush.now());
    } else if (flush.burningCount() > 0) {
      flush
          .handle()
          .createUpdate(
              "update incident set notice = cast(:notice as jsonb), severity = :severity where id = :id")
          .bind("notice", Json.write(notice))
          .bind("severity", flush.severity().label())
          .bind("id", flush.incidentId())
          .execute();
    }
  }

  private static void close(Handle handle, String id, String who, Instant now) {
    int closed =
        handle
            .createUpdate(
                "update incident set state = 'resolved', resolved_at = :now, resolved_by = :who,"
                    + " step_at = null, answer_by = null, resolve_by = null"
                    + " where id = :id and state <> 'resolved'")
            .bind("now", now)
            .bind("who", who)
            .bind("id", id)
            .execute();
    if (closed > 0) {
      tell(handle, id, now, who, "resolved", "");
      handle
          .createUpdate(
              "update alert set ended_at = :now, ended_as = 'resolved'"
                  + " where ended_at is null and source = 'self' and labels ->> 'incident' = :id")
          .bind("now", now)
          .bind("id", id)
          .execute();
      handle
          .createUpdate(
              "update alert_group set next_flush_at = :now where next_flush_at > :now and group_key in"
                  + " (select m.group_key from group_alert m join alert a using (fingerprint)"
                  + " where a.source = 'self' and a.labels ->> 'incident' = :id)")
          .bind("now", now)
          .bind("id", id)
          .execute();
    }
  }

  public String link(String id, Instant now) {
    return routing.get().externalUrl() + links.path(id, now.plus(routing.get().linkLasts()));
  }

  public String answeredBy(Handle handle, String id) {
    return handle
        .createQuery("select coalesce(assignee, answered_by, '') from incident where id = :id")
        .bind("id", id)
        .mapTo(String.class)
        .findOne()
        .orElse("");
  }

  /**
   * Does what somebody wants.
   *
   * @param who does it, in a word people know
   * @param detail the comment, or whom it is assigned to
   * @return the incident afterwards, or empty when there is none of that id
   * @throws IllegalStateException when it cannot be done now
   */
  public Optional<Incident> act(String id, Action action, String who, String detail) {
    Instant now = clock.instant();
    return database.inTransaction(
        handle -> {
          Optional<Incident> known = find(handle, id, " for update");
          if (known.isEmpty()) {
            return known;
          }
          if (known.get().state().equals("resolved") && action != Action.COMMENT) {
            throw new IllegalStateException("the incident is resolved");
          }
          switch (action) {
            case ANSWER -> answer(handle, known.get(), who, who, now);
            case ASSIGN -> answer(handle, known.get(), who, detail, now);
            case UNANSWER -> unanswer(handle, known.get(), who, now);
            case RESOLVE -> close(handle, id, who, now);
            case COMMENT -> tell(handle, id, now, who, "comment", detail);
          }
          return find(handle, id, "");
        });
  }

  private static void answer(
      Handle handle, Incident incident, String who, String assignee, Instant now) {
    // The first answer counts for the clock; who is on it may change.
    handle
        .createUpdate(
            "update incident set state = 'answered', answered_at = coalesce(answered_at, :now),"
                + " answered_by = coalesce(answered_by, :who), assignee = :assignee,"
                + " step_at = null, answer_by = null where id = :id")
        .bind("now", now)
        .bind("who", who)
        .bind("assignee", assignee)
        .bind("id", incident.id())
        .execute();
    tell(
        handle,
        incident.id(),
        now,
        who,
        who.equals(assignee) ? "answered" : "assigned",
        who.equals(assignee) ? "" : assignee);
    // What has not left yet need not call anybody any more.
    handle
        .createUpdate(
            "update notification set state = 'folded', reason = 'answered', finished_at = :now"
                + " where incident_id = :id and kind = 'escalation' and state = 'queued'")
        .bind("now", now)
        .bind("id", incident.id())
        .execute();
  }

  /** Nobody is on it any more: the step that was next is taken at once. */
  private static void unanswer(Handle handle, Incident incident, String who, Instant now) {
    handle
        .createUpdate(
            "update incident set state = 'open', answered_at = null, answered_by = null,"
                + " assignee = null, step_at = case when escalation is null then null"
                + " else cast(:now as timestamptz) end where id = :id and state = 'answered'")
        .bind("now", now)
        .bind("id", incident.id())
        .execute();
    tell(handle, incident.id(), now, who, "unanswered", "");
  }

  static void tell(Handle handle, String id, Instant now, String who, String what, String detail) {
    handle
        .createUpdate(
            "insert into incident_entry (incident_id, at, who, what, detail)"
                + " values (:id, :now, :who, :what, :detail)")
        .bind("id", id)
        .bind("now", now)
        .bind("who", who)
        .bind("what", what)
        .bind("detail", detail)
        .execute();
  }

  public Optional<Incident> find(String id) {
    return database.read(handle -> find(handle, id, ""));
  }

  static Optional<Incident> find(Handle handle, String id, String lock) {
    return handle
        .createQuery("select * from incident where id = :id" + lock)
        .bind("id", id)
        .map(Incident::read)
        .findOne();
  }

  /** The latest first. */
  public List<Incident> list(boolean openOnly, int most) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from incident"
                        + (openOnly ? " where state <> 'resolved'" : "")
                        + " order by opened_at desc, id limit :most")
                .bind("most", most)
                .map(Incident::read)
                .list());
  }

  public List<Entry> story(String id) {
    return database.read(
        handle ->
            handle
                .createQuery("select * from incident_entry where incident_id = :id order by id")
                .bind("id", id)
                .map(
                    (row, context) ->
                        new Entry(
                            KnownAlert.instant(row, "at"),
                            row.getString("who"),
                            row.getString("what"),
                            row.getString("detail")))
                .list());
  }
}
