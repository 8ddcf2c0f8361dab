package io.fenghuo.pipelines;

import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Where jobs meet Kafka. */
final class KafkaEdge {

  private KafkaEdge() {}

  /**
   * What stands in these topics, decoded, each record once.
   *
   * @param patience how long a record may wait for more to be fetched with it; zero for not at all
   */
  static DataStream<Arrival> read(
      StreamExecutionEnvironment env,
      List<String> topics,
      String name,
      Duration patience,
      JobSettings<?> settings) {
    Properties properties = new Properties();
    // Without patience a fetch is answered as soon as there is a byte, or after a while with none.
    properties.setProperty("fetch.min.bytes", patience.isZero() ? "1" : String.valueOf(128 << 10));
    properties.setProperty(
        "fetch.max.wait.ms", patience.isZero() ? "100" : String.valueOf(patience.toMillis()));
    // Small enough that with many partitions to catch up on, none has to wait so long that it looks
    // silent.
    properties.setProperty("max.partition.fetch.bytes", String.valueOf(256 << 10));
    properties.setProperty("partition.discovery.interval.ms", "60000");
    properties.setProperty("client.id.prefix", settings.group());
    // Whoever sets one of these knows why.
    properties.putAll(settings.kafkaProperties());
    KafkaSource<Arrival> source =
        KafkaSource.<Arrival>builder()
            .setBootstrapServers(settings.kafka())
            .setTopics(topics)
            .setGroupId(settings.group())
            .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
            .setDeserializer(new Intake(settings))
            .setProperties(properties)
            .build();
    return env.fromSource(
            new InStepSource<>(source), new EventClock(settings), name, PackedType.ARRIVAL)
        .uid(name);
  }

  /** Writes records to a stream's topic, at least once. */
  static void publish(
      DataStream<Outgoing> records, Stream stream, String name, JobSettings<?> settings) {
    Properties properties = new Properties();
    properties.putAll(settings.kafkaProperties());
    // Kafka 4 waits 5 ms by default to fill a batch; a decision is worth more than a fuller batch.
    // Figures come by the thousand, once a second.
    properties.setProperty("linger.ms", stream == Stream.KPIS ? "10" : "1");
    properties.setProperty("acks", "all");
    properties.setProperty("enable.idempotence", "true");
    // Batches of a millisecond are small; a compressor would allocate 128 kB for each.
    properties.setProperty("compression.type", "none");
    properties.setProperty("max.request.size", String.valueOf(4 << 20));
    KafkaSink<Outgoing> sink =
        KafkaSink.<Outgoing>builder()
            .setBootstrapServers(settings.kafka())
            // The default guarantee is NONE, which loses what is under way in a failure.
            // EXACTLY_ONCE would hold every
            // decision back until the next checkpoint; ids are derived, so a repeat changes
            // nothing.
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(new ToTopic(stream.topic()))
            .setKafkaProducerConfig(properties)
            .build();
    records.sinkTo(sink).name(name).uid(name);
  }
}
