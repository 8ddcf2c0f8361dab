package io.fenghuo.rules.assess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Packer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An entity with far more events than are kept one by one: figures stay near, memory stays bounded.
 */
class BusyEntityTest {

  private static final String FEATURES =
      """
      features:
        ip.count_24h:    { of: OrderEvent, aggregate: count, window: 24 hours }
        ip.count_1h:     { of: OrderEvent, aggregate: count, window: 1 hour }
        ip.sum_24h:      { of: OrderEvent, aggregate: sum, field: amount, window: 24 hours }
        ip.avg_24h:      { of: OrderEvent, aggregate: avg, field: amount, window: 24 hours }
        ip.max_24h:      { of: OrderEvent, aggregate: max, field: amount, window: 24 hours }
        ip.first_24h:    { of: OrderEvent, aggregate: first, field: amount, window: 24 hours }
        ip.previous_24h: { of: OrderEvent, aggregate: previous, field: amount, window: 24 hours }
        ip.users_24h:    { of: OrderEvent, aggregate: distinct, field: userId, window: 24 hours }
        ip.age_24h:      { of: OrderEvent, aggregate: age, field: userId, window: 24 hours }
      """;
  private static final long HOUR = 3_600_000L;

  private record Order(long time, long amount, String user) {}

  private final EntityPlan plan =
      Plan.of(RuleSet.read(Map.of("x/features.yaml", FEATURES))).entity(EntityKind.IP);
  private final Figures figures = new Figures(plan);
  private final List<Order> all = new ArrayList<>();
  private EntityState state = new EntityState();

  BusyEntityTest() throws Exception {}

  private Visit order(long time, long amount, String user) {
    Order order = new Order(time, amount, user);
    all.add(order);
    Object[] columns = new Object[2];
    int users = plan.columnOf(figure("users_24h"), EventType.ORDER);
    columns[users] = user;
    columns[1 - users] = amount;
    String id = "e%09d".formatted(all.size());
    Entry entry = new Entry(EventType.ORDER, id, time, 1, columns, new byte[0]);
    state.journal.add(entry);
    state.saw(plan, entry);
    state.forget(plan, 0);
    return Visit.of(EntityKind.IP, "1.2.3.4", entry, null, "o", 0, null, false);
  }

  private int figure(String name) {
    return List.of(plan.figureNames()).indexOf("ip." + name);
  }

  private Object value(String name, Visit trigger) {
    int number = figure(name);
    int end = state.journal.endAt(trigger.entry());
    return figures.value(number, state.journal, state.trail(plan.trailOf(number)), trigger, end);
  }

  private List<Order> window(long now, long length) {
    return all.stream().filter(order -> order.time() > now - length).toList();
  }

  @Test
  void upToAThousandEventsInTheWindowEveryFigureIsExact() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      // 86 seconds apart: a thousand in a day, and the older ones leave the window.
      Visit trigger = order(i * 86_500L, random.nextInt(100_000), "u" + random.nextInt(300));
      if (i % 97 == 0) {
        List<Order> orders = window(trigger.time(), 24 * HOUR);
        assertThat(orders).hasSizeLessThanOrEqualTo(1_000);
        assertThat(value("count_24h", trigger)).isEqualTo((long) orders.size());
        assertThat(value("sum_24h", trigger))
            .isEqualTo(orders.stream().mapToLong(Order::amount).sum());
        assertThat(value("users_24h", trigger))
            .isEqualTo(orders.stream().map(Order::user).distinct().count());
        assertThat(value("first_24h", trigger)).isEqualTo(orders.get(0).amount());
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void beyondThatEveryFigureIsOffByAtMostOnePercent(long seed) {
    Random random = new Random(seed);
    Map<String, Long> firstSeen = new HashMap<>();
    long time = 0;
    int largest = 0;
    for (int i = 0; i < 60_000; i++) {
      time += random.nextInt(5_000);
      // Amounts of very different sizes: a few orders hold most of the money.
      long amount = (long) Math.exp(random.nextDouble() * 14);
      String user = "u" + random.nextInt(20_000);
      firstSeen.putIfAbsent(user, time);
      Visit trigger = order(time, amount, user);
      if (i % 1_999 == 0) {
        check(trigger, firstSeen.get(user));
        largest = Math.max(largest, state.pack(new Packer()).length);
        state = EntityState.unpack(state.pack(new Packer()));
      }
    }
    assertThat(state.journal.size()).isLessThanOrEqualTo(4 * EntityPlan.EXACT);
    assertThat(state.trails).allSatisfy(trail -> assertThat(trail.size()).isLessThan(8_000));
    assertThat(largest).isLessThan(2_000_000);
  }

  private void check(Visit trigger, long userFirstSeen) {
    List<Order> day = window(trigger.time(), 24 * HOUR);
    long sum = day.stream().mapToLong(Order::amount).sum();
    Set<String> users = new HashSet<>();
    day.forEach(order -> users.add(order.user()));
    assertThat((Long) value("count_24h", trigger))
        .isCloseTo(day.size(), within(day.size() / 100 + 0L));
    long hour = window(trigger.time(), HOUR).size();
    assertThat((Long) value("count_1h", trigger)).isCloseTo(hour, within(hour / 100));
    assertThat((Long) value("sum_24h", trigger)).isCloseTo(sum, within(sum / 100));
    double average = (double) sum / day.size();
    assertThat((Double) value("avg_24h", trigger)).isCloseTo(average, within(average / 50));
    assertThat((Long) value("max_24h", trigger))
        .isGreaterThanOrEqualTo(day.stream().mapToLong(Order::amount).max().orElseThrow());
    assertThat((Long) value("users_24h", trigger))
        .isCloseTo(users.size(), within(users.size() / 100 + 0L));
    assertThat(value("previous_24h", trigger))
        .isEqualTo(all.size() < 2 ? null : all.get(all.size() - 2).amount());
    if (userFirstSeen > trigger.time() - 24 * HOUR) {
      assertThat(value("age_24h", trigger)).isEqualTo(trigger.time() - userFirstSeen);
    }
  }
}
