package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.WatchInfo;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wall screen: what it shows now, what has changed each second, and how it looked at each
 * minute that is past.
 */
public final class LiveScreen implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveScreen.class);

  /** Figures that have not moved for so long are not known to be those of now. */
  private static final Duration STALE = Duration.ofSeconds(30);

  /** Campaigns tell where they are each minute. */
  private static final Duration CAMPAIGN_IS_ON = Duration.ofMinutes(10);

  /** Of a ranking; nobody reads the eleventh from five metres. */
  private static final int PLACES = 10;

  private final LatestFigures figures;
  private final AlertFeed alerts;
  private final DecisionFeed decisions;
  private final FigureJson json;
  private final List<WatchInfo> campaigns;
  private final Function<List<Alert>, Map<String, String>> incidents;
  private final DoubleSupplier eventsPerSecond;
  private final ConsoleDatabase database;
  private final InstantSource clock;
  private final LiveStream stream;
  private final ScheduledExecutorService seconds =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "console-live"));
  private final ScheduledExecutorService minutes =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "console-live-minutes"));
  private final ScheduledExecutorService asking =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "console-live-incidents"));
  private volatile Map<String, String> incidentOf = Map.of();
  private String lamps = "";
  private String targets = "[]";
  private Map<String, Long> counts = counts(List.of());
  private long heard;
  private volatile Instant movedAt;

  /**
   * @param watches of which campaigns are shown with their targets
   * @param incidents of each alert's fingerprint the incident, for those that have one
   * @param eventsPerSecond of the shop; not a number while unknown
   */
  public LiveScreen(
      LatestFigures figures,
      AlertFeed alerts,
      DecisionFeed decisions,
      FigureJson json,
      List<WatchInfo> watches,
      Function<List<Alert>, Map<String, String>> incidents,
      DoubleSupplier eventsPerSecond,
      ConsoleDatabase database,
      InstantSource clock) {
    this.figures = figures;
    this.alerts = alerts;
    this.decisions = decisions;
    this.json = json;
    this.campaigns = watches.stream().filter(watch -> watch.kind().equals("campaign")).toList();
    this.incidents = incidents;
    this.eventsPerSecond = eventsPerSecond;
    this.database = database;
    this.clock = clock;
    this.movedAt = Instant.EPOCH;
    this.stream = new LiveStream(() -> Json.write(body()));
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Takes what the database knows, as if it had just been heard. */
  public void rebuild() {
    Instant now = clock.instant();
    StoredFigures stored = new StoredFigures(database);
    stored.minutesSince(now.minus(Duration.ofMinutes(10))).forEach(figures::take);
    stored.daysSince(now.minus(Duration.ofHours(26))).forEach(figures::take);
    figures.changes();
    database.read(
        handle -> {
          handle
              .createQuery(
                  "select body from (select * from alert where mode = 'LIVE' order by starts_at desc"
                      + " limit 500) newest order by starts_at")
              .mapTo(String.class)
              .map(body -> (Alert) EventJson.fromJson(Alert.getClassSchema(), body))
              .forEach(alerts::take);
          return null;
        });
  }

  /** Goes on from now until closed. */
  public void start() {
    seconds.scheduleAtFixedRate(quietly(this::tick), 1_000, 1_000, TimeUnit.MILLISECONDS);
    minutes.scheduleAtFixedRate(quietly(this::remember), 5, 10, TimeUnit.SECONDS);
    asking.scheduleWithFixedDelay(quietly(this::findIncidents), 0, 2, TimeUnit.SECONDS);
  }

  private static Runnable quietly(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.warn("the live screen goes on after: {}", e.toString());
      }
    };
  }

  public LiveStream stream() {
    return stream;
  }

  /** Everything as it is now. */
  public ObjectNode body() {
    Instant now = clock.instant();
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("at", now.toString());
    body.put("figuresAt", figures.figuresAt().map(FigureJson::time).orElse(null));
    Optional<long[]> day = figures.day();
    if (day.isPresent()) {
      body.putObject("day")
          .put("from", FigureJson.time(day.get()[0]))
          .put("to", FigureJson.time(day.get()[1]));
    } else {
      body.putNull("day");
    }
    List<KpiPoint> shown = figures.shown();
    body.set("figures", figures(shown));
    body.set("targets", targets(shown));
    body.set("lamps", lamps(now));
    body.set("alerts", alerts(alerts.newest(), now));
    body.set("decisions", Json.MAPPER.valueToTree(counts(shown)));
    FigureJson.number(body.putObject("events"), "perSecond", eventsPerSecond.getAsDouble());
    return body;
  }

  private ArrayNode figures(List<KpiPoint> points) {
    ArrayNode all = Json.MAPPER.createArrayNode();
    points.forEach(point -> all.add(json.figure(point, PLACES)));
    return all;
  }

  private ArrayNode lamps(Instant now) {
    return Lamps.of(alerts.burning(now), Duration.between(movedAt, now).compareTo(STALE) < 0);
  }

  private ArrayNode alerts(List<Alert> newest, Instant now) {
    Map<String, String> found = incidentOf;
    ArrayNode all = Json.MAPPER.createArrayNode();
    newest.forEach(alert -> all.add(AlertFeed.json(alert, found.get(alert.getFingerprint()), now)));
    return all;
  }

  /**
   * Asks to which incidents the newest alerts belong, and has those told again of which it is news:
   * an alert is there before its incident. In a thread of its own, since the seconds and who comes
   * to look must not wait for a database that does not answer.
   */
  private void findIncidents() {
    List<Alert> newest = alerts.newest();
    Map<String, String> known = incidentOf;
    Map<String, String> found = new HashMap<>(known);
    found.putAll(incidents.apply(newest));
    found.keySet().retainAll(newest.stream().map(Alert::getFingerprint).toList());
    Set<String> news = new HashSet<>(found.keySet());
    news.removeIf(fingerprint -> found.get(fingerprint).equals(known.get(fingerprint)));
    incidentOf = found;
    alerts.tellAgain(news);
  }

  /** Decisions of the day by outcome. */
  private static Map<String, Long> counts(List<KpiPoint> shown) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome.name(), 0L);
    }
    for (KpiPoint point : shown) {
      if (point.getName().equals("decisions") && point.getWindow() == Window.DAY) {
        counts.put(point.getDimensions().get("outcome"), Math.round(point.getNumerator()));
      }
    }
    return counts;
  }

  /** Of each campaign that is on, its figures against their targets. */
  private ArrayNode targets(List<KpiPoint> shown) {
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (WatchInfo campaign : campaigns) {
      for (WatchInfo.Target target : campaign.targets()) {
        Optional<Double> forecast = derived(shown, campaign, target, "forecast");
        if (forecast.isEmpty()) {
          continue;
        }
        ObjectNode node = all.addObject();
        node.put("campaign", campaign.id());
        node.set(
            "title",
            FigureJson.text(
                campaign.zh() + " · " + target.zh(), campaign.en() + " · " + target.en()));
        node.put("figure", target.figure());
        node.put("target", target.total());
        FigureJson.number(node, "soFar", derived(shown, campaign, target, "so_far").orElse(null));
        FigureJson.number(
            node, "expectedNow", derived(shown, campaign, target, "due").orElse(null));
        FigureJson.number(node, "forecast", forecast.get());
        FigureJson.number(
            node, "low", derived(shown, campaign, target, "forecast_low").orElse(null));
        FigureJson.number(
            node, "high", derived(shown, campaign, target, "forecast_high").orElse(null));
        FigureJson.number(
            node, "progress", derived(shown, campaign, target, "progress").orElse(null));
      }
    }
    return all;
  }

  /** Of a campaign that is over nothing new comes, and what came last is not what is now. */
  private Optional<Double> derived(
      List<KpiPoint> shown, WatchInfo campaign, WatchInfo.Target target, String name) {
    long oldest = figures.figuresAt().orElse(0L) - CAMPAIGN_IS_ON.toMillis();
    return shown.stream()
        .filter(
            point ->
                point.getName().equals(campaign.id() + "." + name)
                    && target.name().equals(point.getDimensions().get("target"))
                    && point.getTo() > oldest
                    && point.getValue() != null)
        .map(KpiPoint::getValue)
        .findFirst();
  }

  /** What has changed since the last second, for all who look on. */
  void tick() {
    Instant now = clock.instant();
    long count = figures.heard();
    if (count != heard) {
      heard = count;
      movedAt = now;
    }
    List<LiveStream.Event> events = new ArrayList<>();
    List<KpiPoint> changes = figures.changes();
    if (!changes.isEmpty()) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.put("at", now.toString());
      body.put("figuresAt", figures.figuresAt().map(FigureJson::time).orElse(null));
      FigureJson.number(body.putObject("events"), "perSecond", eventsPerSecond.getAsDouble());
      body.set("figures", figures(changes));
      events.add(event("figures", body));
    }
    List<KpiPoint> shown = figures.shown();
    ArrayNode aims = targets(shown);
    if (!aims.toString().equals(targets)) {
      targets = aims.toString();
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("items", aims);
      events.add(event("targets", body));
    }
    List<Decision> fresh = decisions.drain();
    Map<String, Long> decided = counts(shown);
    if (!fresh.isEmpty() || !decided.equals(counts)) {
      counts = decided;
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("counts", Json.MAPPER.valueToTree(decided));
      ArrayNode newest = body.putArray("newest");
      fresh.forEach(decision -> newest.add(DecisionFeed.json(decision)));
      events.add(event("decisions", body));
    }
    List<Alert> told = alerts.drain();
    if (!told.isEmpty()) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("items", alerts(told, now));
      events.add(event("alerts", body));
    }
    ArrayNode lit = lamps(now);
    if (!lit.toString().equals(lamps)) {
      lamps = lit.toString();
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("lamps", lit);
      events.add(event("lamps", body));
    }
    events.add(event("beat", Json.MAPPER.createObjectNode().put("at", now.toString())));
    stream.publish(events);
  }

  private static LiveStream.Event event(String name, ObjectNode body) {
    return new LiveStream.Event(name, Json.write(body));
  }

  /** Keeps the screen as it is in this minute, once; nothing is kept while nothing is known. */
  public void remember() {
    if (figures.figuresAt().isEmpty()) {
      return;
    }
    Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    database.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "insert into live_minute (at, body) select :at, :body"
                        + " where not exists (select from live_minute where at = :at)"
                        + " on conflict do nothing")
                .bind("at", minute)
                .bind("body", Json.write(body()))
                .execute());
  }

  /** The screen as it was at a time, or at the last minute before that is known. */
  Optional<String> at(Instant time) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select body from live_minute where at <= :at and at > :oldest"
                        + " order by at desc limit 1")
                .bind("at", time)
                .bind("oldest", time.minus(Duration.ofDays(1)))
                .mapTo(String.class)
                .findOne());
  }

  @Override
  public void close() {
    seconds.shutdownNow();
    minutes.shutdownNow();
    asking.shutdownNow();
    stream.close();
  }
}
