package io.fenghuo.console;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.RoutingSource;
import io.fenghuo.console.access.OpenIdSettings;
import io.fenghuo.console.health.Jobs;
import io.fenghuo.console.health.Pulse;
import io.fenghuo.console.read.Retention;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole console on a new database, with fakes at Kafka's and Flink's edge. */
final class TestConsole implements AutoCloseable {

  static final String SHOP_TOKEN = "a token of the shop's programs";
  static final int MOST_WAITING = 20;

  private static final String HASH =
      Password.hash(Visitor.OWN)
          .addRandomSalt(16)
          .with(Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID))
          .getResult();

  static final RuleInfo BURST =
      new RuleInfo(
          "order/burst",
          "短时间内大量下单",
          "Burst of orders",
          "risk-team",
          "LIVE",
          "REVIEW",
          60,
          1,
          "when: OrderEvent(type = OrderType.CREATED and user.orders_10m >= 5 and user.spend_1h >="
              + " 2000000)",
          1);

  static final WatchInfo CAMPAIGN =
      new WatchInfo(
          "campaign/singles-day",
          "campaign",
          "双十一",
          "11.11",
          "campaign",
          null,
          "",
          List.of(new WatchInfo.Target("gmv", "成交额", "money paid", "gmv_paid", 1_000)));

  static final RuleInfo LARGE =
      new RuleInfo(
          "order/large",
          "大额订单",
          "Large order",
          "risk-team",
          "SHADOW",
          "REVIEW",
          60,
          1,
          "when: OrderEvent(type = OrderType.CREATED and amount >= 3000000)",
          1);

  final String url = TestDatabase.freshUrl();
  final FakeTopics topics = new FakeTopics();
  final FakeOutgoing outgoing = new FakeOutgoing();
  final ConsoleDatabase database;
  final Database alertingDatabase;
  final Alerting alerting;
  final InstantSource clock;
  private final Path routing;
  private Optional<OpenIdSettings> openId = Optional.empty();

  /** Who brings approved modes into force, or null when the jobs are run elsewhere. */
  FakeRuleJobs jobs;

  private Console console;
  private Visitor admin;

  TestConsole() {
    this(InstantSource.system());
  }

  TestConsole(InstantSource clock) {
    this.clock = clock;
    try {
      routing = Files.createTempFile("routing", ".yml");
      Files.writeString(
          routing,
          "route: { receiver: a, group_by: [rule], group_wait: 0s }\nreceivers: [ { name: a } ]\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.alertingDatabase = Database.open(new Postgres.Login(url, "postgres", new Secret("")));
    this.alerting =
        new Alerting(
            alertingDatabase,
            RoutingSource.of(routing, new PrintWriter(Writer.nullWriter())),
            clock,
            "test");
    this.database = ConsoleDatabase.open(new Postgres.Login(url, "postgres", new Secret("")));
  }

  /** From the next start on also with sign-in at a provider. */
  TestConsole with(OpenIdSettings settings) {
    openId = Optional.of(settings);
    return this;
  }

  TestConsole start() {
    return start(true);
  }

  TestConsole start(boolean authentication) {
    console =
        Console.start(
            new ConsoleSettings(
                "127.0.0.1",
                0,
                authentication,
                Optional.of(new Secret(SHOP_TOKEN)),
                openId,
                ZoneId.of("Asia/Shanghai"),
                "test",
                Retention.STANDARD,
                Duration.ofMinutes(30),
                MOST_WAITING,
                List.of(
                    new FigureInfo(
                        "gmv_paid",
                        "支付金额",
                        "GMV paid",
                        "fen",
                        "exact",
                        List.of("MINUTE", "DAY"),
                        List.of("method"),
                        "trade")),
                List.of(BURST, LARGE),
                List.of(
                    new WatchInfo(
                        "sla/availability",
                        "objective",
                        "可用性",
                        "Availability",
                        "platform",
                        0.999,
                        "",
                        List.of()),
                    CAMPAIGN)),
            new Console.Surroundings(
                database,
                alerting,
                patience -> topics.consumer(),
                outgoing,
                () -> List.of(new Jobs.Job("risk", "RUNNING", 0, 3L, null, 1_000L)),
                new Pulse() {
                  @Override
                  public double eventsPerSecond() {
                    return 12.5;
                  }

                  @Override
                  public Map<String, Long> lag() {
                    return Map.of("orders", 7L);
                  }
                },
                Optional.ofNullable(jobs),
                () -> Map.of("fenghuo", "test"),
                clock));
    return this;
  }

  /** Stops the console and nothing else. */
  void stop() {
    if (console != null) {
      console.close();
      console = null;
    }
  }

  Console console() {
    return console;
  }

  Visitor visitor() {
    return new Visitor(console.address());
  }

  /** The administrator, who has chosen a password. */
  synchronized Visitor admin() {
    if (admin == null) {
      admin = account("admin", "admin");
    }
    return admin;
  }

  /** Somebody new with these roles, signed in. */
  Visitor somebody(String name, String... roles) {
    return account(name, roles);
  }

  /** Past the API: a password takes a tenth of a second to hash, and all have the same. */
  private Visitor account(String name, String... roles) {
    database.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "insert into account (name, password, roles, must_change_password, created_at)"
                        + " values (:name, :hash, :roles, false, now()) on conflict (name) do update"
                        + " set password = :hash, must_change_password = false")
                .bind("name", name)
                .bind("hash", HASH)
                .bind("roles", roles)
                .execute());
    return visitor().signIn(name, Visitor.OWN);
  }

  long count(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  Instant now() {
    return clock.instant();
  }

  @Override
  public void close() {
    stop();
    alerting.close();
    database.close();
    alertingDatabase.close();
    try {
      Files.deleteIfExists(routing);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
