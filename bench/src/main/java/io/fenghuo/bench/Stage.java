package io.fenghuo.bench;

import io.fenghuo.local.LoopbackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A broker, and one job at a time, each in a JVM of its own. */
final class Stage implements AutoCloseable {

  static final String BROKER_HEAP = "1g";
  static final String JOB_HEAP = "2g";

  private final Path folder;
  private final ChildJvm broker;
  private final String kafka;
  private int jobs;

  private Stage(Path folder, ChildJvm broker, String kafka) {
    this.folder = folder;
    this.broker = broker;
    this.kafka = kafka;
  }

  /** Starts the broker on what the folder already holds. */
  static Stage open(Path folder) throws IOException {
    Files.createDirectories(folder);
    int port = LoopbackPort.free();
    ChildJvm broker =
        ChildJvm.start(
            BrokerProcess.class,
            BROKER_HEAP,
            folder.resolve("broker.err"),
            folder.resolve("kafka").toString(),
            String.valueOf(port));
    return new Stage(folder, broker, "127.0.0.1:" + port);
  }

  String kafka() {
    return kafka;
  }

  long brokerPid() {
    return broker.pid();
  }

  Path folder() {
    return folder;
  }

  /**
   * Starts a job with empty state, which reads the topics from their beginning.
   *
   * @param kind {@code floor} or a rule set
   */
  ChildJvm job(String kind) throws IOException {
    return job(kind, "bench-" + System.nanoTime());
  }

  private ChildJvm job(String kind, String group) throws IOException {
    Path own = folder.resolve("job-" + ++jobs);
    delete(own);
    Files.createDirectories(own);
    return ChildJvm.start(
        JobProcess.class,
        JOB_HEAP,
        own.resolve("job.err"),
        own.toString(),
        String.valueOf(LoopbackPort.free()),
        String.valueOf(LoopbackPort.free()),
        kafka,
        group,
        kind);
  }

  /** Starts a job with empty state, which reads only what is written from now on. */
  ChildJvm jobFromNowOn(String kind) throws Exception {
    String group = "bench-" + System.nanoTime();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      Map<TopicPartition, OffsetSpec> latest =
          admin
              .describeTopics(List.of("orders", "payments", "logins", "traffic", "lists"))
              .allTopicNames()
              .get()
              .values()
              .stream()
              .flatMap(
                  topic ->
                      topic.partitions().stream()
                          .map(part -> new TopicPartition(topic.name(), part.partition())))
              .collect(Collectors.toMap(part -> part, part -> OffsetSpec.latest()));
      Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(latest).all().get();
      admin
          .alterConsumerGroupOffsets(
              group,
              ends.entrySet().stream()
                  .collect(
                      Collectors.toMap(
                          Map.Entry::getKey, e -> new OffsetAndMetadata(e.getValue().offset()))))
          .all()
          .get();
    }
    return job(kind, group);
  }

  /** Bytes of the newest job's checkpoints: its state as RocksDB holds it. */
  long stateBytes() {
    return size(folder.resolve("job-" + jobs).resolve("checkpoints"));
  }

  private static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException e) {
      // checkpoints come and go meanwhile
      return -1;
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Override
  public void close() {
    broker.close();
    for (int job = 1; job <= jobs; job++) {
      try {
        delete(folder.resolve("job-" + job));
      } catch (IOException e) {
        // left for `mvn clean`
      }
    }
  }
}
