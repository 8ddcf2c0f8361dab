package io.fenghuo.alerting.deliver;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.channel.Answer;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.channel.Outlet;
import io.fenghuo.alerting.channel.Reason;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.deliver.Quotas.Turn;
import io.fenghuo.alerting.inbox.Inbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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

/**
 * Sends what is queued. A lane (group, channel and address) is worked on by one owner at a time:
 * the owner takes a token that is greater than any before, notes its intent, makes the request
 * outside any transaction, and notes the answer only if the token is still the lane's. Who took
 * over while the request was under way cannot know its answer, so the next attempt says that it may
 * repeat.
 */
public final class Deliverer {

  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

  /** Longer than any request can take. */
  public static final Duration LEASE = Duration.ofSeconds(60);

  private static final int AT_ONCE = 100;

  /** Of one digest. */
  private static final int DIGEST_LINES = 20;

  private static final String HEADS =
      """
      select n.id, n.lane, n.priority from notification n
      where n.state = 'queued' and n.next_attempt_at <= :now
        and not exists (select 1 from notification e
                        where e.lane = n.lane and e.place < n.place and e.state in ('queued', 'sending'))
        and not exists (select 1 from lane l where l.lane = n.lane and l.lease_until > :now)
        -- Of those that wait for the same quota one is enough: it takes the others with it.
        and not (n.held_since is not null and n.priority > 0 and exists (
          select 1 from notification h
          where h.channel = n.channel and h.address = n.address and h.state = 'queued'
            and h.held_since is not null and h.priority > 0 and h.place < n.place
            and h.next_attempt_at <= :now))
      order by n.priority, n.created_at, n.place limit :most
      """;

  private final Database database;
  private final Supplier<Routing> routing;
  private final Inbox inbox;
  private final InstantSource clock;
  private final String owner;
  private final ExecutorService senders;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /**
   * @param owner a name no other instance has
   * @param senders each request occupies one of its threads
   */
  public Deliverer(
      Database database,
      Supplier<Routing> routing,
      Inbox inbox,
      InstantSource clock,
      String owner,
      ExecutorService senders) {
    this.database = database;
    this.routing = routing;
    this.inbox = inbox;
    this.clock = clock;
    this.owner = owner;
    this.senders = senders;
  }

  /** A row of the outbox, as far as sending it needs. */
  private record Queued(
      String id,
      String lane,
      String receiver,
      String channel,
      String address,
      String kind,
      int priority,
      Notice notice,
      int attempts,
      Instant createdAt,
      Instant deadline,
      boolean mayHaveBeenSent,
      boolean held,
      String state,
      String reason) {

    static Queued read(ResultSet row, StatementContext context) throws SQLException {
      return new Queued(
          row.getString("id"),
          row.getString("lane"),
          row.getString("receiver"),
          row.getString("channel"),
          row.getString("address"),
          row.getString("kind"),
          row.getInt("priority"),
          Json.read(row.getString("notice"), Notice.class),
          row.getInt("attempts"),
          KnownAlert.instant(row, "created_at"),
          KnownAlert.instant(row, "deadline"),
          row.getBoolean("may_have_been_sent"),
          row.getTimestamp("held_since") != null,
          row.getString("state"),
          row.getString("reason"));
    }
  }

  /** A request that may be made now, under this token. */
  private record Claim(
      Queued queued, Channel channel, Outlet outlet, long token, long attempt, boolean askFirst) {}

  /**
   * Starts what can be started now.
   *
   * @return the requests under way, for whoever wants to wait for them
   */
  public List<Future<?>> run(Instant now) {
    takeOver(now);
    List<Future<?>> started = new ArrayList<>();
    List<String[]> heads =
        database.read(
            handle ->
                handle
                    .createQuery(HEADS)
                    .bind("now", now)
                    .bind("most", AT_ONCE)
                    .map(
                        (row, context) -> new String[] {row.getString("id"), row.getString("lane")})
                    .list());
    for (String[] head : heads) {
      if (busy.add(head[1])) {
        started.add(
            senders.submit(
                () -> {
                  try {
                    deliver(head[0]);
                  } catch (RuntimeException e) {
                    // The lease ends, and then somebody tries again.
                    LOG.warn("notification {}: {}", head[0], e.toString());
                  } finally {
                    busy.remove(head[1]);
                  }
                }));
      }
    }
    return started;
  }

