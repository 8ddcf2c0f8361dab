package io.fenghuo.local;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.Console;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.ConsoleSettings;
import io.fenghuo.console.KafkaOutgoing;
import io.fenghuo.console.access.OpenIdSettings;
import io.fenghuo.console.health.FlinkRest;
import io.fenghuo.console.health.KafkaPulse;
import io.fenghuo.console.read.Retention;
import io.fenghuo.console.rules.ModeRequests;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/** The console in this JVM, on alerting's PostgreSQL server and this machine's Kafka. */
final class ConsoleService implements AutoCloseable {

  private static final Duration REVIEW_PROMISE = Duration.ofMinutes(30);

  /** Ten seconds, the longest wait, of 200 orders a second; each holds a connection. */
  private static final int MOST_WAITING = 2_000;

  private final Parts parts = new Parts();
  private Console console;
  private Path shopToken;

  private ConsoleService() {}

  /**
   * Starts it.
   *
   * @param flink where Flink's web page will be; it need not be there yet
   * @param rules those in force; told of the modes people approved
   * @param login false lets everybody on this machine do everything
   * @param openId where people may sign in beside accounts with a password
   */
  static ConsoleService start(
      DataFolder folder,
      KafkaAddress kafka,
      AlertingService alerting,
      URI flink,
      RulesInForce rules,
      ZoneId zone,
      int port,
      boolean login,
      Optional<OpenIdSettings> openId) {
    ConsoleService service = new ConsoleService();
    try {
      service.open(folder, kafka, alerting, flink, rules, zone, port, login, openId);
      return service;
    } catch (RuntimeException e) {
      service.parts.closeAfter(e);
      throw e;
    }
  }

  private void open(
      DataFolder folder,
      KafkaAddress kafka,
      AlertingService alerting,
      URI flink,
      RulesInForce rules,
      ZoneId zone,
      int port,
      boolean login,
      Optional<OpenIdSettings> openId) {
    ConsoleCatalogue catalogue = ConsoleCatalogue.of(rules.files(), zone);
    ConsoleDatabase database =
        parts.keep(DatabaseServer.tables(alerting.login(), ConsoleDatabase::open));
    ModeRequests modes = new ModeRequests(database);
    rules.begin(catalogue.version(), modes.inForce(), modes.onTheirWay());
    KafkaOutgoing outgoing = parts.keep(new KafkaOutgoing(producer(kafka)));
    KafkaPulse pulse =
        parts.keep(
            new KafkaPulse(
                Admin.create(Map.of("bootstrap.servers", kafka.toString())),
                List.of("fenghuo-risk", "fenghuo-monitor")));
    pulse.start();
    console =
        parts.keep(
            Console.start(
                new ConsoleSettings(
                    LoopbackPort.HOST,
                    port,
                    login,
                    Optional.of(shopToken(folder)),
                    openId,
                    zone,
                    Fenghuo.VERSION,
                    Retention.STANDARD,
                    REVIEW_PROMISE,
                    MOST_WAITING,
                    catalogue.figures(),
                    catalogue.rules(),
                    catalogue.watches()),
                new Console.Surroundings(
                    database,
                    alerting.alerting(),
                    patience -> consumer(kafka, patience),
                    outgoing,
                    new FlinkRest(flink, InstantSource.system()),
                    pulse,
                    Optional.of(rules),
                    () -> versions(rules),
                    InstantSource.system())));
  }

  private static Map<String, String> versions(RulesInForce rules) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("fenghuo", Fenghuo.VERSION);
    versions.put("ruleSet", rules.version());
    versions.put("java", System.getProperty("java.version"));
    versions.put("flink", EnvironmentInformation.getVersion());
    versions.put("kafka", AppInfoParser.getVersion());
    return versions;
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaAddress kafka, Duration patience) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.toString());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    if (!patience.isZero()) {
      // Record by record, a busy shop's topics would keep the broker busy with fetches.
      settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 256 << 10);
      settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) patience.toMillis());
    }
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Somebody waits for what it sends: it gives up soon. */
  private static KafkaProducer<String, byte[]> producer(KafkaAddress kafka) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.toString());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** What the shop's programs bring to ask for decisions; made once and readable by the owner. */
  private Secret shopToken(DataFolder folder) {
    shopToken = folder.path().resolve("shop-token");
    try {
      if (!Files.exists(shopToken)) {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.createFile(
            shopToken,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(shopToken, HexFormat.of().formatHex(random));
      }
      return new Secret(Files.readString(shopToken).strip());
    } catch (IOException e) {
      throw new CommandFailure(shopToken + " cannot be used: " + e, "Look at the data folder.", e);
    }
  }

  /** As {@code http://127.0.0.1:8080}. */
  String address() {
    return console.address();
  }

  /** The administrator's one-time password, as long as nobody has a password of their own. */
  Optional<Secret> firstPassword() {
    return console.firstPassword();
  }

  /** The file with the token for {@code /api/v1/decide}. */
  Path shopToken() {
    return shopToken;
  }

  @Override
  public void close() {
    parts.close();
  }
}
