package io.fenghuo.rules.figure;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.EventType.ValueKind;
import io.fenghuo.schemas.OrderItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * A value that figures take from events of one type: of the event, or of each line of an order.
 *
 * @param name as definitions write it
 * @param ofItem true when each line of an order has one
 */
record Column(String name, boolean ofItem, ValueKind kind, Function<SpecificRecord, Object> value) {

  /** An order's lines have these; no field of the order itself is called so. */
  private static final List<String> ITEM_FIELDS =
      List.of("productId", "categoryId", "quantity", "price", "money");

  /** Names of what figures can take from events of a type. */
  static List<String> names(EventType type) {
    List<String> names =
        new ArrayList<>(type.fields().stream().map(EventType.Field::name).toList());
    if (type == EventType.ORDER) {
      names.addAll(ITEM_FIELDS);
    }
    return names;
  }

  /** Empty when events of the type have no such value. */
  static Optional<Column> of(EventType type, String name) {
    int minus = name.indexOf(" - ");
    if (minus > 0) {
      Optional<Column> left = of(type, name.substring(0, minus).strip());
      Optional<Column> right = of(type, name.substring(minus + 3).strip());
      boolean numbers =
          left.isPresent()
              && right.isPresent()
              && left.get().kind == ValueKind.WHOLE
              && right.get().kind == ValueKind.WHOLE
              && left.get().ofItem == right.get().ofItem;
      return numbers ? Optional.of(difference(name, left.get(), right.get())) : Optional.empty();
    }
    if (type == EventType.ORDER && ITEM_FIELDS.contains(name)) {
      return Optional.of(ofItem(name));
    }
    return type.field(name).map(field -> new Column(name, false, field.kind(), field::valueIn));
  }

  private static Column difference(String name, Column left, Column right) {
    return new Column(
        name,
        left.ofItem,
        ValueKind.WHOLE,
        record -> {
          Object from = left.value.apply(record);
          Object less = right.value.apply(record);
          return from == null || less == null ? null : (Object) ((Long) from - (Long) less);
        });
  }

  private static Column ofItem(String name) {
    return switch (name) {
      case "productId" -> text(name, OrderItem::getProductId);
      case "categoryId" -> text(name, OrderItem::getCategoryId);
      case "quantity" -> number(name, item -> (long) item.getQuantity());
      case "price" -> number(name, OrderItem::getPrice);
      default -> number(name, item -> Math.multiplyExact(item.getPrice(), item.getQuantity()));
    };
  }

  private static Column text(String name, Function<OrderItem, String> value) {
    return new Column(name, true, ValueKind.TEXT, item -> value.apply((OrderItem) item));
  }

  private static Column number(String name, Function<OrderItem, Long> value) {
    return new Column(name, true, ValueKind.WHOLE, item -> value.apply((OrderItem) item));
  }
}
