package io.fenghuo.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Apache Kafka in this JVM: broker and controller in one node (KRaft), on loopback, with all
 * its data in one folder. Starting again on the same folder, also after a kill, gives the same
 * cluster with the same records.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

  private static final int NODE_ID = 1;
  private static final String CONTROLLER_LISTENER = "CONTROLLER";
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(30);

  private final KafkaRaftServer server;
  private final String bootstrapServers;
  private boolean closed;

  private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts the broker and returns when it serves.
   *
   * @param folder holds the broker's data; made if it does not exist
   * @param port where clients connect, on the loopback address
   */
  public static EmbeddedKafka start(Path folder, int port) {
    LoopbackPort.requireFree("Kafka", port, "--kafka-port");
    Path data = folder.toAbsolutePath();
    sayWhyBeforeHalting(data);
    KafkaRaftServer server = null;
    try {
      Files.createDirectories(data);
      formatOnce(data);
      server = new KafkaRaftServer(new KafkaConfig(settings(data, port)), Time.SYSTEM);
      server.startup();
      return new EmbeddedKafka(server, LoopbackPort.HOST + ":" + port);
    } catch (Exception e) {
      if (server != null) {
        server.shutdown();
      }
      throw new CommandFailure(
          "Kafka did not start on " + data + ": " + e.getMessage(),
          "The log file has the whole story. If the folder's data may go, delete it and start"
              + " again.",
          e);
    }
  }

  /** HOST:PORT for clients. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Makes those of the topics that do not exist yet; the others stay as they are. Returns when the
   * broker leads every partition of them: an idempotent producer whose first batches are turned
   * away (NOT_LEADER_OR_FOLLOWER) while later ones are let in is refused for
   * OUT_OF_ORDER_SEQUENCE_NUMBER until its delivery timeout.
   */
  public void createTopics(Collection<NewTopic> topics) {
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(settings)) {
      Set<String> known = admin.listTopics().names().get(ADMIN_LIMIT.toSeconds(), TimeUnit.SECONDS);
      Map<Boolean, List<NewTopic>> byKnown =
          topics.stream().collect(Collectors.partitioningBy(topic -> known.contains(topic.name())));
      CreateTopicsResult made = admin.createTopics(byKnown.get(false));
      List<TopicPartition> partitions = new ArrayList<>();
      for (NewTopic topic : byKnown.get(false)) {
        int count = made.numPartitions(topic.name()).get(ADMIN_LIMIT.toSeconds(), TimeUnit.SECONDS);
        for (int i = 0; i < count; i++) {
          partitions.add(new TopicPartition(topic.name(), i));
        }
      }
      List<String> kept = byKnown.get(true).stream().map(NewTopic::name).toList();
      for (TopicDescription topic :
          admin
              .describeTopics(kept)
              .allTopicNames()
              .get(ADMIN_LIMIT.toSeconds(), TimeUnit.SECONDS)
              .values()) {
        topic
            .partitions()
            .forEach(one -> partitions.add(new TopicPartition(topic.name(), one.partition())));
      }
      awaitLeaders(settings, partitions);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw new CommandFailure(
          "Kafka did not create its topics: " + e.getMessage(),
          "Is there space left on the disk? The log file has the whole story.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted while creating topics.", "Start again.", e);
    }
  }

  /**
   * Asks for the end of every partition, which only its leader tells. A consumer asks again by
   * itself while the broker has not heard of a topic its controller has made; an admin does not.
   */
  private static void awaitLeaders(Map<String, Object> settings, List<TopicPartition> partitions) {
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.endOffsets(partitions, ADMIN_LIMIT);
    }
  }

  /** Stops the broker in order: what it acknowledged is on disk and found at the next start. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // A broker whose disk is gone can hang in its orderly stop; the process must still end.
    Thread stopping = new Thread(server::shutdown, "kafka-stop");
    stopping.setDaemon(true);
    stopping.start();
    try {
      stopping.join(STOP_LIMIT.toMillis());
      if (stopping.isAlive()) {
        LOG.warn(
            "Kafka did not stop within {} s; its log is recovered at the next start",
            STOP_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives the folder its cluster id, the first time only: the id makes it the same cluster. */
  private static void formatOnce(Path data) throws Exception {
    if (Files.exists(data.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
      return;
    }
    PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    new Formatter()
        .setPrintStream(silent)
        .setNodeId(NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName(CONTROLLER_LISTENER)
        .setMetadataLogDirectory(data.toString())
        .addDirectory(data.toString())
        .run();
  }

  private static Properties settings(Path data, int port) throws IOException {
    // Only this node talks to its controller, and the quorum of one is not written to disk, so the
    // controller's port may differ from start to start and need not be an option.
    int controllerPort = LoopbackPort.free();
    String host = LoopbackPort.HOST;
    Properties settings = new Properties();

    settings.put("process.roles", "broker,controller");
    settings.put("node.id", String.valueOf(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@" + host + ":" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listeners",
        "PLAINTEXT://"
            + host
            + ":"
            + port
            + ","
            + CONTROLLER_LISTENER
            + "://"
            + host
            + ":"
            + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://" + host + ":" + port);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.put("log.dirs", data.toString());

    // A misspelt topic must be an error, not a new topic.
    settings.put("auto.create.topics.enable", "false");

    // One node: every internal topic has one copy, and few partitions to open and recover.
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");

    // A small machine shared with Flink: few threads, small buffers.
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("log.cleaner.threads", "1");
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(16 << 20));
    settings.put("log.cleaner.io.buffer.size", String.valueOf(128 << 10));
    settings.put("log.segment.bytes", String.valueOf(128 << 20));
    settings.put("log.index.size.max.bytes", String.valueOf(2 << 20));

    // Consumers in this JVM come and go one by one; nobody is worth waiting for.
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.retention.hours", String.valueOf(Topics.RETENTION.toHours()));
    return settings;
  }

  /** Kafka ends the process itself on a fatal fault such as a full disk; say so before it does. */
  private static void sayWhyBeforeHalting(Path data) {
    Exit.setHaltProcedure(
        (status, message) -> {
          LOG.error("Kafka stops the process: {}", message);
          System.err.println(
              "Kafka stopped on a fault it cannot survive (is the disk of "
                  + data
                  + " full?)."
                  + " The log file has the whole story; start again when it is mended.");
          System.err.flush();
          Runtime.getRuntime().halt(status);
        });
  }
}
