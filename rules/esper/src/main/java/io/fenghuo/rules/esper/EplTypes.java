package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.configuration.Configuration;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.EntityPlan;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.Feature;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * How events look to Esper: object arrays with the event's fields first, then figures. Enums are
 * their names, so that no class of ours, and none of Java's, is ever imported.
 */
final class EplTypes {

  /** Place of an event of a sequence among all events of all slices so far. */
  static final String PLACE = "place__";

  /** True for the last event of a slice. */
  static final String LAST = "last__";

  /**
   * The only condition of its bundle to be tested, by place; negative for all. See {@link Bundle}.
   */
  static final String ONLY = "only__";

  private EplTypes() {}

  /** An event alone. */
  static String event(EventType type) {
    return type.label();
  }

  /** An event with the figures of one of its entities. */
  static String atEntity(EntityKind kind, EventType type) {
    return kind.label() + "_" + type.label();
  }

  /** An event with all figures. */
  static String whole(EventType type) {
    return "whole_" + type.label();
  }

  /** An event in the slice of one sequence. */
  static String inSlice(EntityKind kind, int figure, EventType type) {
    return kind.label() + "_" + figure + "_" + type.label();
  }

  /** {@code user.orders_10m} as a property. */
  static String figure(String name) {
    return name.replace(".", "__");
  }

  /** Events alone, of every type. */
  static void addEvents(Configuration configuration) {
    for (EventType type : EventType.values()) {
      List<String> names = new ArrayList<>();
      List<Object> types = new ArrayList<>();
      fields(type, names, types);
      addGuarded(configuration, event(type), names, types);
    }
  }

  static void addAll(Configuration configuration, Plan plan) {
    for (EventType type : EventType.values()) {
      List<String> names = new ArrayList<>();
      List<Object> types = new ArrayList<>();
      fields(type, names, types);
      addGuarded(configuration, event(type), names, types);
      List<String> wholeNames = new ArrayList<>(names);
      List<Object> wholeTypes = new ArrayList<>(types);
      for (EntityKind kind : EntityKind.values()) {
        List<String> kindNames = new ArrayList<>(names);
        List<Object> kindTypes = new ArrayList<>(types);
        figures(plan.entity(kind), kindNames, kindTypes);
        addGuarded(configuration, atEntity(kind, type), kindNames, kindTypes);
        figures(plan.entity(kind), wholeNames, wholeTypes);
        List<String> sliceNames = new ArrayList<>(names);
        List<Object> sliceTypes = new ArrayList<>(types);
        sliceNames.addAll(List.of(PLACE, LAST));
        sliceTypes.addAll(List.of(Long.class, Boolean.class));
        plan.entity(kind)
            .sequences()
            .forEach(
                sequence ->
                    add(
                        configuration,
                        inSlice(kind, sequence.figure(), type),
                        sliceNames,
                        sliceTypes));
      }
      addGuarded(configuration, whole(type), wholeNames, wholeTypes);
    }
  }

  private static void addGuarded(
      Configuration configuration, String type, List<String> names, List<Object> types) {
    List<String> withOnly = new ArrayList<>(names);
    List<Object> withInteger = new ArrayList<>(types);
    withOnly.add(ONLY);
    withInteger.add(Integer.class);
    add(configuration, type, withOnly, withInteger);
  }

  private static void add(
      Configuration configuration, String type, List<String> names, List<Object> types) {
    configuration.getCommon().addEventType(type, names.toArray(String[]::new), types.toArray());
  }

  private static void fields(EventType type, List<String> names, List<Object> types) {
    for (EventType.Field field : type.fields()) {
      names.add(field.name());
      types.add(classOf(field.kind()));
    }
  }

  private static void figures(EntityPlan entity, List<String> names, List<Object> types) {
    for (Feature feature : entity.features()) {
      names.add(figure(feature.fullName()));
      types.add(classOf(feature.kind()));
    }
    for (int i = entity.features().size(); i < entity.figureNames().length; i++) {
      names.add(figure(entity.figureNames()[i]));
      types.add(Boolean.class);
    }
  }

  private static Class<?> classOf(EventType.ValueKind kind) {
    return switch (kind) {
      case TEXT -> String.class;
      case WHOLE -> Long.class;
      case REAL -> Double.class;
      case TRUTH -> Boolean.class;
    };
  }

  /** The event's fields, with room for more behind them. */
  static Object[] row(EventType type, SpecificRecord record, int more) {
    List<EventType.Field> fields = type.fields();
    Object[] row = new Object[fields.size() + more];
    if (record != null) {
      for (int i = 0; i < fields.size(); i++) {
        row[i] = fields.get(i).valueIn(record);
      }
    }
    return row;
  }
}