  /** What an owner left behind that did not come back: sent or not, nobody knows. */
  private void takeOver(Instant now) {
    int left =
        database.inTransaction(
            handle ->
                handle
                    .createUpdate(
                        "update notification n set state = 'queued', may_have_been_sent = true,"
                            + " next_attempt_at = :now where state = 'sending' and not exists"
                            + " (select 1 from lane l where l.lane = n.lane and l.lease_until > :now)")
                    .bind("now", now)
                    .execute());
    if (left > 0) {
      LOG.info("took over {} notifications whose answer was lost", left);
    }
  }

  private void deliver(String id) {
    Instant now = clock.instant();
    Optional<Claim> claim = database.inTransaction(handle -> claim(handle, id, now));
    if (claim.isEmpty()) {
      return;
    }
    Answer answer = send(claim.get(), now);
    Instant answered = clock.instant();
    database.useTransaction(handle -> note(handle, claim.get(), answer, answered));
  }

  private Optional<Claim> claim(Handle handle, String id, Instant now) {
    Optional<Queued> found =
        handle
            .createQuery(
                "select * from notification where id = :id and state = 'queued'"
                    + " for update skip locked")
            .bind("id", id)
            .map(Queued::read)
            .findOne();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Queued queued = found.get();
    Optional<Channel> channel = routing.get().channel(queued.channel());
    if (channel.isEmpty()) {
      fail(
          handle, queued, "gone", "the routing file has no " + queued.channel() + " any more", now);
      return Optional.empty();
    }
    if (Outbox.NOBODY.equals(queued.reason())) {
      fail(handle, queued, Outbox.NOBODY, "the addresses stood for nobody", now);
      return Optional.empty();
    }
    if (queued.attempts() > 0 && now.isAfter(queued.deadline())) {
      fail(handle, queued, Reason.DEADLINE.label(), "not delivered in time", now);
      return Optional.empty();
    }
    Turn earliest = null;
    for (Outlet outlet : channel.get().outlets(queued.address())) {
      Turn turn = Quotas.take(handle, outlet, queued.priority() == 0, now);
      if (turn.now()) {
        Queued told = fold(handle, queued, now);
        return begin(handle, told, channel.get(), outlet, now);
      }
      if (earliest == null || turn.from().isBefore(earliest.from())) {
        earliest = turn;
      }
    }
    hold(handle, queued, earliest == null ? now.plus(Backoff.after(id, 1)) : earliest.from(), now);
    return Optional.empty();
  }

  /** There is no quota now. Waits for it, or goes another way at once when waiting is too long. */
  private void hold(Handle handle, Queued queued, Instant from, Instant now) {
    if (from.isAfter(queued.deadline()) && !fallback(queued).isEmpty()) {
      fail(handle, queued, Reason.RATE_LIMITED.label(), "no quota before the deadline", now);
      return;
    }
    if (now.isAfter(queued.deadline()) && queued.priority() == 0) {
      fail(handle, queued, Reason.RATE_LIMITED.label(), "no quota before the deadline", now);
      return;
    }
    handle
        .createUpdate(
            "update notification set next_attempt_at = :from, held_since = coalesce(held_since, :now)"
                + " where id = :id")
        .bind("from", from)
        .bind("now", now)
        .bind("id", queued.id())
        .execute();
  }

