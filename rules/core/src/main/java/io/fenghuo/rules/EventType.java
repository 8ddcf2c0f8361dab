package io.fenghuo.rules;

import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.ResourceSample;
import io.fenghuo.schemas.TrafficEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * A type of event that definitions can speak of, with its fields as the rule language sees them.
 */
public enum EventType {
  ORDER(OrderEvent.getClassSchema(), "eventId", "eventTime"),
  PAYMENT(PaymentEvent.getClassSchema(), "eventId", "eventTime"),
  LOGIN(LoginEvent.getClassSchema(), "eventId", "eventTime"),
  TRAFFIC(TrafficEvent.getClassSchema(), "eventId", "eventTime"),
  RESOURCE(ResourceSample.getClassSchema(), "eventId", "eventTime"),
  /** What the risk job decided: counted where it was decided, by event time. */
  DECISION(Decision.getClassSchema(), "decisionId", "eventTime"),
  /** What could not be used, at the time Kafka was given it. */
  DEAD_LETTER(DeadLetter.getClassSchema(), "topic", "timestamp");

  private static final EventType[] TYPES = values();

  private final Schema schema;
  private final List<Field> fields;
  private final int idPosition;
  private final int timePosition;
  private final int[] keyPositions;

  EventType(Schema schema, String id, String time) {
    this.schema = schema;
    this.fields =
        schema.getFields().stream().map(Field::of).filter(field -> field.kind() != null).toList();
    this.idPosition = schema.getField(id).pos();
    this.timePosition = schema.getField(time).pos();
    this.keyPositions =
        Arrays.stream(EntityKind.values())
            .mapToInt(kind -> position(schema, kind.keyField()))
            .toArray();
  }

  private static int position(Schema schema, String field) {
    Schema.Field found = schema.getField(field);
    return found == null ? -1 : found.pos();
  }

  /** The name rules use: {@code OrderEvent}. */
  public String label() {
    return schema.getName();
  }

  public Schema schema() {
    return schema;
  }

  /** The fields that expressions may use, in schema order; arrays and records are left out. */
  public List<Field> fields() {
    return fields;
  }

  public Optional<Field> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  /** True when only figures can speak of it: no rule of the risk path ever sees one. */
  public boolean onlyMeasured() {
    return this == RESOURCE || this == DECISION || this == DEAD_LETTER;
  }

  /** True when events of this type carry the key of such an entity. */
  public boolean concerns(EntityKind kind) {
    return keyPositions[kind.ordinal()] >= 0 && !onlyMeasured();
  }

  /** True when events of this type belong to an order, and so can bear on its decision. */
  public boolean bearsOnOrder() {
    return concerns(EntityKind.ORDER) && !onlyMeasured();
  }

  public static Optional<EventType> ofLabel(String label) {
    for (EventType type : TYPES) {
      if (type.label().equals(label)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public static Optional<EventType> of(Schema schema) {
    return ofLabel(schema.getName());
  }

  public static EventType at(int ordinal) {
    return TYPES[ordinal];
  }

  String idOf(SpecificRecord record) {
    if (record instanceof DeadLetter dead) {
      return dead.getTopic() + "/" + dead.getPartition() + "/" + dead.getOffset();
    }
    return (String) record.get(idPosition);
  }

  long timeOf(SpecificRecord record) {
    return (Long) record.get(timePosition);
  }

  /** The key of the entity of this kind that the event concerns, or null. */
  public String keyOf(SpecificRecord record, EntityKind kind) {
    int position = keyPositions[kind.ordinal()];
    String key = position < 0 ? null : (String) record.get(position);
    // A sender that writes "" means nobody; taken as a key it would join all who are unknown.
    return key == null || key.isBlank() ? null : key;
  }

  /** How the rule language sees a field's values. Enums are their names. */
  public enum ValueKind {
    TEXT,
    WHOLE,
    REAL,
    TRUTH
  }

  /**
   * One field of an event.
   *
   * @param position its place in the Avro record
   * @param kind null when expressions cannot use it
   * @param enumName the Avro enum, or null
   * @param choices how many values an enum or a truth has; 0 for any other field
   */
  public record Field(String name, int position, ValueKind kind, String enumName, int choices) {

    static Field of(Schema.Field field) {
      Schema schema = field.schema();
      if (schema.getType() == Schema.Type.UNION) {
        schema =
            schema.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
      }
      ValueKind kind =
          switch (schema.getType()) {
            case STRING, ENUM -> ValueKind.TEXT;
            case INT, LONG -> ValueKind.WHOLE;
            case FLOAT, DOUBLE -> ValueKind.REAL;
            case BOOLEAN -> ValueKind.TRUTH;
            default -> null;
          };
      String enumName = schema.getType() == Schema.Type.ENUM ? schema.getName() : null;
      int choices =
          enumName != null ? schema.getEnumSymbols().size() : kind == ValueKind.TRUTH ? 2 : 0;
      return new Field(field.name(), field.pos(), kind, enumName, choices);
    }

    /** Which of its choices the field has, counted from 1; 0 for null. */
    public int choiceIn(SpecificRecord record) {
      Object value = record.get(position);
      if (value instanceof Enum<?> constant) {
        return constant.ordinal() + 1;
      }
      return value == null ? 0 : value.equals(true) ? 2 : 1;
    }

    /** The field's value in the rule language: String, Long, Double, Boolean or null. */
    public Object valueIn(SpecificRecord record) {
      Object value = record.get(position);
      if (value instanceof Integer number) {
        return (long) number;
      }
      if (value instanceof Enum<?> constant) {
        return constant.name();
      }
      return value;
    }
  }
}
