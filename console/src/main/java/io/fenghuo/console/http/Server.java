package io.fenghuo.console.http;

import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.api.Connections;
import io.fenghuo.console.ConsoleDatabase;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side: declared routes, the page's files, and how faults are answered. */
public final class Server implements AutoCloseable {

  /** All routes lie below. */
  public static final String BASE = "/api/v1";

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final int THREADS = 64;

  private static final String CONTENT_SECURITY =
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  private static final UriCompliance COMPLIANCE =
      UriCompliance.DEFAULT.with(
          "console",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER);

  private final String host;
  private final List<Route> routes;
  private final Gate gate;
  private final WebFiles files = new WebFiles();
  private final Javalin server;

  private Server(String host, List<Route> declared, Gate gate) {
    this.host = host;
    this.gate = gate;
    this.routes = withDescription(declared);
    requireDistinct(routes);
    this.server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              // Bodies are read by ourselves, and only as far as they may be long.
              config.http.maxRequestSize = Call.MAX_BODY;
              config.http.asyncTimeout = 0;
              config.jetty.threadPool = new QueuedThreadPool(THREADS, 4);
              config.jetty.modifyServer(Connections::limit);
              // Ids of rules and orders may hold slashes and percent signs; routes match what is
              // encoded and decode each parameter by itself.
              config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(COMPLIANCE));
              config.jetty.modifyServletContextHandler(
                  handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
              config.routes.before(Server::protect);
              for (Route route : routes) {
                config.routes.addHttpHandler(
                    HandlerType.findOrCreate(route.method()),
                    BASE + route.path(),
                    context ->
                        route.answering().answer(new Call(context, gate.admit(context, route))));
              }
              config.routes.get("/api/<path>", Server::noSuchRoute);
              config.routes.get(
                  "/web/<path>", context -> files.answer(context, context.pathParam("path")));
              // The page shows what stands in its address.
              config.routes.get("/", context -> files.answerPage(context, "/"));
              config.routes.get("/<path>", context -> files.answerPage(context, context.path()));
              config.routes.exception(
                  Problem.class, (problem, context) -> answer(context, problem));
              config.routes.exception(
                  HttpResponseException.class, (wrong, context) -> answer(context, problem(wrong)));
              config.routes.exception(Exception.class, Server::fault);
            });
  }

  /**
   * Starts it.
   *
   * @param port 0 for any that is free
   * @throws IllegalArgumentException for an address others can reach without authentication
   */
  public static Server start(String host, int port, List<Route> routes, Gate gate) {
    try {
      if (!gate.authentication() && !InetAddress.getByName(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "the console would let everybody in on "
                + host
                + " (expected: a loopback address, or authentication)");
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(host + " is no address of this machine", e);
    }
    Server server = new Server(host, routes, gate);
    server.server.start(host, port);
    return server;
  }

  private static List<Route> withDescription(List<Route> declared) {
    List<Route> all = new ArrayList<>(declared);
    all.add(
        Route.get(
            "/openapi.json",
            Need.ANYBODY,
            "This description",
            call ->
                call.context()
                    .contentType("application/json; charset=utf-8")
                    .result(OpenApi.of(all))));
    return List.copyOf(all);
  }

  private static void requireDistinct(List<Route> routes) {
    Set<String> seen = new HashSet<>();
    for (Route route : routes) {
      if (!seen.add(route.method() + " " + route.path())) {
        throw new IllegalArgumentException(
            route.method() + " " + route.path() + " is declared twice");
      }
    }
  }

  private static void protect(Context context) {
    context.header("Content-Security-Policy", CONTENT_SECURITY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    if (context.path().startsWith("/api/")) {
      context.header("Cache-Control", "no-store");
    }
  }

  private static void noSuchRoute(Context context) {
    throw Problem.notFound(context.path());
  }

  private static Problem problem(HttpResponseException wrong) {
    return switch (wrong.getStatus()) {
      case 404 -> new Problem(404, "not_found", "没有找到", "Not found");
      case 405 -> new Problem(405, "method_not_allowed", "不支持的方法", "Method not allowed");
      case 413 -> new Problem(413, "too_large", "请求体过大", "The body is too large");
      default -> new Problem(wrong.getStatus(), "bad_request", "请求有误", "The request is wrong");
    };
  }

  private static void fault(Exception fault, Context context) {
    try {
      say(fault, context);
    } catch (RuntimeException gone) {
      // Whoever asked has hung up and the request is not there any more. Javalin would give a
      // failure of this handler to this handler, for ever.
      LOG.debug("nobody is left to be told of {}: {}", fault.toString(), gone.toString());
    }
  }

  private static void say(Exception fault, Context context) {
    if (ConsoleDatabase.isAway(fault)) {
      LOG.warn("{} {}: {}", context.method(), context.path(), fault.toString());
      answer(context, Problem.databaseAway());
      return;
    }
    LOG.warn("{} {} failed", context.method(), context.path(), fault);
    answer(
        context,
        new Problem(500, "fault", "服务内部出错，操作未完成", "The service has a fault; this was not done"));
  }

  private static void answer(Context context, Problem problem) {
    if (problem.retryAfterSeconds() > 0) {
      context.header("Retry-After", String.valueOf(problem.retryAfterSeconds()));
    }
    context
        .status(problem.status())
        .contentType("application/problem+json; charset=utf-8")
        .result(Json.write(problem.json()));
  }

  /** Every declared route. */
  public List<Route> routes() {
    return routes;
  }

  public int port() {
    return server.port();
  }

  /** As {@code http://127.0.0.1:8080}. */
  public String address() {
    return "http://" + host + ":" + port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
