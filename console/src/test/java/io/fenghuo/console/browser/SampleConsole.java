package io.fenghuo.console.browser;

import static io.fenghuo.console.browser.Json.object;
import static io.fenghuo.console.browser.Json.text;

import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.UriCompliance;

/**
 * The pages with a made-up shop behind them, by the contract of the interface: for looking at them,
 * for screenshots and for the browser tests. Headers of a request choose what it sees: {@code
 * X-Sample-Mode} full, empty, error, long; {@code X-Sample-User} demo (authentication off), out
 * (nobody signed in), viewer, or all roles by default.
 */
public final class SampleConsole implements AutoCloseable {
  static final String PASSWORD = "beacon-tower-12";
  static final String POLICY =
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

  private static final String ME = "wang.fang";
  private static final Duration DAY = Duration.ofDays(1);
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript", "css", "text/css", "html", "text/html", "svg", "image/svg+xml");

  /** Everything of one mode; long names are a shop of their own. */
  private static final class World {
    final SampleShop shop;
    final SampleCases cases;
    final SampleOnCall onCall;

    World(boolean longNames) {
      shop = new SampleShop(longNames);
      cases = new SampleCases(longNames);
      onCall = new SampleOnCall(longNames);
    }
  }

  private final Map<String, World> worlds = new ConcurrentHashMap<>();
  private final Map<String, String> sessions = new ConcurrentHashMap<>();
  private final Queue<SseClient> streams = new ConcurrentLinkedQueue<>();
  private final AtomicLong ids = new AtomicLong();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final InstantSource time;
  private final Javalin server;
  private volatile boolean away;

