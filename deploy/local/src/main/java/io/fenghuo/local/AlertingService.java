package io.fenghuo.local;

import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.alerting.api.HttpApi;
import io.fenghuo.alerting.config.ConfigException;
import io.fenghuo.alerting.config.RoutingSource;
import io.fenghuo.alerting.inbox.KafkaInbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Alerting in this JVM: its database, its path, its topic and its HTTP side. */
final class AlertingService implements AutoCloseable {

  private final Parts parts = new Parts();
  private Path routing;
  private String address;
  private Postgres.Login login;
  private Alerting alerting;

  private AlertingService() {}

  /**
   * Starts it all.
   *
   * @param access where it listens and who may call
   * @param own a database of one's own, or empty for one in the data folder
   * @param routing the routing file, or null for the one in the data folder, which is made from the
   *     example when there is none
   */
  static AlertingService start(
      DataFolder folder,
      KafkaAddress kafka,
      Access access,
      Optional<DatabaseServer> own,
      Path routing) {
    AlertingService service = new AlertingService();
    try {
      service.open(folder, kafka, access, own, routing);
      return service;
    } catch (RuntimeException e) {
      service.parts.closeAfter(e);
      throw e;
    }
  }

  private void open(
      DataFolder folder,
      KafkaAddress kafka,
      Access access,
      Optional<DatabaseServer> own,
      Path given) {
    routing = given == null ? standardRouting(folder) : given;
    RoutingSource source;
    try {
      source = RoutingSource.of(routing, messages(folder));
    } catch (ConfigException wrong) {
      throw new CommandFailure(
          "The routing file cannot be used:\n" + wrong.getMessage(),
          "Mend it and check it with `./fenghuo alerts check " + routing + "`.",
          wrong);
    }
    DatabaseServer server = parts.keep(own.orElseGet(() -> embedded(folder)));
    login = server.login();
    Database database = parts.keep(DatabaseServer.tables(login, Database::open));
    // The pid makes it another than the one before, whose leases may not have ended.
    String owner = "up-" + ProcessHandle.current().pid();
    alerting = parts.keep(new Alerting(database, source, InstantSource.system(), owner));
    HttpApi api = parts.keep(HttpApi.start(alerting, access));
    alerting.start();
    KafkaInbox inbox =
        parts.keep(
            new KafkaInbox(
                consumer(kafka), database, alerting.inbox(), source, InstantSource.system()));
    inbox.start();
    address = api.address();
  }

  private static DatabaseServer embedded(DataFolder folder) {
    return EmbeddedDatabase.start(
        folder.path().resolve("postgres"), folder.path().resolve("postgres-programs"));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaAddress kafka) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", kafka.toString(),
            "group.id", "fenghuo-alerting",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "max.poll.records", "500"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Path standardRouting(DataFolder folder) {
    Path file = folder.path().resolve("routing.yml");
    if (!Files.exists(file)) {
      try (InputStream example =
          AlertingService.class.getResourceAsStream("/io/fenghuo/alerting/routing.yml")) {
        Files.copy(example, file);
      } catch (IOException e) {
        throw new CommandFailure(
            file + " cannot be written: " + e, "Give one with --routing FILE.", e);
      }
    }
    return file;
  }

  /** What console channels print to: the terminal has its own line. */
  private static PrintWriter messages(DataFolder folder) {
    try {
      Path file = folder.logs().resolve("messages.log");
      Files.createDirectories(folder.logs());
      return new PrintWriter(
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new CommandFailure(
          "messages.log cannot be written: " + e, "Look at the data folder.", e);
    }
  }

  /** As {@code http://127.0.0.1:9093}. */
  String address() {
    return address;
  }

  Path routing() {
    return routing;
  }

  /** The path of an alert, for whoever shows it. */
  Alerting alerting() {
    return alerting;
  }

  /** Where its tables are, for whoever has tables of their own there. */
  Postgres.Login login() {
    return login;
  }

  @Override
  public void close() {
    parts.close();
  }
}
