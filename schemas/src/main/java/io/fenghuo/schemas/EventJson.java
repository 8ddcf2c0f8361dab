package io.fenghuo.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Events as plain JSON, the way people write it: no union tags, nulls and defaults left out.
 *
 * <ul>
 *   <li>Enums are names. Bytes are base64. A double that is no number is {@code "NaN"}, {@code
 *       "Infinity"} or {@code "-Infinity"}.
 *   <li>{@code eventTime} is milliseconds since 1970-01-01 UTC; ISO 8601 text with an offset is
 *       read as well.
 *   <li>A {@link FeatureValue}'s value keeps its type: {@code 3} is a long, {@code 3.0} a double.
 * </ul>
 *
 * <p>Unlike the binary encoding it forgives nothing, since a person is there to correct it: an
 * unknown field, an unknown enum name and {@code 1.5} for a long are errors.
 */
public final class EventJson {
  private static final SpecificData DATA = new SpecificData(EventJson.class.getClassLoader());

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final int SHOWN_CHARACTERS = 80;

  private EventJson() {}

  /**
   * The record of {@code schema} written in {@code json}.
   *
   * @throws InvalidEventException naming the first field at fault
   */
  public static SpecificRecord fromJson(Schema schema, String json) {
    Object value;
    try {
      value = JSON.readValue(json, Object.class);
    } catch (JsonProcessingException e) {
      throw new InvalidEventException(schema.getName(), NotJson.said(e));
    }
    return record(schema, value, "");
  }

  /**
   * The record of {@code schema} whose fields are the entries of {@code fields}, as a JSON or YAML
   * parser gives them: text, numbers, booleans, lists and maps; for {@code eventTime} also a {@link
   * Date}, {@link Instant} or {@link OffsetDateTime}.
   *
   * @throws InvalidEventException naming the first field at fault
   */
  public static SpecificRecord fromMap(Schema schema, Map<String, ?> fields) {
    return record(schema, fields, "");
  }

  /** The record in one line: fields in the schema's order, those that are null left out. */
  public static String toJson(SpecificRecord event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      writeRecord(json, event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static SpecificRecord record(Schema schema, Object value, String path) {
    String here = path.isEmpty() ? schema.getName() : path;
    if (!(value instanceof Map<?, ?> given)) {
      throw expected(here, value, ": an object, " + schema.getName());
    }
    if (!(DATA.newRecord(null, schema) instanceof SpecificRecord event)) {
      throw new IllegalArgumentException(
          "schema " + schema.getFullName() + " (expected one with a class in this package)");
    }
    // An older version of the schema may have been passed; the class has today's.
    Schema current = event.getSchema();
    for (Object name : given.keySet()) {
      if (!(name instanceof String) || current.getField((String) name) == null) {
        throw unknownField(current, path, String.valueOf(name));
      }
    }
    for (Schema.Field field : current.getFields()) {
      String fieldPath = path.isEmpty() ? field.name() : path + "." + field.name();
      Object converted =
          given.containsKey(field.name())
              ? value(field.schema(), field, given.get(field.name()), fieldPath)
              : absent(field, fieldPath);
      event.put(field.pos(), converted);
    }
    return event;
  }

  private static Object absent(Schema.Field field, String path) {
    if (field.hasDefaultValue()) {
      // Avro hands out one and the same default to everyone, and lists can be changed.
      return DATA.deepCopy(field.schema(), DATA.getDefaultValue(field));
    }
    if (field.schema().isNullable()) {
      return null;
    }
    throw new InvalidEventException(
        path, "missing (expected" + expectation(field.schema(), field) + ")");
  }

  private static Object value(Schema schema, Schema.Field field, Object value, String path) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, value, path);
      case UNION -> branch(schema, field, value, path);
      case ENUM -> symbol(schema, value, path);
      case ARRAY -> {
        if (!(value instanceof Collection<?> given)) {
          throw expected(path, value, expectation(schema, field));
        }
        List<Object> items = new ArrayList<>(given.size());
        for (Object item : given) {
          items.add(value(schema.getElementType(), field, item, path + "[" + items.size() + "]"));
        }
        yield items;
      }
      case MAP -> {
        if (!(value instanceof Map<?, ?> given)) {
          throw expected(path, value, expectation(schema, field));
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        given.forEach(
            (key, entry) -> {
              if (!(key instanceof String name)) {
                throw expected(path, key, ": text for a key");
              }
              entries.put(name, value(schema.getValueType(), field, entry, path + "." + name));
            });
        yield entries;
      }
      case NULL -> {
        if (value != null) {
          throw expected(path, value, expectation(schema, field));
        }
        yield null;
      }
      case BOOLEAN -> {
        if (!(value instanceof Boolean)) {
          throw expected(path, value, expectation(schema, field));
        }
        yield value;
      }
      case STRING -> {
        if (!(value instanceof CharSequence)) {
          throw expected(path, value, expectation(schema, field));
        }
        yield value.toString();
      }
      case BYTES -> base64(schema, field, value, path);
      case INT -> {
        long whole = whole(schema, field, value, path);
        if (whole != (int) whole) {
          throw expected(path, value, expectation(schema, field));
        }
        yield (int) whole;
      }
      case LONG ->
          isEventTime(field) ? time(schema, field, value, path) : whole(schema, field, value, path);
      case FLOAT -> (float) decimal(schema, field, value, path);
      case DOUBLE -> decimal(schema, field, value, path);
      case FIXED ->
          throw new IllegalArgumentException(path + ": fixed (no record of ours has one)");
    };
  }