  /**
   * @param port 0 for any
   */
  public SampleConsole(int port) {
    this(port, InstantSource.system());
    clock.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /** With a wall screen at another time, which moves when {@link #tick()} is called. */
  SampleConsole(int port, InstantSource time) {
    this.time = time;
    server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              // The ids of rules hold slashes, sent as %2F.
              config.jetty.modifyHttpConfiguration(
                  http ->
                      http.setUriCompliance(
                          UriCompliance.DEFAULT.with(
                              "sample", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR)));
              routes(config.routes);
            });
    server.start("127.0.0.1", port);
  }

  public static void main(String[] arguments) {
    SampleConsole console =
        new SampleConsole(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8090);
    System.out.println("READY " + console.address());
  }

  public String address() {
    return "http://127.0.0.1:" + server.port();
  }

  SampleCases cases() {
    return world("full").cases;
  }

  SampleOnCall onCall() {
    return world("full").onCall;
  }

  /** Begins anew with untouched data. */
  void forget() {
    worlds.clear();
  }

  /** While away every request fails and no stream lives: a server that is being restarted. */
  void setAway(boolean away) {
    this.away = away;
    if (away) {
      streams.forEach(SseClient::close);
      streams.clear();
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    streams.forEach(SseClient::close);
    server.stop();
  }

  private World world(String mode) {
    return worlds.computeIfAbsent(
        mode.equals("long") ? "long" : "full", name -> new World(name.equals("long")));
  }

  private World world(Context context) {
    return world(mode(context));
  }

  private static String mode(Context context) {
    String mode = context.header("X-Sample-Mode");
    return mode == null ? "full" : mode;
  }

  private static boolean empty(Context context) {
    return mode(context).equals("empty");
  }

  private static List<Map<String, Object>> unlessEmpty(
      Context context, List<Map<String, Object>> items) {
    return empty(context) ? List.of() : items;
  }

  private void routes(RoutesConfig routes) {
    routes.before(this::guard);
    routes.get("/api/v1/session", context -> context.json(session(context)));
    routes.post("/api/v1/session", this::signIn);
    routes.delete("/api/v1/session", this::signOut);
    routes.post("/api/v1/session/password", context -> context.status(204));
    live(routes);
    figures(routes);
    review(routes);
    onCall(routes);
    others(routes);
    routes.get("/web/<file>", this::file);
    routes.get("/*", context -> send(context, "io/fenghuo/console/web/index.html"));
  }

  private void guard(Context context) {
    context.header("Content-Security-Policy", POLICY);
    if (away) {
      problem(context, 503, "away", text("正在重启", "Restarting"));
    } else if (mode(context).equals("error")
        && context.path().startsWith("/api/")
        && !context.path().equals("/api/v1/session")) {
      problem(
          context, 503, "database_away", text("数据库暂时不可用", "The database is away for the moment"));
    } else if (context.path().startsWith("/api/v1/accounts")
        && "viewer".equals(context.header("X-Sample-User"))) {
      problem(context, 403, "forbidden", text("需要“管理员”角色", "This takes the role “Admin”"));
    }
  }

  private static void problem(
      Context context, int status, String code, Map<String, Object> detail) {
    context
        .status(status)
        .json(
            object(
                "type",
                "about:blank",
                "title",
                code,
                "status",
                status,
                "detail",
                detail,
                "code",
                code,
                "errors",
                List.of()));
    context.contentType("application/problem+json");
    context.skipRemainingHandlers();
  }

  private Map<String, Object> session(Context context) {
    String as = context.header("X-Sample-User");
    boolean demo = "demo".equals(as);
    String name =
        "out".equals(as) ? sessions.get(String.valueOf(context.cookie("fenghuo_session"))) : ME;
    List<String> roles =
        "viewer".equals(as) || "reviewer".equals(as)
            ? List.of(as)
            : List.of("viewer", "reviewer", "on-call", "rule-author", "approver", "admin");
    return object(
        "authentication",
        demo ? "off" : "on",
        "user",
        name == null ? null : object("name", name, "roles", roles, "mustChangePassword", false),
        "csrf",
        "sample-token",
        "zone",
        "Asia/Shanghai",
        "version",
        "0.1.0",
        "now",
        time.instant().toString(),
        "login",
        object(
            "password",
            true,
            "oidc",
            object("title", "企业账号 SSO", "url", "/api/v1/session/openid")));
  }

  private void signIn(Context context) {
    Map<?, ?> body = context.bodyAsClass(Map.class);
    if (!PASSWORD.equals(body.get("password"))) {
      problem(context, 401, "wrong_password", text("用户名或密码不对", "Wrong name or password"));
      return;
    }
    sessions.put("s1", String.valueOf(body.get("name")));
    context.cookie("fenghuo_session", "s1");
    Map<String, Object> session = session(context);
    session.put(
        "user",
        object(
            "name",
            body.get("name"),
            "roles",
            List.of("viewer", "reviewer"),
            "mustChangePassword",
            false));
    context.json(session);
  }

  private void signOut(Context context) {
    sessions.clear();
    context.removeCookie("fenghuo_session").status(204);
  }

  private void live(RoutesConfig routes) {
    routes.get("/api/v1/live", context -> context.json(liveAt(context, at(context))));
    routes.get(
        "/api/v1/live/series",
        context ->
            context.json(
                object(
                    "figure",
                    context.queryParam("figure"),
                    "title",
                    text("支付金额", "GMV paid"),
                    "unit",
                    "fen",
                    "points",
                    unlessEmpty(
                        context,
                        SampleShop.series(
                            "gmv_paid",
                            Duration.ofMinutes(1),
                            time(context, "from"),
                            time(context, "to"))))));
    routes.sse(
        "/api/v1/live/stream",
        client -> {
          if (away || mode(client.ctx()).equals("error")) {
            return;
          }
          client.keepAlive();
          streams.add(client);
          client.onClose(() -> streams.remove(client));
          client.sendEvent(
              "snapshot",
              liveAt(client.ctx(), time.instant()),
              String.valueOf(ids.incrementAndGet()));
        });
  }

  private Instant at(Context context) {
    return context.queryParam("at") == null
        ? time.instant()
        : Instant.parse(context.queryParam("at"));
  }

  private static Instant time(Context context, String name) {
    return Instant.parse(context.queryParam(name));
  }

  private Map<String, Object> liveAt(Context context, Instant at) {
    World world = world(context);
    if (!empty(context)) {
      return world.shop.live(at, world.onCall.alerts());
    }
    Instant day = SampleShop.startOfDay(at);
    return object(
        "at",
        at.toString(),
        "figuresAt",
        null,
        "day",
        object("from", day.toString(), "to", day.plus(DAY).toString()),
        "figures",
        List.of(),
        "targets",
        List.of(),
        "lamps",
        List.of(),
        "alerts",
        List.of(),
        "decisions",
        object(),
        "events",
        object("perSecond", 0));
  }

  /** Tells everybody who looks at the wall what has changed within the second. */
  void tick() {
    Instant now = time.instant();
    for (SseClient client : streams) {
      try {
        tell(client, now);
      } catch (Exception gone) {
        // It was closed meanwhile; the others are told all the same.
        streams.remove(client);
      }
    }
  }

  private void tell(SseClient client, Instant now) {
    if (!empty(client.ctx())) {
      World world = world(client.ctx());
      event(
          client,
          "figures",
          object(
              "at",
              now.toString(),
              "figuresAt",
              now.minusMillis(900).toString(),
              "figures",
              world.shop.changed(now)));
      event(
          client,
          "decisions",
          object("counts", SampleShop.counts(now), "newest", newest(world, now)));
      if (now.getEpochSecond() % 60 == 0) {
        event(client, "alerts", object("items", world.onCall.alerts()));
        event(client, "lamps", object("lamps", SampleShop.lamps()));
      }
    }
    event(client, "beat", object("at", now.toString()));
  }

  /** A viewer who has left is known by the failure to write to them, which ends their client. */
  private void event(SseClient client, String name, Object body) {
    if (client.terminated()) {
      streams.remove(client);
      return;
    }
    client.sendEvent(name, body, String.valueOf(ids.incrementAndGet()));
  }

  private static List<Object> newest(World world, Instant now) {
    List<Object> lines = new ArrayList<>();
    for (Map<String, Object> each : world.cases.lines("open", null, null, null, ME).subList(0, 3)) {
      lines.add(
          object(
              "decisionId",
              each.get("id") + "/0",
              "orderId",
              each.get("id"),
              "revision",
              0,
              "outcome",
              each.get("outcome"),
              "score",
              each.get("score"),
              "amount",
              each.get("amount"),
              "currency",
              "CNY",
              "userId",
              each.get("userId"),
              "decisionTime",
              now.toString(),
              "eventTime",
              now.toString(),
              "reason",
              each.get("reason")));
    }
    return lines;
  }

  private void figures(RoutesConfig routes) {
    routes.get("/api/v1/figures", context -> items(context, SampleViews.figures()));
    routes.get(
        "/api/v1/figures/{name}",
        context -> {
          String name = context.pathParam("name");
          Duration step =
              switch (String.valueOf(context.queryParam("window"))) {
                case "SECOND" -> Duration.ofSeconds(1);
                case "HOUR" -> Duration.ofHours(1);
                case "DAY" -> DAY;
                default -> Duration.ofMinutes(1);
              };
          List<Object> series = new ArrayList<>();
          String compare = context.queryParam("compare");
          for (String label : List.of("now", "day", "week")) {
            if (label.equals("now") || (compare != null && compare.contains(label))) {
              Duration back =
                  label.equals("now")
                      ? Duration.ZERO
                      : label.equals("day") ? DAY : DAY.multipliedBy(7);
              series.add(
                  object(
                      "label",
                      label,
                      "points",
                      unlessEmpty(
                          context,
                          SampleShop.series(
                              name,
                              step,
                              time(context, "from").minus(back),
                              time(context, "to").minus(back)))));
            }
          }
          Map<String, Object> known =
              SampleViews.figures().stream()
                  .filter(each -> name.equals(each.get("name")))
                  .findFirst()
                  .orElseThrow();
          context.json(
              object("series", series, "title", known.get("title"), "unit", known.get("unit")));
        });
    routes.get(
        "/api/v1/figures/{name}/values",
        context -> {
          List<Map<String, Object>> rows = new ArrayList<>();
          double value = 4.2e8;
          for (String each :
              world(context).shop.values(String.valueOf(context.queryParam("dimension")))) {
            rows.add(
                object(
                    "dimensions",
                    object(String.valueOf(context.queryParam("dimension")), each),
                    "value",
                    Math.floor(value),
                    "numerator",
                    Math.floor(value),
                    "denominator",
                    1));
            value *= 0.71;
          }
          context.json(object("items", unlessEmpty(context, rows), "unit", "fen", "next", null));
        });
    routes.get(
        "/api/v1/sla",
        context ->
            context.json(
                empty(context)
                    ? object("objectives", List.of(), "tiers", List.of(), "anomalies", List.of())
                    : SampleViews.sla()));
  }

  private static void items(Context context, List<Map<String, Object>> items) {
    context.json(object("items", unlessEmpty(context, items), "next", null));
  }

  private void review(RoutesConfig routes) {
    routes.get(
        "/api/v1/cases",
        context -> {
          SampleCases cases = world(context).cases;
          String state = context.queryParam("state") == null ? "open" : context.queryParam("state");
          context.json(
              object(
                  "items",
                  unlessEmpty(
                      context,
                      cases.lines(
                          state,
                          context.queryParam("outcome"),
                          context.queryParam("q"),
                          context.queryParam("sort"),
                          ME)),
                  "next",
                  null,
                  "counts",
                  empty(context) ? object("open", 0, "mine", 0, "overdue", 0) : cases.counts(ME)));
        });
    routes.post(
        "/api/v1/cases/next",
        context -> orNothing(context, empty(context) ? null : world(context).cases.next(ME)));
    routes.post(
        "/api/v1/cases/bulk",
        context -> {
          Map<?, ?> body = context.bodyAsClass(Map.class);
          List<?> chosen = (List<?>) body.get("ids");
          if (!Boolean.TRUE.equals(body.get("preview"))) {
            chosen.forEach(
                id ->
                    world(context)
                        .cases
                        .decide(
                            (String) id,
                            (String) body.get("verdict"),
                            (String) body.get("note"),
                            ME));
          }
          context.json(
              object(
                  "would",
                  chosen.size(),
                  "amount",
                  4_321_000L * chosen.size(),
                  "skipped",
                  List.of(object("id", "o-1", "why", "case_taken"))));
        });
    routes.get(
        "/api/v1/cases/{id}",
        context -> {
          if (world(context).cases.knows(context.pathParam("id"))) {
            context.json(world(context).cases.details(context.pathParam("id")));
          } else {
            problem(context, 404, "no_such_case", text("没有这一单", "There is no such case"));
          }
        });
    routes.post(
        "/api/v1/cases/{id}/take",
        context -> {
          Map<String, Object> taken = world(context).cases.take(context.pathParam("id"), ME);
          if (taken == null) {
            problem(context, 409, "case_taken", text("li.na 正在审这一单", "li.na is on this case"));
          } else {
            context.json(taken);
          }
        });
    routes.post(
        "/api/v1/cases/{id}/release",
        context -> {
          world(context).cases.release(context.pathParam("id"));
          context.status(204);
        });
    routes.post(
        "/api/v1/cases/{id}/verdict",
        context -> {
          Map<?, ?> body = context.bodyAsClass(Map.class);
          context.json(
              object(
                  "undoUntil",
                  world(context)
                      .cases
                      .decide(
                          context.pathParam("id"),
                          (String) body.get("verdict"),
                          (String) body.get("note"),
                          ME)
                      .toString()));
        });
    routes.post(
        "/api/v1/cases/{id}/undo",
        context -> {
          world(context).cases.release(context.pathParam("id"));
          context.json(world(context).cases.take(context.pathParam("id"), ME));
        });
    routes.post(
        "/api/v1/cases/{id}/note",
        context -> {
          world(context)
              .cases
              .note(
                  context.pathParam("id"), (String) context.bodyAsClass(Map.class).get("text"), ME);
          context.status(204);
        });
    routes.post("/api/v1/cases/{id}/list", context -> context.status(204));
    routes.post(
        "/api/v1/cases/{id}/unmask",
        context ->
            context.json(
                object("order", object("accountToken", "acc-70122", "ip", "117.136.20.9"))));
    routes.get(
        "/api/v1/views",
        context ->
            context
                .header("ETag", "\"1\"")
                .json(
                    object(
                        "views",
                        List.of(object("name", "大额", "filters", object("sort", "amount"))),
                        "etag",
                        "\"1\"")));
    routes.put(
        "/api/v1/views", context -> context.result(context.body()).contentType("application/json"));
    routes.get(
        "/api/v1/team",
        context ->
            context.json(
                object(
                    "open",
                    empty(context) ? 0 : 48,
                    "oldestMinutes",
                    empty(context) ? null : 38,
                    "escalated",
                    empty(context) ? 0 : 1,
                    "escalatedOldestMinutes",
                    empty(context) ? null : 4,
                    "perReviewer",
                    unlessEmpty(
                        context,
                        List.of(
                            object(
                                "name",
                                ME,
                                "done",
                                61,
                                "escalated",
                                2,
                                "secondsPerCase",
                                34.2,
                                "agreement",
                                0.94),
                            object(
                                "name",
                                "li.na",
                                "done",
                                44,
                                "escalated",
                                5,
                                "secondsPerCase",
                                51,
                                "agreement",
                                0.91))),
                    "promise",
                    object("minutes", 30, "kept", empty(context) ? null : 0.962))));
  }

  private static void orNothing(Context context, Map<String, Object> body) {
    if (body == null) {
      context.status(204);
    } else {
      context.json(body);
    }
  }

  private void onCall(RoutesConfig routes) {
    routes.get(
        "/api/v1/incidents",
        context -> items(context, world(context).onCall.list(context.queryParam("state"))));
    routes.get(
        "/api/v1/incidents/{id}",
        context -> {
          Map<String, Object> incident = world(context).onCall.details(context.pathParam("id"));
          if (incident == null) {
            problem(context, 404, "no_such_incident", text("没有这起事件", "There is no such incident"));
          } else {
            context.json(incident);
          }
        });
    routes.post(
        "/api/v1/incidents/{id}/{action}",
        context -> {
          world(context)
              .onCall
              .act(
                  context.pathParam("id"),
                  context.pathParam("action"),
                  (String) context.bodyAsClass(Map.class).get("detail"),
                  ME);
          context.json(world(context).onCall.details(context.pathParam("id")));
        });
    routes.get("/api/v1/silences", context -> items(context, world(context).onCall.silences()));
    routes.post(
        "/api/v1/silences/preview",
        context -> context.json(object("alerts", world(context).onCall.alerts().subList(0, 1))));
    routes.post(
        "/api/v1/silences",
        context -> {
          @SuppressWarnings("unchecked")
          Map<String, Object> body = context.bodyAsClass(Map.class);
          world(context).onCall.silence(body, ME);
          context.status(201).json(body);
        });
    routes.delete(
        "/api/v1/silences/{id}",
        context -> {
          world(context).onCall.unsilence(context.pathParam("id"));
          context.status(204);
        });
    routes.get(
        "/api/v1/duty",
        context -> context.json(empty(context) ? object("teams", List.of()) : SampleOnCall.duty()));
  }

  private void others(RoutesConfig routes) {
    routes.get(
        "/api/v1/rules",
        context -> items(context, SampleViews.rules(mode(context).equals("long"))));
    routes.get(
        "/api/v1/modes",
        context ->
            context.json(empty(context) ? object("ignored", List.of()) : SampleViews.modes()));
    routes.get("/api/v1/rules/{id}", context -> context.json(rule(context)));
    routes.post(
        "/api/v1/rules/{id}/{action}",
        context -> {
          if (context.pathParam("action").equals("approve") && ME.equals("zhou.min")) {
            problem(
                context,
                403,
                "same_person",
                text("不能批准自己的申请", "You cannot approve your own request"));
          } else {
            context.json(rule(context));
          }
        });
    routes.get(
        "/api/v1/health",
        context ->
            context.json(
                empty(context)
                    ? object(
                        "jobs",
                        List.of(),
                        "lag",
                        List.of(),
                        "deadLetters",
                        object("today", 0, "byReason", object()),
                        "stateBytes",
                        null,
                        "database",
                        object("state", "ok", "bytes", 8_000_000),
                        "versions",
                        object("fenghuo", "0.1.0"))
                    : SampleViews.health()));
    routes.get(
        "/api/v1/dead-letters",
        context ->
            items(
                context,
                SampleViews.letters().stream()
                    .filter(
                        each ->
                            context.queryParam("reason") == null
                                || context.queryParam("reason").equals(each.get("reason")))
                    .toList()));
    routes.post("/api/v1/dead-letters/{id}/replay", context -> context.status(204));
    routes.get(
        "/api/v1/accounts",
        context ->
            items(
                context,
                List.of(
                    object(
                        "name",
                        ME,
                        "roles",
                        List.of("viewer", "reviewer", "on-call"),
                        "disabled",
                        false,
                        "createdAt",
                        "2026-10-01T02:00:00Z",
                        "etag",
                        "\"1\""),
                    object(
                        "name",
                        "li.na",
                        "roles",
                        List.of("viewer", "reviewer"),
                        "disabled",
                        true,
                        "createdAt",
                        "2026-10-02T02:00:00Z",
                        "etag",
                        "\"4\""))));
    routes.post(
        "/api/v1/accounts",
        context ->
            context.json(
                object(
                    "name",
                    "new",
                    "roles",
                    List.of("viewer"),
                    "oneTimePassword",
                    "q7Tf-mm2K-9wXe")));
    routes.put("/api/v1/accounts/{name}", context -> context.status(204));
    routes.post(
        "/api/v1/accounts/{name}/reset",
        context -> context.json(object("oneTimePassword", "q7Tf-mm2K-9wXe")));
    routes.get(
        "/api/v1/audit",
        context ->
            items(
                context,
                List.of(
                    object(
                        "id",
                        3,
                        "at",
                        Instant.now().minusSeconds(40).toString(),
                        "who",
                        ME,
                        "what",
                        "case.verdict",
                        "subject",
                        "o-20261122-81747",
                        "detail",
                        "REJECT"),
                    object(
                        "id",
                        2,
                        "at",
                        Instant.now().minusSeconds(400).toString(),
                        "who",
                        "li.na",
                        "what",
                        "case.unmask",
                        "subject",
                        "o-20261122-81760",
                        "detail",
                        "核对收货地址"),
                    object(
                        "id",
                        1,
                        "at",
                        Instant.now().minusSeconds(4_000).toString(),
                        "who",
                        "admin",
                        "what",
                        "account.roles",
                        "subject",
                        "li.na",
                        "detail",
                        "viewer, reviewer"))));
  }

  private static Map<String, Object> rule(Context context) {
    String id = context.pathParam("id");
    return SampleViews.rules(mode(context).equals("long")).stream()
        .filter(each -> id.equals(each.get("id")))
        .findFirst()
        .orElseThrow();
  }

  private void file(Context context) throws IOException {
    String name = context.pathParam("file");
    switch (name) {
      case "lib/vue.js" ->
          send(
              context,
              "META-INF/resources/webjars/vue/3.5.22/dist/vue.runtime.esm-browser.prod.js");
      case "lib/echarts.js" ->
          send(context, "META-INF/resources/_static/echarts/6.0.0/dist/echarts.esm.min.js");
      default -> send(context, "io/fenghuo/console/web/" + name);
    }
  }

  private static void send(Context context, String resource) throws IOException {
    try (InputStream stream = SampleConsole.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        context.status(404).result("no such file");
        return;
      }
      String end = resource.substring(resource.lastIndexOf('.') + 1);
      context
          .contentType(TYPES.getOrDefault(end, "application/octet-stream") + "; charset=utf-8")
          .header("Cache-Control", "no-cache")
          .result(stream.readAllBytes());
    }
  }
}
