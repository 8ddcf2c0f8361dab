package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.alerting.config.RoutingSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real {@code amtool} and {@code prometheus}, unmodified, as Debian packages them. */
class RealPeersTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HEARD = "select sum(count) from tally where name = 'received'";

  @TempDir Path folder;
  private Database database;
  private Alerting alerting;
  private HttpApi api;

  @BeforeEach
  void open() throws IOException {
    Path file = folder.resolve("routing.yml");
    Files.writeString(
        file,
        """
        route:
          receiver: team
          group_by: [alertname]
          routes: [ { matchers: [ severity="critical" ], receiver: duty } ]
        receivers: [ { name: team }, { name: duty } ]
        """);
    database = TestDatabase.fresh();
    alerting =
        new Alerting(
            database,
            RoutingSource.of(file, new PrintWriter(System.out)),
            InstantSource.system(),
            "peers");
    api = HttpApi.start(alerting, new Access("127.0.0.1", 0, Optional.empty()));
    alerting.start();
  }

  @AfterEach
  void close() {
    api.close();
    alerting.close();
    database.close();
  }

  private static boolean installed(String program) {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  private String amtool(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/amtool", "--alertmanager.url=" + api.address()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            // It warns there when its version is older than the one whose ways are ours.
            .redirectError(folder.resolve("amtool.err").toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(said + Files.readString(folder.resolve("amtool.err")))
        .isZero();
    return said;
  }

  @Test
  void amtoolAddsAndSeesAlertsAndSilences() throws Exception {
    assumeTrue(
        installed("amtool"), "amtool is not installed: apt-get install prometheus-alertmanager");
    amtool("alert", "add", "Down", "city=bj", "severity=critical", "--annotation=summary=payments");
    assertThat(amtool("alert")).contains("Down", "payments", "active");
    assertThat(amtool("alert", "query", "city=sh")).doesNotContain("Down");
    assertThat(amtool("alert", "query", "-r", "duty", "-o", "json")).contains("\"fingerprint\"");
    String id =
        amtool("silence", "add", "city=bj", "--comment=deploy", "--author=wang", "--duration=1h")
            .strip();
    assertThat(amtool("silence", "query")).contains(id.substring(0, 8), "city=\"bj\"", "deploy");
    assertThat(amtool("alert")).doesNotContain("Down");
    assertThat(amtool("alert", "query", "--silenced")).contains("Down", "suppressed");
    assertThat(amtool("silence", "update", "--duration=2h", id)).isNotBlank();
    amtool("silence", "expire", id);
    assertThat(amtool("silence", "query")).doesNotContain(id.substring(0, 8));
    assertThat(amtool("silence", "query", "--expired", "--within=1h")).contains(id.substring(0, 8));
    assertThat(amtool("alert")).contains("Down");
    assertThat(amtool("config", "show")).contains("receiver: team");
    assertThat(amtool("config", "routes", "show")).contains("severity=\"critical\"");
    assertThat(amtool("config", "routes", "test", "severity=critical")).contains("duty");
    assertThat(amtool("cluster", "show")).contains("disabled");
  }

  /** A Prometheus that pushes one alert each second while it burns. */
  private record Prometheus(Process process, int port) implements AutoCloseable {

    /** How many pushes were refused. */
    long refused() throws IOException, InterruptedException {
      String metrics =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return metrics
          .lines()
          .filter(line -> line.startsWith("prometheus_notifications_errors_total{"))
          .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
          .sum();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroy();
      process.waitFor(20, TimeUnit.SECONDS);
    }
  }

  private Prometheus prometheus(String burns, int target) throws IOException {
    assumeTrue(installed("prometheus"), "prometheus is not installed: apt-get install prometheus");
    Path rules = folder.resolve("rules.yml");
    Files.writeString(
        rules,
        "groups: [{name: g, interval: 1s, rules: [{alert: Burns, expr: '"
            + burns
            + "', labels: {city: bj}, annotations: {summary: it burns}}]}]");
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: { evaluation_interval: 1s }
        rule_files: [ %s ]
        alerting: { alertmanagers: [ { static_configs: [ { targets: [ "127.0.0.1:%d" ] } ] } ] }
        """
            .formatted(rules, target));
    Path log = folder.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                "/usr/bin/prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:0",
                "--rules.alert.resend-delay=1s")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Pattern listens = Pattern.compile("Listening on\" address=127\\.0\\.0\\.1:(\\d+)");
    Matcher port =
        await().atMost(LIMIT).until(() -> listens.matcher(Files.readString(log)), Matcher::find);
    return new Prometheus(process, Integer.parseInt(port.group(1)));
  }

  @Test
  void prometheusPushesAnAlertAndItsEnd() throws Exception {
    long end = System.currentTimeMillis() / 1000 + 20;
    try (Prometheus prometheus = prometheus("vector(time()) < " + end, api.port())) {
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  count(
                          "select count(*) from alert where labels ->> 'city' = 'bj' and ended_at is null")
                      == 1);
      assertThat(count("select count(*) from alert_group")).isEqualTo(1);
      await()
          .atMost(LIMIT)
          .until(() -> count("select count(*) from alert where ended_as = 'resolved'") == 1);
    }
  }

  /** What is refused while the database is away, Prometheus keeps and pushes again. */
  @Test
  void prometheusDeliversWhatWasRefusedWhileTheDatabaseWasAway() throws Exception {
    String url = TestDatabase.freshUrl();
    String team =
        """
        global: { allow_private_hosts: [127.0.0.1] }
        route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s }
        receivers: [ { name: team, webhook_configs: [ { url: URL(team) } ] } ]
        """;
    try (CutLine line = new CutLine(url);
        Story story = new Story(Database.on(line.pool(url)), team, "team");
        HttpApi pushed =
            HttpApi.start(story.alerting(), new Access("127.0.0.1", 0, Optional.empty()))) {
      story.alerting().start();
      line.cut();
      try (Prometheus prometheus = prometheus("vector(1) > 0", pushed.port())) {
        await().atMost(LIMIT).ignoreExceptions().until(() -> prometheus.refused() >= 3);
        assertThat(story.receiver("team").received()).isEmpty();
        line.mend();
        await().atMost(LIMIT).until(() -> !story.receiver("team").received().isEmpty());
        // It goes on pushing, and nobody hears of it again.
        long heard = story.count(HEARD);
        await().atMost(LIMIT).until(() -> story.count(HEARD) > heard + 2);
        assertThat(story.receiver("team").received()).hasSize(1);
      }
    }
  }

  private long count(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }
}
