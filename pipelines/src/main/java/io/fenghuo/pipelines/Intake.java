package io.fenghuo.pipelines;

import io.fenghuo.pipelines.Admission.Refusal;
import io.fenghuo.rules.Event;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.HttpSchemaRegistry;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.ResourceSample;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * First step: Kafka record → arrival. Never throws for what a sender wrote: every record comes out
 * exactly once.
 */
final class Intake implements KafkaRecordDeserializationSchema<Arrival> {

  private static final long serialVersionUID = 1L;
  private static final int MOST_DEAD_BYTES = 64 << 10;
  private static final int LONGEST_DETAIL = 1_000;

  /** An event travels to every entity it concerns, and lies in each one's journal. */
  private static final int MOST_EVENT_BYTES = 64 << 10;

  private final JobSettings<?> settings;
  private transient Admission admission;
  private transient EventCodec wire;
  private transient EventCodec plain;
  private transient MetricGroup group;
  private transient Map<Stream, Counter> delayed;

  Intake(JobSettings<?> settings) {
    this.settings = settings;
  }

  /** The codec of the topics, by the settings. */
  static EventCodec wire(JobSettings<?> settings) {
    return settings.registry() == null
        ? EventCodec.singleObject()
        : EventCodec.confluent(new HttpSchemaRegistry(URI.create(settings.registry())));
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    admission =
        new Admission(
            settings.oldest(), settings.future().toMillis(), settings.behind().toMillis());
    group = context.getMetricGroup().addGroup("fenghuo");
    delayed = new EnumMap<>(Stream.class);
    wire = wire(settings);
    plain = settings.registry() == null ? wire : EventCodec.singleObject();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<Arrival> out) {
    out.collect(arrival(kafka, System.currentTimeMillis()));
  }

  Arrival arrival(ConsumerRecord<byte[], byte[]> kafka, long now) {
    SpecificRecord record;
    try {
      Optional<ListEntry> removal = removal(kafka);
      record = removal.isPresent() ? removal.get() : wire.decode(kafka.value());
    } catch (UndecodableException undecodable) {
      return dead(kafka, undecodable.reason(), undecodable.detail(), null);
    }
    if (kafka.value() != null && kafka.value().length > MOST_EVENT_BYTES) {
      return dead(
          kafka,
          UndecodableException.TOO_LARGE,
          kafka.value().length + " bytes (expected: at most " + MOST_EVENT_BYTES + ")",
          null);
    }
    Stream stream = Stream.ofTopic(kafka.topic()).orElse(null);
    if (stream == null || !stream.recordClass().isInstance(record)) {
      return dead(
          kafka,
          "wrong_stream",
          record.getSchema().getName()
              + " in "
              + kafka.topic()
              + " (expected: "
              + (stream == null ? "no such stream" : stream.schema().getName())
              + ")",
          null);
    }
    Refusal refusal = admission.refuse(record, kafka.timestamp(), now);
    if (refusal != null) {
      String host =
          record instanceof ResourceSample sample && !sample.getHost().isBlank()
              ? brief(sample.getHost())
              : null;
      return dead(kafka, refusal.reason(), refusal.detail(), host);
    }
    if (record instanceof ListEntry entry) {
      return Arrival.of(entry);
    }
    Event event = new Event(record, plain == wire ? kafka.value() : plain.encode(record));
    if (admission.isDelayed(event.time(), kafka.timestamp())) {
      // Orders and visits may come late for good reasons, and count; but somebody should know.
      delayed
          .computeIfAbsent(
              stream, s -> group.addGroup("stream", s.topic()).counter("delayed_events"))
          .inc();
    }
    return Arrival.of(event);
  }

  /** A tombstone in the compacted topic of lists takes its entry off. */
  private static Optional<ListEntry> removal(ConsumerRecord<byte[], byte[]> kafka)
      throws UndecodableException {
    if (kafka.value() != null
        || kafka.key() == null
        || !kafka.topic().equals(Stream.LISTS.topic())) {
      return Optional.empty();
    }
    String key = new String(kafka.key(), StandardCharsets.UTF_8);
    int first = key.indexOf(':');
    int last = key.lastIndexOf(':');
    boolean readable =
        first > 0
            && first < last
            && Arrays.stream(ListKind.values())
                .anyMatch(kind -> kind.name().equals(key.substring(last + 1)));
    return readable
        ? Optional.of(
            ListEntry.newBuilder()
                .setEntity(key.substring(0, first))
                .setValue(key.substring(first + 1, last))
                .setList(ListKind.valueOf(key.substring(last + 1)))
                .setReason("removed")
                .setRemoved(true)
                .build())
        : Optional.empty();
  }

  private static Arrival dead(
      ConsumerRecord<byte[], byte[]> kafka, String reason, String detail, String host) {
    byte[] value = kafka.value() == null ? new byte[0] : kafka.value();
    return Arrival.of(
        DeadLetter.newBuilder()
            .setTopic(kafka.topic())
            .setPartition(kafka.partition())
            .setOffset(kafka.offset())
            .setTimestamp(kafka.timestamp())
            .setReason(reason)
            .setDetail(detail == null ? "" : brief(detail))
            .setKey(kafka.key() == null ? null : ByteBuffer.wrap(cut(kafka.key())))
            .setValue(ByteBuffer.wrap(cut(value)))
            .setValueLength(value.length)
            .setHost(host)
            .build());
  }

  /** A detail quotes what was sent, which may be of any length. */
  private static String brief(String detail) {
    return detail.length() <= LONGEST_DETAIL
        ? detail
        : detail.substring(0, LONGEST_DETAIL - 1) + "…";
  }

  private static byte[] cut(byte[] bytes) {
    return bytes.length <= MOST_DEAD_BYTES ? bytes : Arrays.copyOf(bytes, MOST_DEAD_BYTES);
  }

  @Override
  public TypeInformation<Arrival> getProducedType() {
    return PackedType.ARRIVAL;
  }
}
