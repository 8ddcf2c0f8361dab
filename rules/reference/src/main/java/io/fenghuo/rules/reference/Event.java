package io.fenghuo.rules.reference;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** One event of the shop, with its fields by name and numbers as long or double only. */
record Event(String type, String id, long time, SpecificRecord record) {

  static final Comparator<Event> IN_ORDER =
      Comparator.comparingLong(Event::time).thenComparing(Event::id);

  /** Entity to key field, in the order of the definition's table. */
  static final Map<String, String> KEY_FIELDS = keyFields();

  static Event of(SpecificRecord record) {
    Schema schema = record.getSchema();
    String id =
        switch (schema.getName()) {
          case "Decision" -> text(record, "decisionId");
          // Where it was read from.
          case "DeadLetter" ->
              text(record, "topic")
                  + "/"
                  + text(record, "partition")
                  + "/"
                  + text(record, "offset");
          default -> text(record, "eventId");
        };
    String clock = schema.getField("eventTime") == null ? "timestamp" : "eventTime";
    long time = (Long) record.get(schema.getField(clock).pos());
    return new Event(schema.getName(), id, time, record);
  }

  private static String text(SpecificRecord record, String field) {
    return record.get(record.getSchema().getField(field).pos()).toString();
  }

  boolean has(String field) {
    return record.getSchema().getField(field) != null;
  }

  /** The field's value; null when it is null or the type has no such field. */
  Object get(String field) {
    Schema.Field found = record.getSchema().getField(field);
    if (found == null) {
      return null;
    }
    Object value = record.get(found.pos());
    if (value instanceof Integer number) {
      return number.longValue();
    }
    return value instanceof CharSequence text ? text.toString() : value;
  }

  /** This event's key of the entity, or null when the event does not concern it. */
  String key(String entity) {
    String key = (String) get(keyField(entity));
    return key == null || key.isBlank() ? null : key;
  }

  static String keyField(String entity) {
    String field = KEY_FIELDS.get(entity);
    if (field == null) {
      throw new IllegalArgumentException("no entity " + entity + ", only " + KEY_FIELDS.keySet());
    }
    return field;
  }

  static String entityOfKeyField(String field) {
    for (Map.Entry<String, String> entity : KEY_FIELDS.entrySet()) {
      if (entity.getValue().equals(field)) {
        return entity.getKey();
      }
    }
    throw new IllegalArgumentException(field + " is no key field, only " + KEY_FIELDS.values());
  }

  private static Map<String, String> keyFields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("user", "userId");
    fields.put("device", "deviceId");
    fields.put("ip", "ip");
    fields.put("account", "accountToken");
    fields.put("address", "addressToken");
    fields.put("product", "productId");
    fields.put("order", "orderId");
    return fields;
  }

  static List<Event> inOrder(Iterable<? extends SpecificRecord> records) {
    Map<List<Object>, Event> once = new LinkedHashMap<>();
    for (SpecificRecord record : records) {
      Event event = of(record);
      once.putIfAbsent(List.of(event.time, event.id), event);
    }
    return once.values().stream().sorted(IN_ORDER).toList();
  }
}
