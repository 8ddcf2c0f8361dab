package io.fenghuo.alerting;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Language;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.deliver.Outbox;
import io.fenghuo.alerting.inbox.Inbox;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * What the service says about itself: a heartbeat through every channel that is marked testable, an
 * alert when it has heard of no alert for too long, and once a day what it did. When each was last
 * said is a row, so that two instances say it once.
 */
final class SelfWatch {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Database database;
  private final Supplier<Routing> routing;
  private final Inbox inbox;
  private Instant looked = Instant.EPOCH;

  /** When an alert was heard, the last time we looked. */
  private Instant heard = Instant.EPOCH;

  SelfWatch(Database database, Supplier<Routing> routing, Inbox inbox) {
    this.database = database;
    this.routing = routing;
    this.inbox = inbox;
  }

  void run(Instant now) {
    if (now.isBefore(looked.plus(SECOND))) {
      return; // rounds are many a second, and this takes locks
    }
    looked = now;
    Routing.SelfWatch wanted = routing.get().selfWatch();
    if (!wanted.heartbeatEvery().isZero()) {
      database.useTransaction(
          handle -> {
            if (isTime(handle, "heartbeat", now, wanted.heartbeatEvery())) {
              beat(handle, now);
            }
          });
    }
    if (!wanted.quietAfter().isZero()) {
      database.useTransaction(handle -> watchSilence(handle, now, wanted.quietAfter()));
    }
    if (wanted.digestAt() >= 0 && !wanted.digestReceiver().isEmpty()) {
      database.useTransaction(handle -> digest(handle, now, wanted));
    }
  }

  /** True once in each stretch of that length, for one of all instances. */
  private static boolean isTime(Handle handle, String name, Instant now, Duration every) {
    String last = kept(handle, name, Instant.EPOCH.toString());
    if (Instant.parse(last).plus(every).isAfter(now)) {
      return false;
    }
    keep(handle, name, now.toString());
    return true;
  }

  private static String kept(Handle handle, String name, String fallback) {
    handle
        .createUpdate(
            "insert into kept (name, value) values (:name, :value) on conflict do nothing")
        .bind("name", name)
        .bind("value", fallback)
        .execute();
    return handle
        .createQuery("select value from kept where name = :name for update")
        .bind("name", name)
        .mapTo(String.class)
        .one();
  }

  private static void keep(Handle handle, String name, String value) {
    handle
        .createUpdate("update kept set value = :value where name = :name")
        .bind("name", name)
        .bind("value", value)
        .execute();
  }

  private void beat(Handle handle, Instant now) {
    for (Receiver receiver : routing.get().receivers().values()) {
      for (Map.Entry<String, Channel> channel : receiver.channels().entrySet()) {
        if (channel.getValue().testable()) {
          Notice notice = own("heartbeat", "heartbeat", receiver, List.of());
          Outbox.queue(handle, receiver, channel.getKey(), notice, "heartbeat|" + now, now);
        }
      }
    }
  }

  private static Notice own(String kind, String reason, Receiver receiver, List<String> lines) {
    return new Notice(
        kind,
        "firing",
        reason,
        receiver.name(),
        kind + ":" + receiver.name(),
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        0,
        "notice",
        "",
        "",
        "",
        lines);
  }

  /** Nothing heard may mean that all is well, or that nobody looks any more. */
  private void watchSilence(Handle handle, Instant now, Duration after) {
    Instant started = Instant.parse(kept(handle, "watching-since", now.toString()));
    if (!heard.plus(after).isAfter(now)) {
      // Looks through all alerts: not while we know that one was heard lately.
      heard = heard(handle).filter(heard::isBefore).orElse(heard);
    }
    Instant last = heard.isAfter(started) ? heard : started;
    boolean quiet = last.plus(after).isBefore(now);
    String state = kept(handle, "quiet", "no");
    if (quiet == state.equals("yes")) {
      return;
    }
    keep(handle, "quiet", quiet ? "yes" : "no");
    Labels labels =
        Labels.of(Map.of("alertname", "NoAlertHeard", "severity", "critical", Route.OWN, "inbox"));
    long minutes = after.toMinutes();
    inbox.accept(
        handle,
        List.of(
            new Reported(
                labels,
                Map.of(
                    "summary_zh", minutes + " 分钟没有收到任何告警，请检查监控本身",
                    "summary_en",
                        "No alert heard for " + minutes + " minutes: is anybody watching?"),
                last,
                null,
                null,
                quiet ? null : now,
                "",
                "self")));
  }

  private static Optional<Instant> heard(Handle handle) {
    return handle
        .createQuery("select max(heard_at) as heard_at from alert where source <> 'self'")
        .map((row, context) -> Optional.ofNullable(KnownAlert.instant(row, "heard_at")))
        .one();
  }

  private void digest(Handle handle, Instant now, Routing.SelfWatch wanted) {
    ZonedDateTime here = now.atZone(routing.get().wording().zone());
    LocalDate today = here.toLocalDate();
    String last =
        kept(
            handle,
            "digest",
            today
                .minusDays(here.toLocalTime().toSecondOfDay() < wanted.digestAt() ? 1 : 0)
                .toString());
    if (!LocalDate.parse(last).isBefore(today)
        || here.toLocalTime().toSecondOfDay() < wanted.digestAt()) {
      return;
    }
    keep(handle, "digest", today.toString());
    Receiver receiver = routing.get().receivers().get(wanted.digestReceiver());
    Language in = routing.get().wording().language();
    List<String> lines = new ArrayList<>();
    Instant since = now.minus(DAY);
    lines.add(
        count(
            handle,
            in.of("新事件：", "new incidents: "),
            "select count(*) from incident where opened_at > :since",
            since));
    lines.add(
        count(
            handle,
            in.of("未解决事件：", "open incidents: "),
            "select count(*) from incident where state <> 'resolved'",
            since));
    lines.add(
        count(
            handle,
            in.of("已送达消息：", "messages sent: "),
            "select count(*) from notification where state = 'sent' and finished_at > :since",
            since));
    lines.add(
        count(
            handle,
            in.of("限流合并：", "folded into digests: "),
            "select count(*) from notification where state = 'folded' and finished_at > :since",
            since));
    lines.add(
        count(
            handle,
            in.of("未送达：", "not delivered: "),
            "select count(*) from notification where state = 'failed' and finished_at > :since",
            since));
    Notice notice = own("digest", in.of("过去 24 小时", "the last 24 hours"), receiver, lines);
    Outbox.queue(handle, receiver, notice, "daily|" + today, now);
  }

  private static String count(Handle handle, String name, String query, Instant since) {
    return name + handle.createQuery(query).bind("since", since).mapTo(Long.class).one();
  }
}