  private static Object branch(Schema union, Schema.Field field, Object value, String path) {
    List<Schema> branches =
        union.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    if (value == null && union.isNullable()) {
      return null;
    }
    if (branches.size() == 1) {
      return value(branches.get(0), field, value, path);
    }
    for (Schema.Type type : typesOf(value)) {
      for (Schema branch : branches) {
        if (branch.getType() == type) {
          return value(branch, field, value, path);
        }
      }
    }
    throw expected(path, value, expectation(union, field));
  }

  /** The Avro types a value can be, the nearest first. */
  private static List<Schema.Type> typesOf(Object value) {
    if (value instanceof Boolean) {
      return List.of(Schema.Type.BOOLEAN);
    }
    if (value instanceof CharSequence) {
      return List.of(Schema.Type.STRING, Schema.Type.ENUM);
    }
    if (isWhole(value)) {
      return List.of(Schema.Type.LONG, Schema.Type.INT, Schema.Type.DOUBLE);
    }
    if (value instanceof Number) {
      return List.of(Schema.Type.DOUBLE, Schema.Type.FLOAT);
    }
    if (value instanceof Map) {
      return List.of(Schema.Type.RECORD, Schema.Type.MAP);
    }
    return value instanceof Collection ? List.of(Schema.Type.ARRAY) : List.of();
  }

  private static Object symbol(Schema schema, Object value, String path) {
    String name = value instanceof Enum<?> constant ? constant.name() : String.valueOf(value);
    if (value == null || !schema.hasEnumSymbol(name)) {
      String suggestion =
          value instanceof String ? "; " + didYouMean(name, schema.getEnumSymbols()) : "";
      throw expected(
          path, value, expectation(schema, null) + (suggestion.length() == 2 ? "" : suggestion));
    }
    return DATA.createEnum(name, schema);
  }

