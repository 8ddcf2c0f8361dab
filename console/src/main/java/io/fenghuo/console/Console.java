package io.fenghuo.console;

import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Secret;
import io.fenghuo.console.access.AccessApi;
import io.fenghuo.console.access.Accounts;
import io.fenghuo.console.access.AuditLog;
import io.fenghuo.console.access.OpenIdApi;
import io.fenghuo.console.access.Sessions;
import io.fenghuo.console.decide.DecideApi;
import io.fenghuo.console.decide.DecisionWaiters;
import io.fenghuo.console.figures.FiguresApi;
import io.fenghuo.console.figures.SlaApi;
import io.fenghuo.console.figures.WatchFigures;
import io.fenghuo.console.health.HealthApi;
import io.fenghuo.console.health.Jobs;
import io.fenghuo.console.health.Pulse;
import io.fenghuo.console.http.Gate;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.http.Server;
import io.fenghuo.console.live.AlertFeed;
import io.fenghuo.console.live.DecisionFeed;
import io.fenghuo.console.live.FigureJson;
import io.fenghuo.console.live.LatestFigures;
import io.fenghuo.console.live.LiveApi;
import io.fenghuo.console.live.LiveScreen;
import io.fenghuo.console.live.LiveStream;
import io.fenghuo.console.oncall.OnCallApi;
import io.fenghuo.console.read.Partitions;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.console.read.TopicReader;
import io.fenghuo.console.review.Cases;
import io.fenghuo.console.review.Outbox;
import io.fenghuo.console.review.ReviewApi;
import io.fenghuo.console.rules.ModeChanges;
import io.fenghuo.console.rules.ModeRequests;
import io.fenghuo.console.rules.RuleJobs;
import io.fenghuo.console.rules.RulesApi;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console: topics → database and memory → HTTP. It reads what the jobs write and never speaks
 * to them, so nothing people do here slows a decision; only an approved mode of a rule is given to
 * whoever runs them.
 */
