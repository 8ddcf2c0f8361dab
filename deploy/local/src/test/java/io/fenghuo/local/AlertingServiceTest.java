package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topic of a real broker to a robot's message, across a stop and a start. */
class AlertingServiceTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path temporary;

  @Test
  void anAlertInTheTopicBecomesOneMessageAndIsNotToldAgainAfterARestart() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    HttpServer robot = HttpServer.create(new InetSocketAddress(LoopbackPort.HOST, 0), 0);
    robot.createContext(
        "/",
        exchange -> {
          received.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] ok = "{\"errcode\":0}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, ok.length);
          exchange.getResponseBody().write(ok);
          exchange.close();
        });
    robot.start();
    Path routing = temporary.resolve("routing.yml");
    Files.writeString(
        routing,
        "global: { allow_private_hosts: [127.0.0.1] }\n"
            + "route: { receiver: ding, group_by: [alertname], group_wait: 0s, group_interval: 1s }\n"
            + "receivers: [ { name: ding, dingtalk_configs: [ { endpoint: \"http://127.0.0.1:"
            + robot.getAddress().getPort()
            + "/robot/send\", robots: [ { token: token } ] } ] } ]\n");
    int kafkaPort = LoopbackPort.free();
    KafkaAddress address = new KafkaAddress(LoopbackPort.HOST, kafkaPort);
    try (DataFolder folder = DataFolder.open(temporary.resolve("data"));
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.kafka(), kafkaPort)) {
      kafka.createTopics(Topics.all());
      try (AlertingService alerting =
          AlertingService.start(folder, address, Listening.here(), Optional.empty(), routing)) {
        publish(address, "payment/down");
        await().atMost(LIMIT).until(() -> received.size() == 1);
      }
      assertThat(received.get(0)).contains("支付方式不可用");
      try (AlertingService alerting =
          AlertingService.start(folder, address, Listening.here(), Optional.empty(), routing)) {
        publish(address, "payment/slow");
        await().atMost(LIMIT).until(() -> received.size() >= 2);
        publish(address, "payment/last");
        await().atMost(LIMIT).until(() -> received.size() >= 3);
      }
      assertThat(received).hasSize(3);
      assertThat(received).filteredOn(body -> body.contains("payment/down")).hasSize(1);
    } finally {
      robot.stop(0);
    }
  }

  private static void publish(KafkaAddress kafka, String rule) throws Exception {
    byte[] alert =
        EventCodec.singleObject()
            .encode(
                Alert.newBuilder()
                    .setAlertId(rule + "-1")
                    .setFingerprint(rule)
                    .setRuleId(rule)
                    .setMode(RuleMode.LIVE)
                    .setSeverity(Severity.CRITICAL)
                    .setLabels(Map.of("rule", rule, "method", "ALIPAY"))
                    .setAnnotations(Map.of("summary_zh", "支付方式不可用 " + rule))
                    .setStartsAt(System.currentTimeMillis())
                    .build());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.toString()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>("alerts", rule.getBytes(StandardCharsets.UTF_8), alert))
          .get();
    }
  }
}