  /**
   * When messages that are not critical had to wait for the same channel, one place in its quota
   * serves all of them: they become one digest.
   */
  private Queued fold(Handle handle, Queued queued, Instant now) {
    if (queued.priority() == 0 || queued.attempts() > 0 || !queued.held()) {
      return queued;
    }
    List<Queued> waiting =
        handle
            .createQuery(
                "select * from notification where channel = :channel and address = :address"
                    + " and state = 'queued' and priority > 0 and attempts = 0 and kind <> 'digest'"
                    + " and held_since is not null order by priority, place for update skip locked")
            .bind("channel", queued.channel())
            .bind("address", queued.address())
            .map(Queued::read)
            .list();
    if (waiting.size() < 2) {
      return queued;
    }
    List<String> ids = waiting.stream().map(Queued::id).toList();
    Receiver receiver = routing.get().receivers().get(queued.receiver());
    String digest = "digest|" + Outbox.id(ids.toArray(String[]::new));
    Notice notice = digest(waiting, receiver);
    Outbox.queue(handle, receiver, queued.channel(), notice, digest, now);
    String digestId = Outbox.id(digest, queued.channel(), queued.address());
    handle
        .createUpdate(
            "update notification set state = 'folded', folded_into = :digest, reason = 'digest',"
                + " finished_at = :now where id in (<ids>)")
        .bind("digest", digestId)
        .bind("now", now)
        .bindList("ids", ids)
        .execute();
    return handle
        .createQuery("select * from notification where id = :id for update")
        .bind("id", digestId)
        .map(Queued::read)
        .one();
  }

  private Notice digest(List<Queued> waiting, Receiver receiver) {
    List<String> lines = new ArrayList<>();
    for (Queued each : waiting.subList(0, Math.min(DIGEST_LINES, waiting.size()))) {
      lines.add(routing.get().wording().title(each.notice(), routing.get().wording().language()));
    }
    if (waiting.size() > DIGEST_LINES) {
      lines.add(
          routing
              .get()
              .wording()
              .language()
              .of(
                  "…另有 " + (waiting.size() - DIGEST_LINES) + " 条",
                  "… and " + (waiting.size() - DIGEST_LINES) + " more"));
    }
    int worst = waiting.stream().mapToInt(Queued::priority).min().orElse(1);
    return new Notice(
        "digest",
        "firing",
        routing
            .get()
            .wording()
            .language()
            .of(waiting.size() + " 条消息因限流合并", waiting.size() + " messages held by the quota"),
        receiver.name(),
        "digest:" + receiver.name(),
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        0,
        worst <= 1 ? "warning" : "notice",
        "",
        "",
        "",
        lines);
  }

  /** Takes the lane and notes the intent. */
  private Optional<Claim> begin(
      Handle handle, Queued queued, Channel channel, Outlet outlet, Instant now) {
    Optional<Long> token =
        handle
            .createQuery(
                "insert into lane as l (lane, owner, token, lease_until) values (:lane, :owner, 1, :until)"
                    + " on conflict (lane) do update set owner = excluded.owner, token = l.token + 1,"
                    + " lease_until = excluded.lease_until where l.lease_until <= :now returning token")
            .bind("lane", queued.lane())
            .bind("owner", owner)
            .bind("until", now.plus(LEASE))
            .bind("now", now)
            .mapTo(Long.class)
            .findOne();
    if (token.isEmpty()) {
      // Somebody else is on it; undo the use of quota with everything else.
      handle.rollback();
      handle.begin();
      return Optional.empty();
    }
    long attempt =
        handle
            .createQuery(
                "with sending as (update notification set state = 'sending', attempts = attempts + 1,"
                    + " outlet = :outlet where id = :id)"
                    + " insert into attempt (notification_id, at, outlet, token)"
                    + " values (:id, :now, :outlet, :token) returning id")
            .bind("id", queued.id())
            .bind("now", now)
            .bind("outlet", outlet.name())
            .bind("token", token.get())
            .mapTo(Long.class)
            .one();
    return Optional.of(
        new Claim(queued, channel, outlet, token.get(), attempt, queued.mayHaveBeenSent()));
  }

  private static Answer send(Claim claim, Instant now) {
    Queued queued = claim.queued();
    Channel.Delivery delivery =
        new Channel.Delivery(
            queued.id(),
            claim.outlet(),
            queued.address(),
            queued.notice(),
            queued.mayHaveBeenSent(),
            now);
    try {
      if (claim.askFirst()) {
        Optional<Answer> receipt = claim.channel().receipt(delivery);
        if (receipt.isPresent()) {
          return receipt.get();
        }
      }
      return claim.channel().send(delivery);
    } catch (RuntimeException e) {
      LOG.warn("channel {} failed on {}", queued.channel(), queued.id(), e);
      return new Answer.Later(
          Reason.OTHER, Duration.ZERO, true, "a fault of ours: " + e.getClass().getSimpleName());
    }
  }

