package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.InvalidEventException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** The events of a test, as its author wrote them. */
final class TestEvents {

  static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  static final long LONGEST = 400 * 86_400_000L;

  private static final int MOST_COPIES = 100_000;

  private final String file;
  private final List<RuleError> errors;
  private final List<SpecificRecord> records = new ArrayList<>();

  TestEvents(String file, List<RuleError> errors) {
    this.file = file;
    this.errors = errors;
  }

  List<SpecificRecord> records() {
    return records;
  }

  /** Reads one item of {@code events}. */
  void read(Section item) {
    long at = item.duration("at", true, 0, 0, LONGEST);
    long every = item.duration("every", false, 0, 0, LONGEST);
    int copies = item.number("repeat", 1, 1, MOST_COPIES);
    List<EventType> types =
        Arrays.stream(EventType.values()).filter(type -> item.has(type.label())).toList();
    if (types.size() != 1) {
      errors.add(
          new RuleError(
              file,
              item.line(),
              "events: each has one event (expected one of "
                  + Arrays.stream(EventType.values())
                      .map(EventType::label)
                      .collect(Collectors.joining(", "))
                  + ")"));
    } else {
      EventType type = types.get(0);
      Optional<Map<String, Object>> fields = item.values(type.label());
      for (int n = 1; n <= copies && fields.isPresent() && errors.isEmpty(); n++) {
        add(item, type, fields.get(), n, START + at + (n - 1) * every);
      }
    }
    item.refuseOthers();
  }

  private void add(Section item, EventType type, Map<String, Object> fields, int n, long time) {
    Map<String, Object> all = new LinkedHashMap<>();
    String id = String.format("e%04d", records.size() + 1);
    switch (type) {
      case DECISION -> {
        all.put("decisionId", id);
        all.put("eventId", id);
      }
      case DEAD_LETTER -> all.put("offset", (long) records.size());
      default -> all.put("eventId", id);
    }
    fields.forEach((name, value) -> all.put(name, numbered(value, n)));
    if (all.put(type == EventType.DEAD_LETTER ? "timestamp" : "eventTime", time) != null) {
      item.error(type.label(), "eventTime: follows from at (expected: leave it out)");
    }
    try {
      records.add(EventJson.fromMap(type.schema(), all));
    } catch (InvalidEventException invalid) {
      item.error(type.label(), invalid.getMessage());
    }
  }

  private static Object numbered(Object value, int n) {
    if (value instanceof String text) {
      return text.replace("{n}", String.valueOf(n));
    } else if (value instanceof List<?> list) {
      return list.stream().map(element -> numbered(element, n)).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((key, element) -> all.put(String.valueOf(key), numbered(element, n)));
      return all;
    }
    return value;
  }
}
