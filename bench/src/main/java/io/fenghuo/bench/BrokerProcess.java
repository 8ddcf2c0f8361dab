package io.fenghuo.bench;

import io.fenghuo.local.EmbeddedKafka;
import io.fenghuo.schemas.Stream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A JVM with Kafka in it, so that its time and heap are nobody else's. Ends when its input ends.
 */
final class BrokerProcess {

  private static final Map<String, String> CONFIG =
      Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1");

  private BrokerProcess() {}

  /**
   * @param args folder, port
   */
  public static void main(String[] args) throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
    kafka.createTopics(topics());
    ChildJvm.serve(
        command -> {
          throw new IllegalArgumentException(command);
        });
    kafka.close();
    Runtime.getRuntime().halt(0);
  }

  /**
   * A consumer takes turns between partitions and takes as many bytes of each. So that a backlog is
   * read in about the order it was written, and the mix of events stays as it was, a topic has
   * partitions by its share of bytes.
   */
  private static List<NewTopic> topics() {
    List<NewTopic> topics = new ArrayList<>();
    for (Stream stream : Stream.values()) {
      int partitions =
          switch (stream) {
            case TRAFFIC -> 14;
            case ORDERS, LOGINS, DECISIONS -> 4;
            default -> 2;
          };
      topics.add(new NewTopic(stream.topic(), partitions, (short) 1).configs(CONFIG));
    }
    topics.add(new NewTopic(FloorJob.TOPIC, 4, (short) 1).configs(CONFIG));
    return topics;
  }
}
