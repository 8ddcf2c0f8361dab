package io.fenghuo.alerting.escalate;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.deliver.Outbox;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Flusher;
import io.fenghuo.alerting.group.Member;
import io.fenghuo.alerting.group.Step;
import io.fenghuo.alerting.inbox.Inbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Beside the path: takes the next step for incidents nobody answered, and raises an alert for each
 * clock that runs out. Each incident in a transaction of its own, which is also the proof: a step
 * that was taken is a row, and it is taken once.
 */
public final class Escalator {

  private static final int AT_ONCE = 200;

  /** Everything about it is silenced or inhibited now: look again after this. */
  private static final Duration HELD = Duration.ofMinutes(1);

  private final Database database;
  private final Supplier<Routing> routing;
  private final Inbox inbox;
  private final List<Step> holds;

  /**
   * @param holds the steps of the path that hold alerts back
   */
  public Escalator(Database database, Supplier<Routing> routing, Inbox inbox, List<Step> holds) {
    this.database = database;
    this.routing = routing;
    this.inbox = inbox;
    this.holds = holds;
  }

  public int run(Instant now) {
    List<String> due =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "select id from incident where state <> 'resolved' and (step_at <= :now or"
                            + " answer_by <= :now or resolve_by <= :now) order by opened_at limit :most")
                    .bind("now", now)
                    .bind("most", AT_ONCE)
                    .mapTo(String.class)
                    .list());
    for (String id : due) {
      database.useTransaction(
          handle ->
              Incidents.find(handle, id, " and state <> 'resolved' for update skip locked")
                  .ifPresent(
                      incident -> {
                        takeStep(handle, incident, now);
                        watchClocks(handle, incident, now);
                      }));
    }
    return due.size();
  }

  private void takeStep(Handle handle, Incident incident, Instant now) {
    if (incident.stepAt() == null || incident.stepAt().isAfter(now)) {
      return;
    }
    Escalation escalation = routing.get().escalations().get(incident.escalation());
    if (escalation == null || incident.step() >= escalation.steps().size()) {
      plan(handle, incident.id(), incident.step(), null);
      Incidents.tell(handle, incident.id(), now, "escalation", "ended", "no step is left");
      return;
    }
    if (isHeld(handle, incident, now)) {
      plan(handle, incident.id(), incident.step(), now.plus(HELD));
      return;
    }
    int number = incident.step();
    String to = escalation.steps().get(number).receiver();
    Receiver receiver = routing.get().receivers().get(to);
    Notice notice = incident.notice().with("escalation", "escalation " + (number + 1), to);
    int told =
        Outbox.queue(
            handle,
            receiver,
            notice,
            incident.id() + "|step|" + number + "|" + incident.stepAt(),
            now);
    Incidents.tell(
        handle,
        incident.id(),
        now,
        "escalation",
        "step " + (number + 1),
        to + ": " + told + " told");
    Instant next =
        number + 1 < escalation.steps().size()
            ? later(
                now,
                incident.openedAt().plus(escalation.steps().get(number + 1).after()),
                escalation
                    .steps()
                    .get(number + 1)
                    .after()
                    .minus(escalation.steps().get(number).after()))
            : null;
    plan(handle, incident.id(), number + 1, next);
  }

  /** When it is due, or, after a pause, as long after this step as the file has between the two. */
  private static Instant later(Instant now, Instant due, Duration between) {
    return due.isAfter(now) ? due : now.plus(between);
  }

  private static void plan(Handle handle, String id, int step, Instant at) {
    handle
        .createUpdate("update incident set step = :step, step_at = :at where id = :id")
        .bind("step", step)
        .bind("at", at)
        .bind("id", id)
        .execute();
  }

  private boolean isHeld(Handle handle, Incident incident, Instant now) {
    Optional<Flush> some = glance(handle, incident, now, "");
    while (some.isPresent() && some.get().burningCount() == 0) {
      List<Member> held = some.get().members();
      if (held.size() < AT_ONCE) {
        return true;
      }
      some = glance(handle, incident, now, held.get(held.size() - 1).alert().fingerprint());
    }
    return false;
  }

  private Optional<Flush> glance(Handle handle, Incident incident, Instant now, String after) {
    Optional<Flush> some =
        Flusher.glance(handle, routing.get(), incident.groupKey(), now, after, AT_ONCE);
    some.ifPresent(flush -> holds.forEach(step -> step.apply(flush)));
    return some;
  }

  private void watchClocks(Handle handle, Incident incident, Instant now) {
    if (incident.answerBy() != null && !incident.answerBy().isAfter(now)) {
      breach(handle, incident, "IncidentNotAnswered", "answer_by", incident.answerBy(), now);
    }
    if (incident.resolveBy() != null && !incident.resolveBy().isAfter(now)) {
      breach(handle, incident, "IncidentNotResolved", "resolve_by", incident.resolveBy(), now);
    }
  }

  private void breach(
      Handle handle, Incident incident, String name, String clock, Instant since, Instant now) {
    handle
        .createUpdate("update incident set " + clock + " = null where id = :id")
        .bind("id", incident.id())
        .execute();
    boolean answer = clock.equals("answer_by");
    long minutes = Duration.between(incident.openedAt(), since).toMinutes();
    TreeMap<String, String> labels = new TreeMap<>(incident.notice().commonLabels());
    labels.put("alertname", name);
    labels.put("incident", incident.id());
    labels.put("severity", incident.severity());
    labels.put(Route.OWN, "incident");
    String about = incident.notice().commonLabels().getOrDefault("alertname", incident.groupKey());
    inbox.accept(
        handle,
        List.of(
            new Reported(
                Labels.of(labels),
                Map.of(
                    "summary_zh",
                    about + (answer ? " 已 " + minutes + " 分钟无人响应" : " 已 " + minutes + " 分钟仍未解决"),
                    "summary_en",
                    about
                        + (answer ? " not answered within " : " not resolved within ")
                        + minutes
                        + " minutes"),
                since,
                null,
                now.plus(routing.get().happeningLasts()),
                null,
                incident.notice().incidentUrl(),
                "self")));
    Incidents.tell(handle, incident.id(), now, "clock", name, minutes + " min");
  }
}
