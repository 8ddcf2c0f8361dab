package io.fenghuo.rules.assess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every aggregate on a journal small enough to count by hand. */
class FiguresTest {
  private static final String FEATURES =
      """
      features:
        user.count:    { of: OrderEvent, aggregate: count, window: 10 seconds }
        user.sum:      { of: OrderEvent, aggregate: sum, field: amount, window: 10 seconds }
        user.avg:      { of: OrderEvent, aggregate: avg, field: amount, window: 10 seconds }
        user.min:      { of: OrderEvent, aggregate: min, field: amount, window: 10 seconds }
        user.max:      { of: OrderEvent, aggregate: max, field: amount, window: 10 seconds }
        user.distinct: { of: OrderEvent, aggregate: distinct, field: deviceId, window: 10 seconds }
        user.first:    { of: OrderEvent, aggregate: first, field: deviceId, window: 10 seconds }
        user.last:     { of: OrderEvent, aggregate: last, field: deviceId, window: 10 seconds }
        user.previous: { of: OrderEvent, aggregate: previous, field: deviceId, window: 10 seconds }
        user.age:      { of: OrderEvent, aggregate: age, field: deviceId, window: 10 seconds }
      """;

  private final EntityPlan plan =
      Plan.of(RuleSet.read(Map.of("features.yaml", FEATURES))).entity(EntityKind.USER);
  private final Figures figures = new Figures(plan);
  private final EntityState state = new EntityState();

  FiguresTest() throws Exception {}

  private Visit order(String id, long seconds, long amount, String device) {
    OrderEvent order =
        OrderEvent.newBuilder()
            .setEventId(id)
            .setEventTime(seconds * 1_000)
            .setOrderId("o")
            .setType(OrderType.CREATED)
            .setUserId("u1")
            .setDeviceId(device)
            .setAmount(amount)
            .build();
    byte[] bytes = EventCodec.singleObject().encode(order);
    Object[] columns = plan.columns(EventType.ORDER, order);
    Entry entry = new Entry(EventType.ORDER, id, order.getEventTime(), 1, columns, bytes);
    state.journal.add(entry);
    return Visit.of(EntityKind.USER, "u1", entry, null, "o", 0, null, false);
  }

  private Object value(String name, Visit trigger) {
    int number = List.of(plan.figureNames()).indexOf("user." + name);
    int end = state.journal.endAt(trigger.entry());
    return figures.value(number, state.journal, state.trail(plan.trailOf(number)), trigger, end);
  }

  @Test
  void aWindowHoldsItsLaterEndAndNotItsEarlier() {
    order("a", 0, 100, "d1");
    order("b", 1, 30, "d1");
    order("c", 5, 20, null);
    Visit trigger = order("d", 10, 40, "d2");
    order("e", 10, 999, "d9");
    assertThat(value("count", trigger)).isEqualTo(3L);
    assertThat(value("sum", trigger)).isEqualTo(90L);
    assertThat(value("avg", trigger)).isEqualTo(30.0);
    assertThat(value("min", trigger)).isEqualTo(20L);
    assertThat(value("max", trigger)).isEqualTo(40L);
    assertThat(value("distinct", trigger)).isEqualTo(2L);
    assertThat(value("first", trigger)).isEqualTo("d1");
    assertThat(value("last", trigger)).isEqualTo("d2");
    assertThat(value("previous", trigger)).isEqualTo("d1");
    assertThat(value("age", trigger)).isEqualTo(0L);
  }

  @Test
  void ageCountsFromTheFirstEventWithTheSameValueInTheWindow() {
    order("a", 0, 1, "d1");
    order("b", 2, 1, "d1");
    order("c", 3, 1, "d2");
    assertThat(value("age", order("d", 10, 1, "d1"))).isEqualTo(8_000L);
    assertThat(value("age", order("e", 11, 1, null))).isNull();
  }

  @Test
  void nothingInTheWindowIsZeroOrNull() {
    Visit trigger = order("a", 0, 1, null);
    state.journal.entries().clear();
    assertThat(value("count", trigger)).isEqualTo(0L);
    assertThat(value("sum", trigger)).isEqualTo(0L);
    assertThat(value("distinct", trigger)).isEqualTo(0L);
    for (String name : List.of("avg", "min", "max", "first", "last", "previous", "age")) {
      assertThat(value(name, trigger)).as(name).isNull();
    }
  }
}
