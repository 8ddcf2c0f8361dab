package io.fenghuo.bench;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Text;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.UndecodableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The least that any engine on Kafka, Flink and RocksDB does: Kafka → decode → keyBy user → one
 * read and one write of 200 bytes → encode → Kafka. Same topics, codec, Flink settings and client
 * settings as the risk job; every event crosses the network stack whole, once; for every order
 * created one decision goes out.
 */
final class FloorJob {

  static final String TOPIC = "floor-decisions";

  private static final int STATE_BYTES = 200;
  private static final TypeInformation<Tuple3<String, Boolean, byte[]>> EVENT =
      Types.TUPLE(
          Types.STRING, Types.BOOLEAN, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  private static final TypeInformation<Tuple2<String, byte[]>> DECISION =
      Types.TUPLE(Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  private FloorJob() {}

  // Flink's own signature still takes Kafka's deprecated strategy.
  @SuppressWarnings("deprecation")
  static void build(StreamExecutionEnvironment env, String kafka, String group, boolean every) {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(200));
    flink.set(PipelineOptions.MAX_PARALLELISM, 128);
    env.configure(flink);
    // As RiskJob.read.
    KafkaSource<Tuple3<String, Boolean, byte[]>> source =
        KafkaSource.<Tuple3<String, Boolean, byte[]>>builder()
            .setBootstrapServers(kafka)
            .setTopics(
                Stream.ORDERS.topic(),
                Stream.PAYMENTS.topic(),
                Stream.LOGINS.topic(),
                Stream.TRAFFIC.topic())
            .setGroupId(group)
            .setStartingOffsets(
                OffsetsInitializer.committedOffsets(
                    org.apache.kafka.clients.consumer.OffsetResetStrategy.EARLIEST))
            .setDeserializer(new Decode())
            .setProperty("fetch.min.bytes", "1")
            .setProperty("fetch.max.wait.ms", "100")
            .setProperty("partition.discovery.interval.ms", "60000")
            .setProperty("max.partition.fetch.bytes", JobProcess.MOST_FETCHED)
            .setProperty("client.id.prefix", "fenghuo-floor")
            .build();
    // As RiskJob.publish.
    Properties producer = new Properties();
    producer.setProperty("linger.ms", "1");
    producer.setProperty("acks", "all");
    producer.setProperty("enable.idempotence", "true");
    producer.setProperty("compression.type", "none");
    KafkaSink<Tuple2<String, byte[]>> sink =
        KafkaSink.<Tuple2<String, byte[]>>builder()
            .setBootstrapServers(kafka)
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(new Encoded())
            .setKafkaProducerConfig(producer)
            .build();
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "read", EVENT)
        .uid("read")
        .keyBy(event -> event.f0, Types.STRING)
        .process(new TouchState(every), DECISION)
        .name("touch")
        .uid("touch")
        .sinkTo(sink)
        .name("publish")
        .uid("publish");
  }

  /** The user; of an event without one the visitor, the device or the event itself. */
  private static String key(SpecificRecord record) {
    if (record instanceof OrderEvent order) {
      return first(order.getUserId(), order.getDeviceId(), order.getEventId());
    } else if (record instanceof PaymentEvent payment) {
      return first(payment.getUserId(), payment.getDeviceId(), payment.getEventId());
    } else if (record instanceof LoginEvent login) {
      return first(login.getUserId(), login.getDeviceId(), login.getEventId());
    } else if (record instanceof TrafficEvent traffic) {
      return first(traffic.getUserId(), traffic.getVisitorId(), traffic.getEventId());
    }
    throw new IllegalArgumentException(record.getSchema().getName());
  }

  private static String first(String a, String b, String c) {
    return a != null ? a : b != null ? b : c;
  }

  private static final class Decode
      implements KafkaRecordDeserializationSchema<Tuple3<String, Boolean, byte[]>> {

    private static final long serialVersionUID = 1L;

    private transient EventCodec codec;

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      codec = EventCodec.singleObject();
    }

    @Override
    public void deserialize(
        ConsumerRecord<byte[], byte[]> kafka, Collector<Tuple3<String, Boolean, byte[]>> out)
        throws IOException {
      try {
        SpecificRecord record = codec.decode(kafka.value());
        boolean created =
            record instanceof OrderEvent order && order.getType() == OrderType.CREATED;
        out.collect(Tuple3.of(key(record), created, kafka.value()));
      } catch (UndecodableException e) {
        throw new IOException(e);
      }
    }

    @Override
    public TypeInformation<Tuple3<String, Boolean, byte[]>> getProducedType() {
      return EVENT;
    }
  }

  private static final class TouchState
      extends KeyedProcessFunction<
          String, Tuple3<String, Boolean, byte[]>, Tuple2<String, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final boolean every;
    private transient ValueState<byte[]> state;
    private transient EventCodec codec;

    TouchState(boolean every) {
      this.every = every;
    }

    @Override
    public void open(OpenContext context) {
      codec = EventCodec.singleObject();
      state =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("state", BytePrimitiveArraySerializer.INSTANCE));
    }

    @Override
    public void processElement(
        Tuple3<String, Boolean, byte[]> event,
        Context context,
        Collector<Tuple2<String, byte[]>> out)
        throws Exception {
      byte[] bytes = state.value();
      if (bytes == null) {
        bytes = new byte[STATE_BYTES];
      }
      ByteBuffer counter = ByteBuffer.wrap(bytes);
      counter.putLong(0, counter.getLong(0) + 1);
      state.update(bytes);
      if (event.f1) {
        // One event in fifteen is decoded a second time; carrying its fields beside it costs as
        // much.
        OrderEvent order = codec.decode(event.f2, OrderEvent.class);
        out.collect(Tuple2.of(order.getOrderId(), codec.encode(pass(order))));
      } else if (every) {
        out.collect(Tuple2.of(event.f0, codec.encode(pass(event.f0))));
      }
    }

    /** The smallest decision there is, so that nothing but the key need be known. */
    private static Decision pass(String key) {
      return Decision.newBuilder()
          .setDecisionId(key)
          .setOrderId(key)
          .setRevision(0)
          .setEventId(key)
          .setEventTime(0)
          .setDecisionTime(System.currentTimeMillis())
          .setOutcome(Outcome.PASS)
          .setScore(0)
          .setHits(List.of())
          .setEvidence(List.of())
          .setLists(List.of())
          .setReason(new Text("未命中规则", "no rule matched"))
          .setRuleSetVersion("0000000000000000")
          .build();
    }

    /**
     * The same record, with the same fields filled, as the risk job's for an order that nothing
     * speaks against.
     */
    private static Decision pass(OrderEvent order) {
      return Decision.newBuilder()
          .setDecisionId(order.getOrderId() + "#0@" + order.getEventId())
          .setOrderId(order.getOrderId())
          .setRevision(0)
          .setEventId(order.getEventId())
          .setEventTime(order.getEventTime())
          .setDecisionTime(System.currentTimeMillis())
          .setOutcome(Outcome.PASS)
          .setScore(0)
          .setUserId(order.getUserId())
          .setAmount(order.getAmount())
          .setCurrency(order.getCurrency())
          .setHits(List.of())
          .setEvidence(List.of())
          .setLists(List.of())
          .setReason(new Text("未命中规则", "no rule matched"))
          .setRuleSetVersion("0000000000000000")
          .build();
    }
  }

  private static final class Encoded
      implements KafkaRecordSerializationSchema<Tuple2<String, byte[]>> {

    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Tuple2<String, byte[]> decision, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(TOPIC, decision.f0.getBytes(StandardCharsets.UTF_8), decision.f1);
    }
  }
}
