package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UpTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private final int kafkaPort = LoopbackPort.free();

  @Test
  void servesShowsFiguresStopsInOrderAndGoesOn() throws Exception {
    Running first = start();
    await().atMost(PATIENCE).until(() -> first.said("READY"));
    await().atMost(PATIENCE).until(() -> first.said("decisions/s (PASS "));

    CommandRun tailed =
        CommandRun.of(
            "tail",
            "decisions",
            "--from-beginning",
            "--max",
            "5",
            "--timeout",
            "60",
            "--kafka",
            "127.0.0.1:" + kafkaPort);
    assertThat(tailed.out().lines())
        .hasSize(5)
        .allMatch(line -> line.contains("\"outcome\":\"PASS\""));

    CommandRun second = run(new StopSignal(), new StringWriter(), LoopbackPort.free(), "none");
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("Another Fenghuo runs on");

    assertThat(first.stop()).isZero();
    assertThat(first.said("no checkpoint: beginning with empty state")).isTrue();
    assertThat(first.said("stopped; ")).isTrue();

    Running again = start();
    await().atMost(PATIENCE).until(() -> again.said("READY"));
    assertThat(again.said("going on from checkpoint")).isTrue();
    assertThat(again.stop()).isZero();
  }

  private Running start() {
    StopSignal stop = new StopSignal();
    StringWriter out = new StringWriter();
    return new Running(
        stop,
        out,
        CompletableFuture.supplyAsync(
            () -> {
              CommandRun ended = run(stop, out, kafkaPort, "mixed");
              out.append(ended.err());
              return ended.exitCode();
            }));
  }

  private CommandRun run(StopSignal stop, StringWriter out, int kafkaPort, String scenario) {
    StringWriter err = new StringWriter();
    int exitCode =
        Fenghuo.settled(
                new CommandLine(new Up(stop, up -> List.of(passEveryOrder(up)))),
                new PrintWriter(out),
                new PrintWriter(err))
            .execute(
                "--data-dir", folder.toString(),
                "--kafka-port", String.valueOf(kafkaPort),
                "--flink-port", String.valueOf(LoopbackPort.free()),
                "--metrics-port", String.valueOf(LoopbackPort.free()),
                "--alerting-port", String.valueOf(LoopbackPort.free()),
                "--console-port", String.valueOf(LoopbackPort.free()),
                "--simulate", scenario,
                "--state-memory", "64");
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** A job in place of the risk job: every order passes. */
  static JobPlan passEveryOrder(Up up) {
    String kafka = up.kafka().toString();
    return new JobPlan("pass", Set.of(Stream.ORDERS), env -> passEveryOrder(env, kafka));
  }

  private static void passEveryOrder(StreamExecutionEnvironment env, String kafka) {
    KafkaSource<byte[]> orders =
        KafkaSource.<byte[]>builder()
            .setBootstrapServers(kafka)
            .setTopics(Stream.ORDERS.topic())
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new Bytes())
            .build();
    KafkaSink<byte[]> decisions =
        KafkaSink.<byte[]>builder()
            .setBootstrapServers(kafka)
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(
                KafkaRecordSerializationSchema.<byte[]>builder()
                    .setTopic(Stream.DECISIONS.topic())
                    .setValueSerializationSchema(new Bytes())
                    .build())
            .build();
    env.fromSource(orders, WatermarkStrategy.noWatermarks(), "orders")
        .uid("orders")
        .map(UpTest::pass)
        .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .uid("pass")
        .sinkTo(decisions)
        .uid("decisions");
  }

  private static byte[] pass(byte[] bytes) throws Exception {
    EventCodec codec = EventCodec.singleObject();
    OrderEvent order = codec.decode(bytes, OrderEvent.class);
    return codec.encode(
        Decision.newBuilder()
            .setDecisionId(order.getOrderId() + "/0")
            .setOrderId(order.getOrderId())
            .setRevision(0)
            .setEventId(order.getEventId())
            .setEventTime(order.getEventTime())
            .setDecisionTime(System.currentTimeMillis())
            .setOutcome(Outcome.PASS)
            .setScore(0)
            .setHits(List.of())
            .setEvidence(List.of())
            .setReason(new Text("通过", "passed"))
            .setRuleSetVersion("none")
            .build());
  }

  /** Bytes as they are. */
  private static final class Bytes
      implements DeserializationSchema<byte[]>, SerializationSchema<byte[]> {

    private static final long serialVersionUID = 1L;

    @Override
    public byte[] deserialize(byte[] message) throws IOException {
      return message;
    }

    @Override
    public boolean isEndOfStream(byte[] next) {
      return false;
    }

    @Override
    public byte[] serialize(byte[] element) {
      return element;
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
      return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
  }

  private record Running(StopSignal signal, StringWriter out, CompletableFuture<Integer> exitCode) {

    boolean said(String text) {
      if (exitCode.isDone() && exitCode.join() != 0) {
        throw new AssertionError("up ended: " + out);
      }
      return out.toString().contains(text);
    }

    int stop() throws Exception {
      signal.request();
      return exitCode.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