  private static ByteBuffer base64(Schema schema, Schema.Field field, Object value, String path) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes.clone());
    }
    if (value instanceof String text) {
      try {
        return ByteBuffer.wrap(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException e) {
        throw expected(path, value, expectation(schema, field));
      }
    }
    throw expected(path, value, expectation(schema, field));
  }

  private static long whole(Schema schema, Schema.Field field, Object value, String path) {
    if (!isWhole(value) || value instanceof BigInteger big && big.bitLength() >= Long.SIZE) {
      throw expected(path, value, expectation(schema, field));
    }
    return ((Number) value).longValue();
  }

  private static boolean isWhole(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger;
  }

  private static double decimal(Schema schema, Schema.Field field, Object value, String path) {
    if (value instanceof Number number) {
      double result = number.doubleValue();
      boolean written = value instanceof BigDecimal || value instanceof BigInteger;
      if (!written || !Double.isInfinite(result)) {
        return result;
      }
    }
    if (value instanceof String text) {
      switch (text) {
        case "NaN":
          return Double.NaN;
        case "Infinity":
          return Double.POSITIVE_INFINITY;
        case "-Infinity":
          return Double.NEGATIVE_INFINITY;
        default:
      }
    }
    throw expected(path, value, expectation(schema, field));
  }

  private static long time(Schema schema, Schema.Field field, Object value, String path) {
    try {
      if (value instanceof String text) {
        return OffsetDateTime.parse(text).toInstant().toEpochMilli();
      }
      if (value instanceof Date date) {
        return date.getTime();
      }
      if (value instanceof Instant instant) {
        return instant.toEpochMilli();
      }
      if (value instanceof OffsetDateTime time) {
        return time.toInstant().toEpochMilli();
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw expected(path, value, expectation(schema, field));
    }
    return whole(schema, field, value, path);
  }

  private static boolean isEventTime(Schema.Field field) {
    return field.name().equals("eventTime");
  }

  private static InvalidEventException expected(String path, Object value, String expectation) {
    return new InvalidEventException(path, shown(value) + " (expected" + expectation + ")");
  }

  private static InvalidEventException unknownField(Schema schema, String path, String name) {
    List<String> known = schema.getFields().stream().map(Schema.Field::name).toList();
    String suggestion = didYouMean(name, known);
    return new InvalidEventException(
        path.isEmpty() ? name : path + "." + name,
        "unknown field ("
            + (suggestion.isEmpty()
                ? schema.getName() + " has " + String.join(", ", known)
                : suggestion)
            + ")");
  }

  /** What a value of that schema must be, after the word "expected". */
  private static String expectation(Schema schema, Schema.Field field) {
    return switch (schema.getType()) {
      case ENUM -> " one of " + String.join(", ", schema.getEnumSymbols());
      case UNION ->
          " one of "
              + schema.getTypes().stream()
                  .map(branch -> branch.getType().getName())
                  .collect(Collectors.joining(", "));
      case RECORD -> ": an object, " + schema.getName();
      case ARRAY -> ": a list";
      case MAP -> ": an object of names and values";
      case NULL -> ": null";
      case BOOLEAN -> ": true or false";
      case STRING -> ": text in quotes";
      case BYTES -> ": base64 text";
      case FLOAT, DOUBLE -> ": a number, " + schema.getType().getName();
      case INT -> ": a whole number" + unit(field) + ", int";
      case LONG ->
          field != null && isEventTime(field)
              ? ": milliseconds since 1970-01-01 UTC, long, or ISO 8601 text with an offset such as"
                  + " 2026-11-11T20:00:00+08:00"
              : ": a whole number" + unit(field) + ", long";
      case FIXED -> ": fixed";
    };
  }

  /** The field's unit, which its documentation in the schema gives. */
  private static String unit(Schema.Field field) {
    String doc = field == null || field.doc() == null ? "" : field.doc();
    if (doc.contains("minor units")) {
      return " of minor units";
    }
    return doc.contains("milliseconds") ? " of milliseconds" : "";
  }

  private static String shown(Object value) {
    String text;
    try {
      text = JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      text = String.valueOf(value);
    }
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }

  private static String didYouMean(String name, List<String> candidates) {
    String nearest = null;
    int nearestDistance = Math.max(1, name.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < nearestDistance) {
        nearest = candidate;
        nearestDistance = distance;
      }
    }
    return nearest == null ? "" : "did you mean " + nearest + "?";
  }

  /** Levenshtein distance: how many characters must be added, removed or replaced. */
  private static int distance(String a, String b) {
    if (a.length() > SHOWN_CHARACTERS) {
      // Nothing of ours is that long, and the effort grows with the product of the lengths.
      return a.length();
    }
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, column -> column);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static void writeRecord(JsonGenerator json, IndexedRecord event) throws IOException {
    json.writeStartObject();
    for (Schema.Field field : event.getSchema().getFields()) {
      Object value = event.get(field.pos());
      if (value != null) {
        json.writeFieldName(field.name());
        write(json, value);
      }
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof IndexedRecord event) {
      writeRecord(json, event);
    } else if (value instanceof Collection<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        write(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> entries) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      json.writeBinary(bytes);
    } else if (value instanceof Long whole) {
      json.writeNumber(whole);
    } else if (value instanceof Integer whole) {
      json.writeNumber(whole);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof Float number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value.toString());
    }
  }
}
