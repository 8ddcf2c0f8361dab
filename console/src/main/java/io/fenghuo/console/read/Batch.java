package io.fenghuo.console.read;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What was read and is not stored yet, with how far it goes. Of records of the same id only one is
 * kept, since one statement cannot write a row twice.
 */
final class Batch {

  /** Where a dead letter itself stands in its topic does not matter: its origin names it. */
  final Map<String, Decision> decisions = new LinkedHashMap<>();

  final Map<String, EventRow> events = new LinkedHashMap<>();
  final Map<String, KpiPoint> figures = new LinkedHashMap<>();
  final Map<String, Alert> alerts = new LinkedHashMap<>();
  final Map<String, DeadLetter> deadLetters = new LinkedHashMap<>();
  final Map<TopicPartition, Long> next = new HashMap<>();
  private int records;

  void readTo(TopicPartition partition, long nextOffset) {
    next.merge(partition, nextOffset, Math::max);
    records++;
  }

  void add(Stream stream, SpecificRecord record) {
    if (record instanceof Decision decision) {
      decisions.put(decision.getDecisionId(), decision);
    } else if (record instanceof KpiPoint point) {
      if (point.getWindow() != Window.SECOND) {
        figures.merge(Stream.KPIS.keyOf(point), point, StoredFigures::newer);
      }
    } else if (record instanceof Alert alert) {
      alerts.put(alert.getAlertId() + "|" + alert.getStartsAt(), alert);
    } else if (record instanceof DeadLetter letter) {
      deadLetters.put(
          letter.getTopic() + "-" + letter.getPartition() + "-" + letter.getOffset(), letter);
    } else {
      EventRow.of(stream, record).ifPresent(row -> events.put(row.eventId(), row));
    }
  }

  /** Records read, also those of which nothing is stored. */
  int records() {
    return records;
  }

  /** Each record in a batch of its own, with no offsets: to find the one that cannot be stored. */
  List<Batch> singles() {
    List<Batch> singles = new ArrayList<>();
    decisions.forEach((key, each) -> single(singles).decisions.put(key, each));
    events.forEach((key, each) -> single(singles).events.put(key, each));
    figures.forEach((key, each) -> single(singles).figures.put(key, each));
    alerts.forEach((key, each) -> single(singles).alerts.put(key, each));
    deadLetters.forEach((key, each) -> single(singles).deadLetters.put(key, each));
    return singles;
  }

  /** Only how far it goes. */
  Batch offsetsOnly() {
    Batch only = new Batch();
    only.next.putAll(next);
    return only;
  }

  private static Batch single(List<Batch> singles) {
    Batch batch = new Batch();
    singles.add(batch);
    return batch;
  }
}