public final class Console implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Console.class);

  /** What is shown is told once a second. */
  private static final Duration TOPIC_PATIENCE = Duration.ofMillis(100);

  /**
   * What the console stands on, made by whoever starts it.
   *
   * @param consumers makes readers of bytes that belong to no group and begin at the beginning;
   *     given how long a record may wait for more to be read with it, zero for not at all
   * @param ruleJobs who brings approved modes into force; empty when the jobs are run elsewhere
   * @param versions of the parts, by name, for the health page; asked for each time
   */
  public record Surroundings(
      ConsoleDatabase database,
      Alerting alerting,
      Function<Duration, Consumer<byte[], byte[]>> consumers,
      Outgoing outgoing,
      Jobs jobs,
      Pulse pulse,
      Optional<RuleJobs> ruleJobs,
      Supplier<Map<String, String>> versions,
      InstantSource clock) {}

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private Server server;
  private LiveScreen screen;
  private Optional<Secret> firstPassword = Optional.empty();

  private Console() {}

  public static Console start(ConsoleSettings settings, Surroundings with) {
    Console console = new Console();
    try {
      console.open(settings, with);
      return console;
    } catch (RuntimeException e) {
      console.close();
      throw e;
    }
  }

  private void open(ConsoleSettings settings, Surroundings with) {
    ConsoleDatabase database = with.database();
    InstantSource clock = with.clock();
    Partitions partitions = new Partitions(settings.retention());
    Cases cases = new Cases(database, clock);
    Upkeep upkeep =
        keep(new Upkeep(database, partitions, cases, settings.retention().decisions(), clock));
    upkeep.tidy();

    Accounts accounts = new Accounts(database, clock);
    Sessions sessions = new Sessions(database, clock);
    AuditLog audit = new AuditLog(database, clock);
    if (settings.authentication()) {
      firstPassword = accounts.firstPassword();
    }
    Gate gate =
        new Gate(
            settings.authentication(), settings.shopToken(), sessions::find, sessions.newToken());

    OnCallApi onCall = new OnCallApi(with.alerting(), audit);
    LatestFigures latest = new LatestFigures();
    AlertFeed alerts = new AlertFeed();
    DecisionFeed decisions = new DecisionFeed();
    FigureJson json = new FigureJson(settings.figures());
    StoredFigures stored = new StoredFigures(database);
    WatchFigures watched = new WatchFigures(settings.watches());
    watched.rebuild(stored, clock.instant());
    screen =
        keep(
            new LiveScreen(
                latest,
                alerts,
                decisions,
                json,
                settings.watches(),
                onCall::incidentsOf,
                with.pulse()::eventsPerSecond,
                database,
                clock));
    screen.rebuild();
    TopicReader reader =
        keep(
            new TopicReader(
                with.consumers().apply(TOPIC_PATIENCE),
                database,
                partitions,
                settings.promise(),
                List.of(latest, watched, alerts, decisions),
                clock));
    Outbox outbox = keep(new Outbox(database, with.outgoing(), clock));
    DecisionWaiters waiters = keep(new DecisionWaiters(with.consumers().apply(Duration.ZERO)));
    DecideApi decide =
        keep(new DecideApi(database, with.outgoing(), waiters, settings.mostWaiting(), clock));

    OpenIdApi openId =
        new OpenIdApi(
            settings.openId(), database, accounts, sessions, audit, gate, this::address, clock);

    List<Route> routes = new ArrayList<>();
    routes.addAll(
        new AccessApi(
                database,
                accounts,
                sessions,
                audit,
                gate,
                openId,
                settings.zone(),
                settings.version(),
                clock)
            .routes());
    routes.addAll(openId.routes());
    routes.addAll(new LiveApi(screen, stored, json, clock).routes());
    routes.addAll(new FiguresApi(stored, json, clock).routes());
    routes.addAll(new SlaApi(database, watched, settings.watches(), clock).routes());
    routes.addAll(
        new ReviewApi(database, cases, settings.rules(), audit, settings.promise(), clock)
            .routes());
    routes.addAll(onCall.routes());
    ModeRequests modes = new ModeRequests(database);
    routes.addAll(
        new RulesApi(database, settings.rules(), modes, with.ruleJobs().isPresent(), audit, clock)
            .routes());
    routes.addAll(
        new HealthApi(
                database,
                with.jobs(),
                with.pulse(),
                reader,
                with.outgoing(),
                audit,
                settings.zone(),
                with.versions(),
                clock)
            .routes());
    routes.addAll(decide.routes());
    routes.addAll(audit.routes());

    reader.start();
    outbox.start();
    waiters.start();
    screen.start();
    upkeep.start();
    with.ruleJobs()
        .map(jobs -> keep(new ModeChanges(modes, settings.rules(), jobs, clock)))
        .ifPresent(ModeChanges::start);
    server = keep(Server.start(settings.host(), settings.port(), routes, gate));
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /** As {@code http://127.0.0.1:8080}. */
  public String address() {
    return server.address();
  }

  public int port() {
    return server.port();
  }

  /** Every declared route. */
  public List<Route> routes() {
    return server.routes();
  }

  /** How many look at the wall screen now. */
  public int viewers() {
    return screen.stream().viewers();
  }

  /** Sends an event to everybody who looks on; for tests. */
  void say(String event, String json) {
    screen.stream().publish(List.of(new LiveStream.Event(event, json)));
  }

  /** Keeps the wall screen as it is in this minute; for tests, else a thread does it. */
  void rememberTheMinute() {
    screen.remember();
  }

  /** The administrator's one-time password, as long as nobody has a password of their own. */
  public Optional<Secret> firstPassword() {
    return firstPassword;
  }

  /** Last started, first stopped; the database is whoever's who opened it. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} does not stop", part.getClass().getSimpleName(), e);
      }
    }
  }
}
