package io.fenghuo.alerting;

import io.fenghuo.alerting.config.ConfigException;
import io.fenghuo.alerting.config.RoutingSource;
import io.fenghuo.alerting.deliver.Announce;
import io.fenghuo.alerting.deliver.Deliverer;
import io.fenghuo.alerting.deliver.Outbox;
import io.fenghuo.alerting.escalate.Escalator;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.escalate.Links;
import io.fenghuo.alerting.group.Flusher;
import io.fenghuo.alerting.group.Groups;
import io.fenghuo.alerting.group.Step;
import io.fenghuo.alerting.inbox.Inbox;
import io.fenghuo.alerting.inhibit.Inhibit;
import io.fenghuo.alerting.ledger.Ends;
import io.fenghuo.alerting.ledger.Record;
import io.fenghuo.alerting.mute.Mute;
import io.fenghuo.alerting.mute.Silences;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of an alert: inbox → route → group → inhibit → mute → dedup → deliver → ledger, and
 * escalate beside it. Nothing of it is in memory only: each step is a transaction, and whichever
 * instance comes next goes on where the last one stopped.
 */
public final class Alerting implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

  private static final int SENDERS = 12;
  private static final int LOOKERS = 4;
  private static final long ROUND_MILLIS = 50;

  private final Database database;
  private final RoutingSource routing;
  private final InstantSource clock;
  private final Inbox inbox;
  private final Silences silences;
  private final Incidents incidents;
  private final Links links;
  private final Ends ends;
  private final Flusher flusher;
  private final Escalator escalator;
  private final Deliverer deliverer;
  private final SelfWatch selfWatch;
  private final ExecutorService lookers;
  private final ExecutorService senders;
  private volatile boolean stopping;
  private final List<Thread> rounds = new ArrayList<>();

  /**
   * @param owner a name no other instance on the database has
   */
  public Alerting(Database database, RoutingSource routing, InstantSource clock, String owner) {
    this.database = database;
    this.routing = routing;
    this.clock = clock;
    this.senders = Executors.newFixedThreadPool(SENDERS, work -> daemon(work, "alerting-sender"));
    this.lookers = Executors.newFixedThreadPool(LOOKERS, work -> daemon(work, "alerting-looker"));
    this.inbox = new Inbox(database, routing, clock);
    this.links = Links.of(database);
    this.silences = new Silences(database, clock);
    this.incidents = new Incidents(database, routing, clock, links);
    this.ends = new Ends(database, routing);
    List<Step> holds = List.of(new Inhibit(), new Mute());
    List<Step> path = List.of(holds.get(0), holds.get(1), new Announce(incidents), new Record());
    this.flusher = new Flusher(database, routing, path, clock, lookers);
    this.escalator = new Escalator(database, routing, inbox, holds);
    this.deliverer = new Deliverer(database, routing, inbox, clock, owner, senders);
    this.selfWatch = new SelfWatch(database, routing, inbox);
    database.useTransaction(this::regroupIfChanged);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  public Inbox inbox() {
    return inbox;
  }

  public Silences silences() {
    return silences;
  }

  public Incidents incidents() {
    return incidents;
  }

  public Links links() {
    return links;
  }

  public Database database() {
    return database;
  }

  public RoutingSource routing() {
    return routing;
  }

  public InstantSource clock() {
    return clock;
  }

  /**
   * What one round did.
   *
   * @param changes groups looked at and incidents gone on with
   * @param requests those under way, for whoever wants to wait for them
   */
  public record Round(int changes, List<Future<?>> requests) {}

  /** One round: everything that is due now, the requests started and not waited for. */
  public Round round() {
    Instant now = clock.instant();
    passTime(now);
    int changes = 0;
    // A storm makes more groups due than one round takes.
    for (int looked = lookAll(now); looked > 0; looked = lookAll(now)) {
      changes += looked;
    }
    changes += escalator.run(now);
    return new Round(changes, deliverer.run(now));
  }

  private void passTime(Instant now) {
    ends.run(now);
    selfWatch.run(now);
  }

  private int lookAll(Instant now) {
    int looked = 0;
    for (Future<Boolean> look : flusher.run(now)) {
      looked += await(look) ? 1 : 0;
    }
    return looked;
  }

  /** Rounds until nothing is due any more, requests waited for; what a test does at each second. */
  public void settle() {
    for (Round done = round(); done.changes() > 0 || !done.requests().isEmpty(); done = round()) {
      done.requests().forEach(Alerting::await);
    }
  }

  private static <T> T await(Future<T> work) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Takes in what a provider reports of a message it had taken.
   *
   * @param id of the notification
   * @return false when there is none of that id that waits for a report
   */
  public boolean report(String id, boolean delivered, String text) {
    return deliverer.report(id, delivered, text, clock.instant());
  }

  /** Takes the routing file as it is now. */
  public void reload() {
    routing.reload();
    database.useTransaction(this::regroup);
  }

  /** Puts every alert where the routing in force wants it, and notes that this was done. */
  private void regroup(Handle handle) {
    Groups.joinAll(handle, routing.get(), clock.instant());
    handle
        .createUpdate(
            "insert into kept (name, value) values ('regrouped', :routing)"
                + " on conflict (name) do update set value = excluded.value")
        .bind("routing", Outbox.id(routing.get().text()))
        .execute();
  }

  /** The file may have changed while nobody was here to follow it. */
  private void regroupIfChanged(Handle handle) {
    Optional<String> last =
        handle
            .createQuery("select value from kept where name = 'regrouped'")
            .mapTo(String.class)
            .findOne();
    if (!last.equals(Optional.of(Outbox.id(routing.get().text())))) {
      regroup(handle);
    }
  }

  /**
   * Goes round until closed: groups and incidents in one thread, requests started in another, so
   * that a storm of groups holds up no message. A database that is away is waited for.
   */
  public synchronized void start() {
    rounds.add(
        daemon(
            () ->
                goRound(
                    () -> {
                      follow();
                      Instant now = clock.instant();
                      passTime(now);
                      flusher.run(now);
                      escalator.run(now);
                    }),
            "alerting-rounds"));
    rounds.add(daemon(() -> goRound(() -> deliverer.run(clock.instant())), "alerting-delivery"));
    rounds.forEach(Thread::start);
  }

  private void goRound(Runnable work) {
    long pause = 0;
    while (!stopping) {
      try {
        work.run();
        pause = 0;
      } catch (RuntimeException e) {
        pause = Math.min(5_000, pause * 2 + 200);
        LOG.warn("a round failed, the next follows in {} ms: {}", pause, e.toString());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS + pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void follow() {
    try {
      if (routing.follow()) {
        database.useTransaction(this::regroup);
        LOG.info("the changed routing file is in force");
      }
    } catch (ConfigException wrong) {
      LOG.error(
          "the changed routing file is refused, the old one stays in force:\n{}",
          wrong.getMessage());
    }
  }

  /** Stops going round and lets requests under way end. The database stays open. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread each : rounds) {
        each.interrupt();
        each.join(5_000);
      }
      lookers.shutdown();
      senders.shutdown();
      lookers.awaitTermination(5, TimeUnit.SECONDS);
      if (!senders.awaitTermination(15, TimeUnit.SECONDS)) {
        senders.shutdownNow();
      }
    } catch (InterruptedException e) {
      senders.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
