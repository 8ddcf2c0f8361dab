package io.fenghuo.alerting.api;

import io.fenghuo.alerting.Alerting;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.Map;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service's HTTP side: who may call, what is served, and how faults are answered. */
public final class HttpApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  /** A batch of 256 alerts is a few hundred kilobytes. */
  private static final long MAX_BODY = 4L << 20;

  private static final int THREADS = 40;

  private final Alerting alerting;
  private final Access access;
  private final Javalin server;

  private HttpApi(Alerting alerting, Access access) {
    this.alerting = alerting;
    this.access = access;
    Metrics metrics = new Metrics(alerting);
    this.server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.http.maxRequestSize = MAX_BODY;
              config.jetty.threadPool = new QueuedThreadPool(THREADS, 4);
              config.jetty.modifyServer(Connections::limit);
              config.routes.before(this::admit);
              config.routes.get("/-/healthy", context -> context.result("OK"));
              config.routes.get("/-/ready", this::ready);
              config.routes.get(
                  "/metrics",
                  context ->
                      context
                          .contentType("text/plain; version=0.0.4; charset=utf-8")
                          .result(metrics.text()));
              new AlertmanagerApi(alerting).addTo(config.routes);
              new OwnApi(alerting).addTo(config.routes);
              new ConfirmPage(alerting).addTo(config.routes);
              new SmsReports(alerting).addTo(config.routes);
              config.routes.exception(
                  IllegalArgumentException.class,
                  (wrong, context) -> AlertmanagerApi.answer(context, 400, wrong.getMessage()));
              config.routes.exception(
                  HttpResponseException.class,
                  (wrong, context) ->
                      AlertmanagerApi.answer(context, wrong.getStatus(), wrong.getMessage()));
              config.routes.exception(
                  Exception.class,
                  (fault, context) -> {
                    // What was not stored was not accepted: the sender keeps it and comes again.
                    LOG.warn("{} {}: {}", context.method(), context.path(), fault.toString());
                    AlertmanagerApi.answer(
                        context,
                        500,
                        "not done, please repeat: the service or its database has a fault");
                  });
            });
  }

  public static HttpApi start(Alerting alerting, Access access) {
    HttpApi api = new HttpApi(alerting, access);
    api.server.start(access.host(), access.port());
    return api;
  }

  private void admit(Context context) {
    context.header("Cache-Control", "no-store");
    // A link brings its own signature, as does a provider; whether we live is no secret.
    boolean open =
        context.path().startsWith("/i/")
            || context.path().startsWith("/receipts/")
            || context.path().startsWith("/-/healthy");
    if (!open && !access.allows(context.header("Authorization"))) {
      context.header("WWW-Authenticate", "Bearer");
      throw new HttpResponseException(
          401, "expected the header Authorization: Bearer TOKEN", Map.of());
    }
    // A page in somebody's browser must not speak for them: no site but our own, and no plain form.
    String origin = context.header("Origin");
    if (origin != null
        && !context.path().startsWith("/i/")
        && !origin.endsWith("://" + context.header("Host"))) {
      throw new HttpResponseException(403, "calls from other sites are not answered", Map.of());
    }
  }

  private void ready(Context context) {
    boolean ready = alerting.database().answers();
    context.status(ready ? 200 : 503).result(ready ? "OK" : "the database does not answer");
  }

  public int port() {
    return server.port();
  }

  public String address() {
    return "http://" + access.host() + ":" + port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
