package io.fenghuo.local;

import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics behind the streams, as one machine needs them. */
final class Topics {

  static final int PARTITIONS = 4;
  static final Duration RETENTION = Duration.ofDays(7);

  private Topics() {}

  /** Every stream's topic. */
  static List<NewTopic> all() {
    return Arrays.stream(Stream.values())
        .map(stream -> stream.compacted() ? compacted(stream.topic()) : events(stream.topic()))
        .toList();
  }

  /**
   * A topic of events. Kafka stamps the records on arrival: a producer that sends last year's
   * events, or whose clock is wrong, must not have them deleted as old.
   */
  static NewTopic events(String name) {
    return new NewTopic(name, PARTITIONS, (short) 1)
        .configs(
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", String.valueOf(RETENTION.toMillis()),
                "message.timestamp.type", "LogAppendTime"));
  }

  /** A topic of which only the last record of a key counts, kept for ever. */
  static NewTopic compacted(String name) {
    return new NewTopic(name, PARTITIONS, (short) 1)
        .configs(
            Map.of(
                "cleanup.policy", "compact",
                "retention.ms", "-1",
                "message.timestamp.type", "LogAppendTime"));
  }
}
