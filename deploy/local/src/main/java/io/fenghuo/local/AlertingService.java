package io.fenghuo.local;

import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Database;
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
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Alerting in this JVM: its database, its path, its topic and its HTTP side. */
final class AlertingService implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private Path routing;
  private String address;
  private String databaseUrl;
  private Alerting alerting;

  private AlertingService() {}

  /**
   * Starts it all.
   *
   * @param routing the routing file, or null for the one in the data folder, which is made from the
   *     example when there is none
   */
  static AlertingService start(DataFolder folder, KafkaAddress kafka, int port, Path routing) {
    AlertingService service = new AlertingService();
    try {
      service.open(folder, kafka, port, routing);
      return service;
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void open(DataFolder folder, KafkaAddress kafka, int port, Path given) {
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
    EmbeddedDatabase server =
        keep(
            EmbeddedDatabase.start(
                folder.path().resolve("postgres"), folder.path().resolve("postgres-programs")));
    databaseUrl = server.url();
    Database database = keep(server.open());
    // The pid makes it another than the one before, whose leases may not have ended.
    String owner = "up-" + ProcessHandle.current().pid();
    alerting = keep(new Alerting(database, source, InstantSource.system(), owner));
    HttpApi api =
        keep(HttpApi.start(alerting, new Access(LoopbackPort.HOST, port, Optional.empty())));
    alerting.start();
    KafkaInbox inbox =
        keep(
            new KafkaInbox(
                consumer(kafka), database, alerting.inbox(), source, InstantSource.system()));
    inbox.start();
    address = api.address();
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
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
              file,
              StandardCharsets.UTF_8,
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.APPEND));
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

  /** The database server it stands on. */
  String databaseUrl() {
    return databaseUrl;
  }

  /** Last started, first stopped; the database outlives all that use it. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        System.getLogger(AlertingService.class.getName())
            .log(
                System.Logger.Level.WARNING, part.getClass().getSimpleName() + " does not stop", e);
      }
    }
  }
}
