package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.expression.Expression;
import io.fenghuo.schemas.ResourceSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * A filter of events as a watch passes it on to whoever computes figures, with every name looked up
 * in the schemas.
 */
record EventFilter(String text, List<Schema> types) {

  private static final String SAMPLE = ResourceSample.getClassSchema().getName();

  /** Resource samples are no events rules may speak of, so that parser does not know them. */
  private static boolean isSample(String text) {
    return text.strip().matches(SAMPLE + "(\\(.*\\))?");
  }

  /** Reads the filter under a key; null after an error. */
  static EventFilter read(Section section, String key) {
    return section.parsed(key, true, null, EventFilter::parse);
  }

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static EventFilter parse(String text) {
    List<Schema> types = new ArrayList<>();
    if (isSample(text)) {
      int bracket = text.indexOf('(');
      Schema type = ResourceSample.getClassSchema();
      if (bracket >= 0) {
        check(type, Expression.parse(text.substring(bracket + 1, text.lastIndexOf(')'))));
      }
      types.add(type);
    } else {
      for (Filter.Alternative one : Filter.parse(text).alternatives()) {
        check(one.type().schema(), one.condition());
        types.add(one.type().schema());
      }
    }
    return new EventFilter(text.strip(), types);
  }

  private static void check(Schema type, Expression condition) {
    Map<String, Schema> enums = new TreeMap<>();
    for (Schema.Field field : type.getFields()) {
      value(field.schema())
          .filter(schema -> schema.getType() == Schema.Type.ENUM)
          .ifPresent(schema -> enums.put(schema.getName(), schema));
    }
    for (String name : condition.names()) {
      int dot = name.indexOf('.');
      if (dot < 0) {
        require(type, name);
      } else if (!enums.containsKey(name.substring(0, dot))) {
        throw new IllegalArgumentException(
            name + ": " + type.getName() + " has no " + name.substring(0, dot) + expected(enums));
      } else {
        List<String> constants = enums.get(name.substring(0, dot)).getEnumSymbols();
        String constant = name.substring(dot + 1);
        if (!constants.contains(constant)) {
          throw new IllegalArgumentException(
              name + ": no such constant" + Section.suggestion(constant, constants));
        }
      }
    }
  }

  private static String expected(Map<String, Schema> enums) {
    return enums.isEmpty() ? "" : " (expected one of " + String.join(", ", enums.keySet()) + ")";
  }

  private static void require(Schema type, String field) {
    if (type.getField(field) == null) {
      throw new IllegalArgumentException(
          field
              + ": "
              + type.getName()
              + " has no such field"
              + Section.suggestion(field, names(type)));
    }
  }

  private static List<String> names(Schema type) {
    return type.getFields().stream().map(Schema.Field::name).toList();
  }

  /** What a field holds when it is not null. */
  private static Optional<Schema> value(Schema schema) {
    return schema.getType() == Schema.Type.UNION
        ? schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).findFirst()
        : Optional.of(schema);
  }

  /** Refuses a field that one of the types lacks. */
  void requireField(Section section, String key, String field) {
    for (Schema type : types) {
      if (type.getField(field) == null) {
        section.error(
            key,
            field
                + ": "
                + type.getName()
                + " has no such field"
                + Section.suggestion(field, names(type)));
      }
    }
  }

  /** Refuses a field that is not a number. */
  void requireNumber(Section section, String key, String field) {
    requireField(section, key, field);
    for (Schema type : types) {
      Schema.Type kind =
          type.getField(field) == null
              ? Schema.Type.LONG
              : value(type.getField(field).schema()).orElseThrow().getType();
      switch (kind) {
        case INT, LONG, FLOAT, DOUBLE -> {
          // A number.
        }
        default -> section.error(key, field + ": not a number in " + type.getName());
      }
    }
  }
}
