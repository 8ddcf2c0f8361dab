package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.api.Access;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerting on a PostgreSQL that is not ours, with a password, listening for others too. */
class OwnDatabaseTest {

  private static final String PASSWORD = "correct-horse";
  private static final String TOKEN = "a-token-of-enough-characters";

  @TempDir static Path shared;
  @TempDir Path temporary;

  private static EmbeddedDatabase server;
  private static String url;

  @BeforeAll
  static void aServerThatWantsAPassword() throws Exception {
    server = EmbeddedDatabase.start(shared.resolve("data"), shared.resolve("programs"));
    execute(
        "create role fenghuo login password '" + PASSWORD + "'",
        "create database fenghuo owner fenghuo",
        "create database newer owner fenghuo");
    Path access = shared.resolve("data/pg_hba.conf");
    Files.writeString(
        access, "host all fenghuo 127.0.0.1/32 scram-sha-256\n" + Files.readString(access));
    execute("select pg_reload_conf()");
    url = server.login().url().replaceFirst("/postgres.*", "/fenghuo");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void execute(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection(server.login().url(), "postgres", "");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(temporary.resolve(name), text + "\n");
  }

  private CommandRun up(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "up";
    arguments[1] = "--data-dir";
    arguments[2] = temporary.resolve("data").toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return CommandRun.of(withFreePorts(arguments));
  }

  private static String[] withFreePorts(String[] arguments) {
    String[] all = new String[arguments.length + 10];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    int i = arguments.length;
    for (String port : new String[] {"kafka", "flink", "metrics", "alerting", "console"}) {
      all[i++] = "--" + port + "-port";
      all[i++] = Integer.toString(LoopbackPort.free());
    }
    return all;
  }

  @Test
  void alertingKeepsItsTablesThereAndAnswersOnlyWhoBringsTheToken() throws Exception {
    Postgres.Login login = new Postgres.Login(url, "fenghuo", new Secret(PASSWORD));
    Access access = new Access("0.0.0.0", LoopbackPort.free(), Optional.of(new Secret(TOKEN)));
    KafkaAddress nobody = new KafkaAddress(LoopbackPort.HOST, LoopbackPort.free());
    try (DataFolder folder = DataFolder.open(temporary.resolve("data"));
        AlertingService alerting =
            AlertingService.start(
                folder, nobody, access, Optional.of(OwnDatabase.at(login)), null)) {
      String here = "http://127.0.0.1:" + access.port();
      assertThat(push(here, "")).isEqualTo(401);
      assertThat(push(here, "Bearer another-token-of-length")).isEqualTo(401);
      assertThat(push(here, "Bearer " + TOKEN)).isEqualTo(200);
      assertThat(
              alerting
                  .alerting()
                  .database()
                  .<String>read(
                      handle ->
                          handle
                              .createQuery(
                                  "select current_database() || ' ' || (labels ->> 'alertname')"
                                      + " from alert")
                              .mapTo(String.class)
                              .one()))
          .isEqualTo("fenghuo Own");
      assertThat(Files.exists(folder.path().resolve("postgres"))).isFalse();
    }
  }

  private static int push(String address, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/api/v2/alerts"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("[{\"labels\":{\"alertname\":\"Own\"}}]"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() throws Exception {
    CommandRun wrong =
        up(
            "--database-url",
            url,
            "--database-password-file",
            file("password", "not-" + PASSWORD).toString());
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err())
        .contains(url + " does not let fenghuo in", "--database-password-file")
        .doesNotContain(PASSWORD);
    assertThat(wrong.out()).doesNotContain(PASSWORD);
    assertThat(up("--database-url", url).err()).contains("does not let fenghuo in");
  }

  @Test
  void aDatabaseThatIsNotThereIsSaid() {
    String nobody = "postgresql://127.0.0.1:" + LoopbackPort.free() + "/fenghuo";
    CommandRun run = up("--database-url", nobody);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("No PostgreSQL answers at jdbc:" + nobody);
    CommandRun unnamed =
        up("--database-url", url.replace("/fenghuo", "/none"), "--database-user", "postgres");
    assertThat(unnamed.err()).contains("database \"none\" does not exist");
  }

  @Test
  void tablesOfANewerFenghuoAreLeftAlone() throws Exception {
    Postgres.Login login =
        new Postgres.Login(url.replace("/fenghuo", "/newer"), "fenghuo", new Secret(PASSWORD));
    try (Database database = Database.open(login)) {
      database.useTransaction(
          handle ->
              handle.execute(
                  "insert into flyway_schema_history (installed_rank, version, description, type,"
                      + " script, checksum, installed_by, execution_time, success) values"
                      + " (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'fenghuo', 1, true)"));
    }
    assertThatThrownBy(() -> DatabaseServer.tables(login, Database::open))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("newer Fenghuo")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anAddressThatOthersReachNeedsAToken() throws Exception {
    CommandRun open = up("--alerting-host", "0.0.0.0");
    assertThat(open.exitCode()).isEqualTo(2);
    assertThat(open.err()).contains("--alerting-host", "expected: a loopback address, or a token");
    CommandRun weak =
        up(
            "--alerting-host",
            "0.0.0.0",
            "--alerting-token-file",
            file("token", "short").toString());
    assertThat(weak.exitCode()).isEqualTo(2);
    assertThat(weak.err()).contains("at least 16 characters").doesNotContain("short\n");
  }

  @Test
  void aPasswordAmongTheArgumentsIsRefusedWithoutBeingRepeated() {
    CommandRun run = up("--database-url", "postgresql://fenghuo:" + PASSWORD + "@db/fenghuo");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--database-password-file").doesNotContain(PASSWORD);
  }

  @Test
  void aSecretComesFromAFileOrFromTheEnvironment() throws Exception {
    Map<String, String> environment = Map.of("NAME", "outside\n");
    assertThat(GivenSecret.read("--file", null, "NAME", environment))
        .contains(new Secret("outside"));
    assertThat(GivenSecret.read("--file", file("secret", "inside"), "NAME", environment))
        .contains(new Secret("inside"));
    assertThat(GivenSecret.read("--file", null, "OTHER", environment)).isEmpty();
    assertThatThrownBy(
            () -> GivenSecret.read("--file", temporary.resolve("none"), "NAME", environment))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--file");
  }
}
