package io.fenghuo.rules.reference;

import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.yaml.snakeyaml.Yaml;

/**
 * Figures computed anew from all events, for each window by itself: loops, lists and sets. The
 * judge of the figures the jobs publish.
 */
public final class NaiveFigures {

  /**
   * A figure over a window.
   *
   * @param value null when the denominator is 0
   * @param values of a quantile, in order; else empty
   * @param weights of a ranking's items; else empty
   * @param events how many contributed
   */
  public record Answer(
      Double value,
      double numerator,
      double denominator,
      List<Double> values,
      Map<String, Long> weights,
      long events) {}

  /** A window in which something must be published: name, dimensions, window, begin. */
  public record Place(String figure, Map<String, String> dimensions, String window, long from) {}

  private record Measure(
      Filter of, String aggregate, String field, String weight, List<String> types) {}

  private record Definition(
      String name,
      Measure numerator,
      Measure denominator,
      List<List<String>> cuts,
      Set<String> windows) {}

  private record Given(long time, Map<String, Object> fields) {}

  private static final Set<String> OF_LINES =
      Set.of("productId", "categoryId", "quantity", "price", "money");

  private final ZoneId zone;
  private final Map<String, Definition> definitions = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();

  /** What was given to a measure, found once and not for each window anew. */
  private final Map<Measure, Map<List<String>, Map<Map<String, String>, List<Given>>>> given =
      new HashMap<>();

  /**
   * @param files rule files by path; those below {@code figures} are read
   * @param records in any order, duplicates among them
   */
  public NaiveFigures(
      Map<String, String> files, ZoneId zone, Collection<? extends SpecificRecord> records) {
    this.zone = zone;
    Set<String> ids = new HashSet<>();
    for (SpecificRecord record : records) {
      Event event = Event.of(record);
      if (ids.add(event.type() + " " + event.id())) {
        events.add(event);
      }
    }
    files.forEach(
        (path, text) -> {
          if (path.matches("(.*/)?figures/.*") && !path.endsWith(".test.yaml")) {
            read(text);
          }
        });
  }

  private void read(String text) {
    Map<String, Map<String, Map<String, Object>>> file = new Yaml().load(text);
    file.get("figures").forEach((name, map) -> definitions.put(name, definition(name, map)));
  }

  @SuppressWarnings("unchecked")
  private static Definition definition(String name, Map<String, Object> map) {
    List<List<String>> cuts = new ArrayList<>();
    cuts.add(List.of());
    for (String cut : (List<String>) map.getOrDefault("by", List.of())) {
      cuts.add(List.of(cut.split("\\s*\\+\\s*")));
    }
    Map<String, Object> per = (Map<String, Object>) map.get("per");
    return new Definition(
        name,
        measure(map),
        per == null ? null : measure(per),
        cuts,
        new TreeSet<>(
            (List<String>) map.getOrDefault("windows", List.of("minute", "hour", "day"))));
  }

  private static Measure measure(Map<String, Object> map) {
    String of = (String) map.get("of");
    Filter filter = Parser.filter(of);
    return new Measure(
        filter,
        (String) map.get("aggregate"),
        (String) map.get("field"),
        (String) map.get("weight"),
        filter.branches().stream().map(Filter.Branch::type).toList());
  }

  /** Names of all figures. */
  public Set<String> names() {
    return definitions.keySet();
  }

  /** The aggregate of a figure's numerator. */
  public String aggregate(String figure) {
    return definitions.get(figure).numerator.aggregate;
  }

  /** Every second, minute, hour and day of every combination to which something contributed. */
  public Set<Place> places() {
    Set<Place> places = new HashSet<>();
    for (Definition definition : definitions.values()) {
      for (List<String> cut : definition.cuts) {
        for (Measure measure : measures(definition)) {
          given(measure, cut)
              .forEach(
                  (dimensions, all) -> {
                    for (Given one : all) {
                      for (String window : definition.windows) {
                        if (!window.equals("week") && !window.equals("month")) {
                          places.add(
                              new Place(
                                  definition.name, dimensions, window, from(window, one.time)));
                        }
                      }
                    }
                  });
        }
      }
    }
    return places;
  }

  private static List<Measure> measures(Definition definition) {
    return definition.denominator == null
        ? List.of(definition.numerator)
        : List.of(definition.numerator, definition.denominator);
  }

  private long from(String window, long time) {
    ZonedDateTime at = Instant.ofEpochMilli(time).atZone(zone);
    ChronoUnit unit =
        switch (window) {
          case "second" -> ChronoUnit.SECONDS;
          case "minute" -> ChronoUnit.MINUTES;
          case "hour" -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        };
    return at.truncatedTo(unit).toInstant().toEpochMilli();
  }

  private Map<Map<String, String>, List<Given>> given(Measure measure, List<String> cut) {
    return given
        .computeIfAbsent(measure, m -> new HashMap<>())
        .computeIfAbsent(cut, c -> compute(measure, cut));
  }