  /** Notes what came of it and leaves the lane, unless somebody else has it meanwhile. */
  private void note(Handle handle, Claim claim, Answer answer, Instant now) {
    Queued queued = claim.queued();
    String outcome =
        answer instanceof Answer.Sent ? "sent" : answer instanceof Answer.Later ? "later" : "never";
    Reason reason =
        answer instanceof Answer.Later later
            ? later.reason()
            : answer instanceof Answer.Never never ? never.reason() : null;
    int mine =
        handle
            .createUpdate(
                "with noted as (update attempt set outcome = :outcome, reason = :reason,"
                    + " answer = :answer where id = :attempt)"
                    + " update lane set lease_until = :now"
                    + " where lane = :lane and owner = :owner and token = :token")
            .bind("outcome", outcome)
            .bind("reason", reason == null ? null : reason.label())
            .bind("answer", brief(answer.text()))
            .bind("attempt", claim.attempt())
            .bind("now", now)
            .bind("lane", queued.lane())
            .bind("owner", owner)
            .bind("token", claim.token())
            .execute();
    if (mine == 0) {
      LOG.warn("notification {}: the lane was taken over, the answer is only noted", queued.id());
      return;
    }
    String kind = kind(queued);
    if (answer instanceof Answer.Sent sent) {
      handle
          .createUpdate(
              "update notification set state = 'sent', finished_at = :now, provider_id = :providerId,"
                  + " answer = :answer, reason = null where id = :id")
          .bind("now", now)
          .bind("providerId", sent.providerId())
          .bind("answer", brief(sent.text()))
          .bind("id", queued.id())
          .execute();
      Database.count(handle, "sent", kind, 1);
      return;
    }
    Database.count(handle, "request_failed", kind + "|" + reason.label(), 1);
    if (reason == Reason.RATE_LIMITED) {
      Duration penalty = claim.outlet().penalty();
      if (answer instanceof Answer.Later later && later.after().compareTo(Duration.ZERO) > 0) {
        penalty = later.after();
      }
      Quotas.penalise(handle, claim.outlet(), now.plus(penalty));
    }
    if (answer instanceof Answer.Later later) {
      again(handle, queued, later, now);
    } else if (reason == Reason.AUTH_ERROR && isAnotherFree(handle, claim, now)) {
      Quotas.penalise(handle, claim.outlet(), now.plus(claim.outlet().penalty()));
      again(handle, queued, new Answer.Later(reason, Duration.ZERO, false, answer.text()), now);
      complainOfOutlet(handle, claim, answer.text(), now);
    } else {
      fail(handle, queued, reason.label(), answer.text(), now);
    }
  }

  /** A robot that refuses us says nothing about the others in the rotation. */
  private static boolean isAnotherFree(Handle handle, Claim claim, Instant now) {
    return claim.channel().outlets(claim.queued().address()).stream()
        .filter(outlet -> !outlet.name().equals(claim.outlet().name()))
        .anyMatch(outlet -> Quotas.isFree(handle, outlet, now));
  }

  /**
   * What the carrier says of a message its provider had taken. Said again it changes nothing.
   *
   * @return false when no notification of that id waits for it
   */
  public boolean report(String id, boolean delivered, String text, Instant now) {
    return database.inTransaction(
        handle -> {
          Optional<Queued> found =
              handle
                  .createQuery(
                      "select * from notification where id = :id and receipt is null"
                          + " and (state = 'sent' or state = 'queued' and may_have_been_sent)"
                          + " for update")
                  .bind("id", id)
                  .map(Queued::read)
                  .findOne();
          boolean sent = found.filter(each -> each.state().equals("sent")).isPresent();
          // Of one that is still to be sent again, that it failed is nothing new.
          if (found.isEmpty() || !delivered && !sent) {
            return false;
          }
          handle
              .createUpdate(
                  "update notification set receipt = :text, state = 'sent',"
                      + " finished_at = coalesce(finished_at, :now), reason = null where id = :id")
              .bind("text", brief(text))
              .bind("now", now)
              .bind("id", id)
              .execute();
          if (!sent) {
            Database.count(handle, "sent", kind(found.get()), 1);
          }
          if (!delivered) {
            fail(handle, found.get(), "notDelivered", text, now);
          }
          return true;
        });
  }

