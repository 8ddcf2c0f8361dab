package io.fenghuo.rules.reference;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.TrafficEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * What has happened to each entity up to the triggering event, which is always the last one added.
 * Every window is a scan backwards from the end.
 */
final class Journals {

  private static final int SLICE = 200;

  private static final List<Schema> TYPES =
      List.of(
          OrderEvent.getClassSchema(),
          PaymentEvent.getClassSchema(),
          LoginEvent.getClassSchema(),
          TrafficEvent.getClassSchema());

  private final RuleSet rules;

  /** Entity and key, to its events. */
  private final Map<List<String>, List<Event>> journals = new HashMap<>();

  /** Feature and key, to those of the journal's events that can be in M. */
  private final Map<List<String>, List<Event>> matching = new HashMap<>();

  Journals(RuleSet rules) {
    this.rules = rules;
  }

  void add(Event event) {
    for (String entity : Event.KEY_FIELDS.keySet()) {
      String key = event.key(entity);
      if (key != null) {
        journals.computeIfAbsent(List.of(entity, key), k -> new ArrayList<>()).add(event);
      }
    }
    for (RuleSet.Feature feature : rules.features.values()) {
      String key = event.key(feature.entity());
      boolean counts = feature.aggregate().equals("count") || event.get(feature.field()) != null;
      if (key != null && counts && feature.of().matches(event)) {
        matching.computeIfAbsent(List.of(feature.name(), key), k -> new ArrayList<>()).add(event);
      }
    }
  }

  Figure feature(RuleSet.Feature feature, Event trigger) {
    String key = trigger.key(feature.entity());
    if (key == null) {
      return Figure.UNKNOWN;
    }
    List<Event> m =
        window(matching.get(List.of(feature.name(), key)), trigger.time() - feature.window());
    List<Object> values =
        feature.field() == null ? List.of() : m.stream().map(e -> e.get(feature.field())).toList();
    return switch (feature.aggregate()) {
      case "count" -> new Figure((long) m.size(), m);
      case "sum" -> new Figure(sum(feature, values), m);
      case "avg" -> m.isEmpty() ? Figure.UNKNOWN : new Figure(average(feature, values), m);
      case "min" -> m.isEmpty() ? Figure.UNKNOWN : new Figure(smallest(values), m);
      case "max" -> m.isEmpty() ? Figure.UNKNOWN : new Figure(largest(values), m);
      case "distinct" -> new Figure((long) new HashSet<>(values).size(), m);
      case "first" -> m.isEmpty() ? Figure.UNKNOWN : one(feature, m.get(0));
      case "last" -> m.isEmpty() ? Figure.UNKNOWN : one(feature, m.get(m.size() - 1));
      case "previous" -> previous(feature, m, trigger);
      case "age" -> age(feature, m, trigger);
      default -> throw new IllegalArgumentException("no aggregate " + feature.aggregate());
    };
  }

  /** True with the events of the smallest choice, false with none, or unknown. */
  Figure sequence(RuleSet.Sequence sequence, Event trigger) {
    String entity = sequence.head().entity();
    String key = trigger.key(entity);
    if (key == null) {
      return Figure.UNKNOWN;
    }
    List<Event> slice =
        window(journals.get(List.of(entity, key)), trigger.time() - sequence.within()).stream()
            .filter(event -> isNamed(sequence, event.type()))
            .toList();
    slice = slice.subList(Math.max(0, slice.size() - SLICE), slice.size());
    if (slice.isEmpty() || !slice.get(slice.size() - 1).equals(trigger)) {
      return new Figure(false, List.of());
    }
    List<Event> chosen = new SequenceSearch(sequence.steps(), slice).smallest();
    return new Figure(!chosen.isEmpty(), chosen);
  }

  private static boolean isNamed(RuleSet.Sequence sequence, String type) {
    return sequence.steps().stream().anyMatch(step -> step.filter().namesType(type));
  }

  /** The events later than the edge, in order. */
  private static List<Event> window(List<Event> events, long edge) {
    LinkedList<Event> window = new LinkedList<>();
    if (events != null) {
      for (int i = events.size() - 1; i >= 0 && events.get(i).time() > edge; i--) {
        window.addFirst(events.get(i));
      }
    }
    return List.copyOf(window);
  }

  private static Object sum(RuleSet.Feature feature, List<Object> values) {
    if (isDouble(feature)) {
      return values.stream().mapToDouble(value -> (Double) value).reduce(0, Double::sum);
    }
    return values.stream().mapToLong(value -> (Long) value).sum();
  }

  private static double average(RuleSet.Feature feature, List<Object> values) {
    return ((Number) sum(feature, values)).doubleValue() / values.size();
  }

  private static Object smallest(List<Object> values) {
    return values.stream().reduce((a, b) -> Logic.less(b, a) ? b : a).orElseThrow();
  }

  private static Object largest(List<Object> values) {
    return values.stream().reduce((a, b) -> Logic.less(a, b) ? b : a).orElseThrow();
  }

  private static Figure previous(RuleSet.Feature feature, List<Event> m, Event trigger) {
    List<Event> earlier = m.stream().filter(event -> !event.equals(trigger)).toList();
    return earlier.isEmpty() ? Figure.UNKNOWN : one(feature, earlier.get(earlier.size() - 1));
  }

  private static Figure age(RuleSet.Feature feature, List<Event> m, Event trigger) {
    Object value = trigger.get(feature.field());
    for (Event event : m) {
      if (event.get(feature.field()).equals(value)) {
        return new Figure(trigger.time() - event.time(), List.of(event));
      }
    }
    return Figure.UNKNOWN;
  }

  private static Figure one(RuleSet.Feature feature, Event event) {
    return new Figure(event.get(feature.field()), List.of(event));
  }

  /** Decided by the schema, so that an empty sum has the right type too. */
  private static boolean isDouble(RuleSet.Feature feature) {
    Set<Schema.Type> types = new HashSet<>();
    for (Schema type : TYPES) {
      Schema.Field field = type.getField(feature.field());
      if (field != null && feature.of().namesType(type.getName())) {
        Schema schema = field.schema();
        List<Schema> members = schema.isUnion() ? schema.getTypes() : List.of(schema);
        members.forEach(member -> types.add(member.getType()));
      }
    }
    return types.contains(Schema.Type.DOUBLE);
  }
}
