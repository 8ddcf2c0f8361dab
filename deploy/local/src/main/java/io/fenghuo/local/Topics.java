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
  static final Duration FIGURES_RETENTION = Duration.ofDays(40);

  private Topics() {}

  /** Every stream's topic. */
  static List<NewTopic> all() {
    return Arrays.stream(Stream.values()).map(Topics::of).toList();
  }

  private static NewTopic of(Stream stream) {
    if (stream == Stream.KPIS) {
      return figures(stream.topic());
    }
    return stream.compacted() ? compacted(stream.topic()) : events(stream.topic());
  }

  /**
   * A topic of figures: of each window the last record counts, and seconds of last month are of no
   * use to anybody.
   */
  private static NewTopic figures(String name) {
    return new NewTopic(name, PARTITIONS, (short) 1)
        .configs(
            Map.of(
                "cleanup.policy", "compact,delete",
                "retention.ms", String.valueOf(FIGURES_RETENTION.toMillis()),
                "message.timestamp.type", "LogAppendTime"));
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