  private static String kind(Queued queued) {
    return queued.channel().replaceAll(".*/|\\[\\d+]$", "");
  }

  private void again(Handle handle, Queued queued, Answer.Later later, Instant now) {
    Instant next = now.plus(Backoff.after(queued.id(), queued.attempts() + 1));
    // The outlet's state, not the message's: another robot may take it at once.
    if (later.reason() == Reason.RATE_LIMITED || later.reason() == Reason.AUTH_ERROR) {
      next = now;
    } else if (now.plus(later.after()).isAfter(next)) {
      next = now.plus(later.after());
    }
    if (next.isAfter(queued.deadline())) {
      if (later.mayHaveBeenSent()) {
        handle
            .createUpdate("update notification set may_have_been_sent = true where id = :id")
            .bind("id", queued.id())
            .execute();
      }
      fail(handle, queued, later.reason().label(), later.text(), now);
      return;
    }
    handle
        .createUpdate(
            "update notification set state = 'queued', next_attempt_at = :next, reason = :reason,"
                + " answer = :answer, may_have_been_sent = may_have_been_sent or :lost where id = :id")
        .bind("next", next)
        .bind("reason", later.reason().label())
        .bind("answer", brief(later.text()))
        .bind("lost", later.mayHaveBeenSent())
        .bind("id", queued.id())
        .execute();
  }

  private String fallback(Queued queued) {
    Receiver receiver = routing.get().receivers().get(queued.receiver());
    return receiver == null ? "" : receiver.fallback();
  }

  /** This way has failed: the next channel, and in any case something people can see. */
  private void fail(Handle handle, Queued queued, String reason, String text, Instant now) {
    String fallback = fallback(queued);
    handle
        .createUpdate(
            "update notification set state = 'failed', finished_at = :now, reason = :reason,"
                + " answer = :answer, followed_by = :fallback where id = :id")
        .bind("now", now)
        .bind("reason", reason)
        .bind("answer", brief(text))
        .bind("fallback", fallback.isEmpty() ? null : fallback)
        .bind("id", queued.id())
        .execute();
    Database.count(handle, "failed", kind(queued) + "|" + reason, 1);
    if (!fallback.isEmpty()) {
      Receiver next = routing.get().receivers().get(fallback);
      Outbox.queue(
          handle,
          next,
          queued.notice().with(queued.kind(), queued.notice().reason(), fallback),
          queued.id() + "|after",
          now);
    }
    // The failure to tell of a failure raises no other.
    if (!queued.notice().commonLabels().containsKey(Route.OWN)) {
      complain(handle, queued, reason, text, now);
    }
  }

  private void complain(Handle handle, Queued queued, String reason, String text, Instant now) {
    raise(
        handle,
        Map.of(
            "alertname",
            "NotificationFailed",
            "channel",
            queued.channel(),
            "severity",
            fallback(queued).isEmpty() ? "critical" : "warning"),
        "通知未送达：" + queued.channel() + "（" + reason + "）",
        "A notification was not delivered: " + queued.channel() + " (" + reason + ")",
        text,
        now);
  }

  private void complainOfOutlet(Handle handle, Claim claim, String text, Instant now) {
    String outlet = claim.outlet().name();
    raise(
        handle,
        Map.of(
            "alertname",
            "OutletRefused",
            "channel",
            claim.queued().channel(),
            "outlet",
            outlet,
            "severity",
            "warning"),
        outlet + " 拒绝发送，已由同组其他机器人代发",
        outlet + " refuses us; another of its group sends instead",
        text,
        now);
  }

  private void raise(
      Handle handle, Map<String, String> labels, String zh, String en, String text, Instant now) {
    inbox.accept(
        handle,
        List.of(
            new Reported(
                Labels.of(labels).with(Route.OWN, "delivery"),
                Map.of("summary_zh", zh, "summary_en", en, "description", brief(text)),
                now,
                null,
                now.plus(routing.get().happeningLasts()),
                null,
                "",
                "self")));
  }

  private static String brief(String text) {
    String clean = text.replace('\0', '?');
    return clean.length() > 500 ? clean.substring(0, 500) : clean;
  }
}
