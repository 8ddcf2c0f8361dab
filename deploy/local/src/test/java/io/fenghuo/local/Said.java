package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.reference.Agreement;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Everything the job has said so far, read from its topics. */
record Said(List<Decision> decisions, List<Alert> alerts, List<DeadLetter> dead) {

  static Said on(String kafka) throws Exception {
    return new Said(
        read(kafka, Stream.DECISIONS, Decision.class),
        read(kafka, Stream.ALERTS, Alert.class),
        read(kafka, Stream.DEAD_LETTERS, DeadLetter.class));
  }

  static <T extends SpecificRecord> List<T> read(String kafka, Stream stream, Class<T> type)
      throws Exception {
    EventCodec codec = EventCodec.singleObject();
    List<T> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(stream.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          records.add(codec.decode(record.value(), type));
        }
      }
    }
    return records;
  }

  /** Decisions by id; what was said twice must have been the same. */
  List<Decision> distinctDecisions() {
    Map<String, Decision> byId = new LinkedHashMap<>();
    for (Decision decision : decisions) {
      Decision copy = Decision.newBuilder(decision).build();
      copy.setDecisionTime(0);
      Decision before = byId.putIfAbsent(copy.getDecisionId(), copy);
      assertThat(before == null ? copy : before).as("said twice").isEqualTo(copy);
    }
    return List.copyOf(byId.values());
  }

  private List<Alert> distinctAlerts() {
    Map<String, Alert> byId = new LinkedHashMap<>();
    for (Alert alert : alerts) {
      Alert before = byId.putIfAbsent(alert.getAlertId(), alert);
      assertThat(before == null ? alert : before).as("said twice").isEqualTo(alert);
    }
    return List.copyOf(byId.values());
  }

  private static String place(Decision decision) {
    return decision.getOrderId() + "#" + decision.getRevision();
  }

  void assertAgreesWith(String what, ReferenceEvaluator.Result expected) {
    Agreement.check(what, expected, distinctDecisions(), distinctAlerts());
  }

  /** Of each created order one revision 0, then each more severe than the one before. */
  void assertOneLineOfRevisionsFor(String what, Set<String> created) {
    Map<String, TreeMap<Integer, Decision>> byOrder = new HashMap<>();
    Map<String, Set<String>> ids = new HashMap<>();
    for (Decision decision : distinctDecisions()) {
      byOrder
          .computeIfAbsent(decision.getOrderId(), order -> new TreeMap<>())
          .put(decision.getRevision(), decision);
      ids.computeIfAbsent(place(decision), place -> new TreeSet<>()).add(decision.getDecisionId());
    }
    assertThat(byOrder.keySet()).as(what).isEqualTo(created);
    assertThat(ids.values()).as(what).allMatch(set -> set.size() == 1);
    byOrder.forEach(
        (order, revisions) -> {
          int number = 0;
          Decision before = null;
          for (Decision decision : revisions.values()) {
            assertThat(decision.getRevision()).as("%s, %s", what, order).isEqualTo(number++);
            if (before != null) {
              assertThat(decision.getOutcome())
                  .as("%s, %s", what, order)
                  .isGreaterThan(before.getOutcome());
            }
            before = decision;
          }
        });
  }

  static Set<String> created(Collection<? extends SpecificRecord> events) {
    Set<String> created = new TreeSet<>();
    for (SpecificRecord event : events) {
      if (event instanceof OrderEvent order && order.getType() == OrderType.CREATED) {
        created.add(order.getOrderId());
      }
    }
    return created;
  }
}