  private Map<Map<String, String>, List<Given>> compute(Measure measure, List<String> cut) {
    Map<Map<String, String>, List<Given>> all = new LinkedHashMap<>();
    Set<String> used = new HashSet<>(cut);
    used.add(measure.field);
    used.add(measure.weight);
    for (Event event : events) {
      if (!measure.of.matches(event)) {
        continue;
      }
      for (Map<String, Object> fields : lines(event, used)) {
        if (measure.field != null && isBlank(fields.get(measure.field))) {
          continue;
        }
        Map<String, String> dimensions = new TreeMap<>();
        for (String name : cut) {
          Object value = fields.get(name);
          dimensions.put(name, isBlank(value) ? "-" : value.toString());
        }
        all.computeIfAbsent(dimensions, d -> new ArrayList<>())
            .add(new Given(event.time(), fields));
      }
    }
    return all;
  }

  private static boolean isBlank(Object value) {
    return value == null || value instanceof String text && text.isBlank();
  }

  /** The fields looked at, once for the event or once for each line of the order. */
  private static List<Map<String, Object>> lines(Event event, Set<String> used) {
    Map<String, Object> fields = new HashMap<>();
    for (String name : used) {
      if (name != null && name.contains(" - ")) {
        String[] two = name.split(" - ");
        fields.put(name, (Long) event.get(two[0]) - (Long) event.get(two[1]));
      } else if (name != null) {
        fields.put(name, event.get(name));
      }
    }
    if (!(event.record() instanceof OrderEvent order)
        || used.stream().noneMatch(name -> name != null && OF_LINES.contains(name))) {
      return List.of(fields);
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    for (OrderItem item : order.getItems()) {
      Map<String, Object> line = new HashMap<>(fields);
      line.put("productId", item.getProductId());
      line.put("categoryId", item.getCategoryId());
      line.put("quantity", (long) item.getQuantity());
      line.put("price", item.getPrice());
      line.put("money", item.getPrice() * item.getQuantity());
      lines.add(line);
    }
    return lines;
  }

  /** What a figure comes to over {@code [from, to)}. */
  public Answer at(String figure, Map<String, String> dimensions, long from, long to) {
    Definition definition = definitions.get(figure);
    List<String> cut =
        definition.cuts.stream()
            .filter(one -> new TreeSet<>(one).equals(dimensions.keySet()))
            .findFirst()
            .orElseThrow();
    List<Given> numerators = within(definition.numerator, cut, dimensions, from, to);
    Measure numerator = definition.numerator;
    double above = number(numerator, cut, dimensions, numerators, from);
    double below = 1;
    long count = numerators.size();
    if (definition.denominator != null) {
      List<Given> denominators = within(definition.denominator, cut, dimensions, from, to);
      below = number(definition.denominator, cut, dimensions, denominators, from);
      count += denominators.size();
    }
    List<Double> values = new ArrayList<>();
    Map<String, Long> weights = new TreeMap<>();
    if (numerator.aggregate.equals("quantile")) {
      numerators.forEach(
          one -> values.add(((Number) one.fields.get(numerator.field)).doubleValue()));
      values.sort(null);
    } else if (numerator.aggregate.equals("top")) {
      for (Given one : numerators) {
        Object weight = numerator.weight == null ? (Object) 1L : one.fields.get(numerator.weight);
        weights.merge(
            one.fields.get(numerator.field).toString(),
            weight == null ? 0 : (Long) weight,
            Long::sum);
      }
      weights.values().removeIf(weight -> weight == 0);
    }
    return new Answer(
        below == 0 ? null : (Double) (above / below), above, below, values, weights, count);
  }

  private List<Given> within(
      Measure measure, List<String> cut, Map<String, String> dimensions, long from, long to) {
    return given(measure, cut).getOrDefault(dimensions, List.of()).stream()
        .filter(one -> from <= one.time && one.time < to)
        .toList();
  }

  private double number(
      Measure measure,
      List<String> cut,
      Map<String, String> dimensions,
      List<Given> given,
      long from) {
    switch (measure.aggregate) {
      case "count" -> {
        return given.size();
      }
      case "distinct" -> {
        return times(measure, given).size();
      }
      case "repeated" -> {
        return times(measure, given).values().stream().filter(n -> n > 1).count();
      }
      case "fresh" -> {
        long before =
            Instant.ofEpochMilli(from).atZone(zone).minusDays(29).toInstant().toEpochMilli();
        Set<Object> fresh = new HashSet<>(times(measure, given).keySet());
        fresh.removeAll(times(measure, within(measure, cut, dimensions, before, from)).keySet());
        return fresh.size();
      }
      case "max" -> {
        return doubles(measure, given).stream().mapToDouble(v -> v).max().orElse(0);
      }
      case "min" -> {
        return doubles(measure, given).stream().mapToDouble(v -> v).min().orElse(0);
      }
      case "sum" -> {
        boolean whole =
            given.stream().allMatch(one -> one.fields.get(measure.field) instanceof Long);
        return whole
            ? given.stream().mapToLong(one -> (Long) one.fields.get(measure.field)).sum()
            : doubles(measure, given).stream().mapToDouble(v -> v).sum();
      }
      default -> {
        return Double.NaN;
      }
    }
  }

  private static Map<Object, Integer> times(Measure measure, List<Given> given) {
    Map<Object, Integer> times = new HashMap<>();
    given.forEach(one -> times.merge(one.fields.get(measure.field), 1, Integer::sum));
    return times;
  }

  private static List<Double> doubles(Measure measure, List<Given> given) {
    return given.stream()
        .map(one -> ((Number) one.fields.get(measure.field)).doubleValue())
        .toList();
  }
}
