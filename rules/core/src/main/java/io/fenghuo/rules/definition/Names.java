package io.fenghuo.rules.definition;

import io.fenghuo.rules.EventType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** Whether names in a definition are known. */
public final class Names {

  private Names() {}

  /** An error for each name that is no property or constant of the type. */
  public static void check(Section section, String key, List<String> names, EventType type) {
    for (String name : names) {
      int dot = name.indexOf('.');
      if (dot > 0 && Character.isUpperCase(name.charAt(0))) {
        enumProblem(name.substring(0, dot), name.substring(dot + 1), type)
            .ifPresent(problem -> section.error(key, problem));
      } else if (dot > 0) {
        section.error(key, name + ": a filter may use properties of the event only");
      } else if (type.field(name).isEmpty()) {
        section.error(key, unknown(name, type));
      }
    }
  }

  /** True for {@code OrderType.CREATED} where the type has such a field. */
  static boolean isConstant(EventType type, String name) {
    int dot = name.indexOf('.');
    return dot > 0 && enumProblem(name.substring(0, dot), name.substring(dot + 1), type).isEmpty();
  }

  private static Optional<String> enumProblem(String enumName, String constant, EventType type) {
    Map<String, List<String>> enums = new TreeMap<>();
    for (EventType.Field field : type.fields()) {
      if (field.enumName() != null) {
        Schema schema = type.schema().getField(field.name()).schema();
        enums.put(field.enumName(), schema.getEnumSymbols());
      }
    }
    if (!enums.containsKey(enumName)) {
      return Optional.of(
          enumName
              + "."
              + constant
              + ": "
              + type.label()
              + " has no "
              + enumName
              + Section.suggestion(enumName, enums.keySet()));
    }
    return enums.get(enumName).contains(constant)
        ? Optional.empty()
        : Optional.of(
            enumName
                + "."
                + constant
                + ": no such constant"
                + Section.suggestion(constant, enums.get(enumName)));
  }

  public static String unknown(String name, EventType type) {
    return name
        + ": "
        + type.label()
        + " has no such property"
        + Section.suggestion(name, type.fields().stream().map(EventType.Field::name).toList());
  }
}
