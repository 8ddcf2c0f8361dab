package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.EntityConditions;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.assess.RuleConditions;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A condition that fails is reported with its rule, and keeps no other from seeing the event.
 * Nothing in the language can fail on values of the right types, so these tests hand in a wrong
 * one, as state damaged on disk might.
 */
class IsolationTest {
  private static final OrderEvent ORDER =
      OrderEvent.newBuilder()
          .setEventId("e1")
          .setEventTime(1)
          .setOrderId("o1")
          .setType(OrderType.CREATED)
          .setUserId("u1")
          .build();

  private final List<String> failed = new ArrayList<>();
  private final Plan plan;
  private final Expressions expressions;

  IsolationTest() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "features.yaml",
        """
        features:
          user.a: { of: OrderEvent, aggregate: count, window: 1 hour }
          user.b: { of: OrderEvent, aggregate: sum, field: amount, window: 1 hour }
        """);
    // More rules than one statement takes; every third reads the damaged figure.
    for (int i = 0; i < 40; i++) {
      String figure = i % 3 == 0 ? "user.b" : "user.a";
      files.put(
          "r%02d.yaml".formatted(i),
          "title: { zh: T, en: T }\nwhen: OrderEvent(" + figure + " >= " + (i % 2) + ")");
    }
    plan = Plan.of(RuleSet.read(files));
    expressions = EsperCompiler.compile(plan);
  }

  private List<String> held(long[] holding) {
    List<String> ids = new ArrayList<>();
    for (int rule = Bits.next(holding, 0); rule >= 0; rule = Bits.next(holding, rule + 1)) {
      ids.add(plan.rules().get(rule).rule().id());
    }
    return ids;
  }

  private static List<String> rules(boolean damaged) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      if ((i % 3 == 0) == damaged) {
        ids.add("r%02d".formatted(i));
      }
    }
    return ids;
  }

  @Test
  void aConditionThatFailsAtAnEntityIsReportedAndTheOthersHold() {
    try (EntityConditions conditions = expressions.openEntities((what, why) -> failed.add(what))) {
      for (int times = 1; times <= 2; times++) {
        failed.clear();
        long[] holding = Bits.of(plan.rules().size());
        conditions.hold(
            EntityKind.USER, EventType.ORDER, ORDER, new Object[] {7L, "no number"}, holding);
        assertThat(held(holding)).isEqualTo(rules(false));
        assertThat(failed).containsExactlyInAnyOrderElementsOf(rules(true));
      }
      failed.clear();
      long[] holding = Bits.of(plan.rules().size());
      conditions.hold(EntityKind.USER, EventType.ORDER, ORDER, new Object[] {7L, 7L}, holding);
      assertThat(held(holding)).hasSize(40);
      assertThat(failed).isEmpty();
    }
  }

  @Test
  void aConditionThatFailsWithAllFiguresTogetherIsReportedAndTheOthersHold() {
    try (RuleConditions conditions = expressions.openRules((what, why) -> failed.add(what))) {
      Object[][] figures = new Object[EntityKind.values().length][];
      figures[EntityKind.USER.ordinal()] = new Object[] {7L, "no number"};
      long[] holding = Bits.of(plan.rules().size());
      conditions.hold(EventType.ORDER, ORDER, figures, holding);
      assertThat(held(holding)).isEqualTo(rules(false));
      assertThat(failed).containsExactlyInAnyOrderElementsOf(rules(true));
    }
  }
}
