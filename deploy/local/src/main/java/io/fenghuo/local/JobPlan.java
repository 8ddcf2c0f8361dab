package io.fenghuo.local;

import io.fenghuo.schemas.Stream;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code up} runs on Flink.
 *
 * @param name as Flink's page shows it
 * @param reads the streams its Kafka sources read; it serves once it has been given each of them
 * @param job builds it
 */
record JobPlan(String name, Set<Stream> reads, Job job) {

  Set<String> topics() {
    return reads.stream().map(Stream::topic).collect(Collectors.toSet());
  }
}
