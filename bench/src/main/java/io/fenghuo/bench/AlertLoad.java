package io.fenghuo.bench;

import com.sun.net.httpserver.HttpServer;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.alerting.config.RoutingSource;
import io.fenghuo.local.LoopbackPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Alerting under load: how many alerts a second are accepted, and how long one takes from its post
 * to the request at the receiver; the same load on Debian's prometheus-alertmanager, when it is
 * installed, in the same run. Ours has every alert on disk before it answers; Alertmanager has them
 * in memory.
 *
 * <p>{@code java -cp 'bench/target/lib/*' io.fenghuo.bench.AlertLoad [SECONDS]}
 */
final class AlertLoad {

  private static final int BATCH = 200;
  private static final int CONNECTIONS = 4;
  private static final int PER_SECOND = 100;

  /** Seconds until the compiler takes little of two cores. */
  private static final int WARM_UP = 60;

  private static final Path PEER = Path.of("/usr/bin/prometheus-alertmanager");
  private static final Pattern ID = Pattern.compile("\"id\":\"(l\\d+)\"");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Histogram latency = new ConcurrentHistogram(3);
  private final HttpServer receiver;

  private AlertLoad() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setExecutor(Executors.newFixedThreadPool(8));
    receiver.createContext(
        "/",
        exchange -> {
          long now = System.nanoTime();
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          Matcher ids = ID.matcher(body);
          while (ids.find()) {
            Long start = sent.remove(ids.group(1));
            if (start != null) {
              latency.recordValue(Math.max(1, (now - start) / 1_000));
            }
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    Path folder = Files.createTempDirectory("alert-load");
    System.out.println(
        "| what | alerts/s accepted | post p50 / p99 ms | post to receiver p50 / p99 / max ms, lost"
            + " | the same after those |");
    System.out.println("|---|---|---|---|---|");
    AlertLoad load = new AlertLoad();
    try {
      load.ours(folder, seconds);
      if (Files.isExecutable(PEER)) {
        load.peer(folder, seconds);
      }
    } finally {
      load.receiver.stop(0);
    }
    System.exit(0);
  }

  private String routing(String more) {
    return more
        + "route:\n  receiver: sink\n  group_by: [id, shop]\n  group_wait: 0s\n  group_interval: 1m\n"
        + "  repeat_interval: 4h\n  routes: [ { matchers: [ kind=\"bulk\" ], receiver: none, group_by: [shop], group_wait: 30s } ]\n"
        + "receivers:\n  - name: none\n  - name: sink\n    webhook_configs: [ { url: \"http://127.0.0.1:"
        + receiver.getAddress().getPort()
        + "/\" } ]\n";
  }

  private void ours(Path folder, int seconds) throws Exception {
    Path file = folder.resolve("routing.yml");
    Files.writeString(file, routing("global: { allow_private_hosts: [127.0.0.1] }\n"));
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        Database database =
            Database.open(
                new Postgres.Login(
                    postgres.getJdbcUrl("postgres", "postgres"), "postgres", new Secret("")));
        Alerting alerting =
            new Alerting(
                database,
                RoutingSource.of(file, new PrintWriter(System.err, false, StandardCharsets.UTF_8)),
                InstantSource.system(),
                "bench");
        HttpApi api = HttpApi.start(alerting, new Access("127.0.0.1", 0, Optional.empty()))) {
      alerting.start();
      measure("fenghuo, PostgreSQL with fsync", api.address(), seconds);
    }
  }

  private void peer(Path folder, int seconds) throws Exception {
    Path file = folder.resolve("alertmanager.yml");
    Files.writeString(file, routing(""));
    int port = LoopbackPort.free();
    Process process =
        new ProcessBuilder(
                PEER.toString(),
                "--config.file=" + file,
                "--storage.path=" + folder.resolve("am"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("alertmanager.log").toFile())
            .start();
    try {
      String url = "http://127.0.0.1:" + port;
      for (int i = 0; i < 100 && !answers(url); i++) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      measure("Debian's prometheus-alertmanager, in memory", url, seconds);
    } finally {
      process.destroy();
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private boolean answers(String url) throws InterruptedException {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/-/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void measure(String what, String url, int seconds) throws Exception {
    AtomicLong number = new AtomicLong();
    AtomicLong singles = new AtomicLong();
    single(url, WARM_UP, singles);
    String alone = single(url, seconds, singles);
    bulk(url, 3, number, new ConcurrentHistogram(3)); // warm
    Histogram posts = new ConcurrentHistogram(3);
    double accepted = bulk(url, seconds, number, posts);
    String amongMany = single(url, seconds, singles);
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.1f / %.1f | %s | %s |%n",
        what,
        accepted,
        posts.getValueAtPercentile(50) / 1e3,
        posts.getValueAtPercentile(99) / 1e3,
        alone,
        amongMany);
  }

  /** As many as it takes, in batches, over a few connections. */
  private double bulk(String url, int seconds, AtomicLong number, Histogram posts)
      throws Exception {
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    var senders = Executors.newFixedThreadPool(CONNECTIONS);
    AtomicLong accepted = new AtomicLong();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      all.add(
          senders.submit(
              () -> {
                while (System.nanoTime() < end) {
                  StringBuilder body = new StringBuilder("[");
                  for (int k = 0; k < BATCH; k++) {
                    // Half of them were there before, as with a Prometheus that repeats itself.
                    long n = k % 2 == 0 ? number.incrementAndGet() : number.get() / 2;
                    body.append(k == 0 ? "" : ",")
                        .append(alert("bulk", "b" + n, "shop\":\"" + n % 50));
                  }
                  long start = System.nanoTime();
                  post(url, body.append(']').toString());
                  posts.recordValue((System.nanoTime() - start) / 1_000);
                  accepted.addAndGet(BATCH);
                }
                return null;
              }));
    }
    for (Future<?> each : all) {
      each.get();
    }
    senders.shutdown();
    return accepted.get() / ((System.nanoTime() - begun) / 1e9);
  }

  /**
   * One at a time, each a group of its own, at a steady rate whatever the answers take.
   *
   * @return how long from post to receiver, p50, p99 and most, and how many never came
   */
  private String single(String url, int seconds, AtomicLong number) throws Exception {
    sent.clear();
    latency.reset();
    ScheduledExecutorService pace = Executors.newScheduledThreadPool(16);
    pace.scheduleAtFixedRate(
        () -> {
          String id = "l" + number.incrementAndGet();
          pace.execute(
              () -> {
                sent.put(id, System.nanoTime());
                post(url, "[" + alert("single", id, "shop\":\"" + id) + "]");
              });
        },
        0,
        1_000_000 / PER_SECOND,
        TimeUnit.MICROSECONDS);
    TimeUnit.SECONDS.sleep(seconds);
    pace.shutdown();
    for (int i = 0; i < 100 && !sent.isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return String.format(
        Locale.ROOT,
        "%.0f / %.0f / %.0f, %d",
        latency.getValueAtPercentile(50) / 1e3,
        latency.getValueAtPercentile(99) / 1e3,
        latency.getMaxValue() / 1e3,
        sent.size());
  }

  private static String alert(String kind, String id, String more) {
    return "{\"labels\":{\"alertname\":\"Load\",\"kind\":\""
        + kind
        + "\",\"id\":\""
        + id
        + "\",\""
        + more
        + "\"},\"annotations\":{\"summary\":\"load\"}}";
  }

  private void post(String url, String body) {
    try {
      int status =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/api/v2/alerts"))
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      if (status != 200) {
        System.err.println("HTTP " + status);
      }
    } catch (IOException e) {
      System.err.println(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
