package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The alerts raised so far: one for each rule, key and piece of time. */
final class Alarms {

  private final Map<String, Alert> alerts = new LinkedHashMap<>();

  void hit(RuleSet.Head rule, String entity, Event trigger, Function<String, Object> names) {
    if (rule.alert() == null || entity == null || trigger.key(entity) == null) {
      return;
    }
    long piece = Math.floorDiv(trigger.time(), rule.alert().every());
    raise(rule, entity, trigger.key(entity), piece, trigger.time(), names);
  }

  /**
   * Runs the clocks of one deadline over the whole stream. Everything here goes by time alone: an
   * end at the very time of the start counts, whatever its id, and at its last millisecond a clock
   * is still open, for it can still be met.
   */
  void runClocks(RuleSet.Deadline deadline, List<Event> events) {
    if (deadline.head().alert() == null) {
      return;
    }
    Map<String, List<Event>> starts = byKey(deadline.start(), deadline.key(), events);
    Map<String, List<Event>> ends = byKey(deadline.end(), deadline.key(), events);
    starts.forEach(
        (key, startsOfKey) -> {
          long openUntil = Long.MIN_VALUE;
          for (Event start : startsOfKey) {
            if (start.time() > openUntil) {
              openUntil = runClock(deadline, key, start, ends.getOrDefault(key, List.of()));
            }
          }
        });
  }

  List<Alert> sorted() {
    return alerts.values().stream()
        .sorted(Comparator.comparingLong(Alert::getStartsAt).thenComparing(Alert::getAlertId))
        .toList();
  }

  /** Returns when the clock stops. */
  private long runClock(RuleSet.Deadline deadline, String key, Event start, List<Event> ends) {
    long due = start.time() + deadline.within();
    boolean met = false;
    long stops = due;
    for (Event end : ends) {
      if (end.time() >= start.time() - deadline.lookback() && end.time() <= due) {
        met = true;
        stops = Math.min(stops, Math.max(end.time(), start.time()));
      }
    }
    if (!met) {
      String entity = Event.entityOfKeyField(deadline.key());
      raise(deadline.head(), entity, key, due, due, start::get);
    }
    return stops;
  }

  private static Map<String, List<Event>> byKey(Filter filter, String field, List<Event> events) {
    Map<String, List<Event>> byKey = new HashMap<>();
    String entity = Event.entityOfKeyField(field);
    for (Event event : events) {
      if (event.key(entity) != null && filter.matches(event)) {
        byKey.computeIfAbsent(event.key(entity), key -> new ArrayList<>()).add(event);
      }
    }
    return byKey;
  }

  private void raise(
      RuleSet.Head rule,
      String entity,
      String key,
      long piece,
      long startsAt,
      Function<String, Object> names) {
    String fingerprint = rule.id() + "|" + key;
    String alertId = fingerprint + "|" + piece;
    if (alerts.containsKey(alertId)) {
      return;
    }
    Text summary = Texts.fill(rule.alert().summary(), names);
    Map<String, String> labels =
        Map.of(
            "rule",
            rule.id(),
            "entity",
            entity,
            "key",
            key,
            "severity",
            rule.alert().severity().name().toLowerCase(Locale.ROOT));
    Map<String, String> annotations =
        Map.of("summary_zh", summary.getZh(), "summary_en", summary.getEn());
    alerts.put(
        alertId,
        new Alert(
            alertId,
            fingerprint,
            rule.id(),
            rule.mode(),
            rule.alert().severity(),
            labels,
            annotations,
            null,
            null,
            startsAt,
            null));
  }
}
