package io.fenghuo.rules.assess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Packer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An entity drops what nothing can look at any more, and nothing else. */
class ForgettingTest {

  private static final long HOUR = 3_600_000;

  private final EntityPlan plan =
      Plan.of(
              RuleSet.read(
                  Map.of(
                      "features.yaml",
                      """
                      features:
                        user.hour: { of: "LoginEvent(success = true)", aggregate: count, window: 1 hour }
                        user.day:  { of: "LoginEvent(success = false)", aggregate: count, window: 24 hours }
                      """)))
          .entity(EntityKind.USER);
  private final long hour = bit("user.hour");
  private final long day = bit("user.day");
  private EntityState state = new EntityState();

  ForgettingTest() throws Exception {}

  private long bit(String feature) {
    return 1L << plan.bitOfFeature(List.of(plan.figureNames()).indexOf(feature));
  }

  private Entry add(String id, long time, long bits) {
    Entry entry = new Entry(EventType.LOGIN, id, time, bits, new Object[0], new byte[] {1, 2, 3});
    state.journal.add(entry);
    state.saw(plan, entry);
    return entry;
  }

  private List<String> kept() {
    return state.journal().entries().stream().map(Entry::id).toList();
  }

  @Test
  void eachEventIsKeptAsLongAsWhatItMatchesNeedsIt() {
    add("hour", 0, hour);
    add("day", 0, day);
    add("both", 0, hour | day);
    state.trim(plan, HOUR - 1);
    assertThat(kept()).containsExactlyInAnyOrder("hour", "day", "both");
    state.trim(plan, HOUR);
    assertThat(kept()).containsExactlyInAnyOrder("day", "both");
    state.trim(plan, 24 * HOUR);
    assertThat(kept()).isEmpty();
    assertThat(state.isEmpty()).isTrue();
  }

  @Test
  void afterARestartItGoesOnForgetting() {
    add("old", 0, hour);
    add("new", HOUR, hour);
    state = EntityState.unpack(state.pack(new Packer()));
    state.trim(plan, HOUR);
    assertThat(kept()).containsExactly("new");
    state.trim(plan, 2 * HOUR);
    assertThat(kept()).isEmpty();
  }

  @Test
  void whatADeadlineStillDueMayLookAtStays() {
    add("e", 0, hour);
    state.clocks.add(new Clock("r", 0, HOUR / 2, new byte[0]));
    state.trim(plan, 100 * HOUR);
    assertThat(kept()).containsExactly("e");
    state.clocks.clear();
    state.trim(plan, 100 * HOUR);
    assertThat(kept()).isEmpty();
  }

  @Test
  void whatAVisitThatWaitsMayLookAtStays() {
    add("e", 0, hour);
    Entry late = new Entry(EventType.LOGIN, "w", HOUR / 2, 1, new Object[0], new byte[0]);
    state.hold(Visit.of(EntityKind.USER, "u", late, null, null, 0, null, false));
    state.trim(plan, 100 * HOUR);
    assertThat(kept()).containsExactly("e");
  }

  @Test
  void eventsForRulesToComeAreKeptAsLongAsThePolicySays() throws Exception {
    EntityPlan generous =
        Plan.of(
                RuleSet.read(
                    Map.of(
                        "features.yaml",
                        "features: { user.hour: { of: \"LoginEvent(success = true)\","
                            + " aggregate: count, window: 1 hour } }",
                        "policy.yaml",
                        "policy: { thresholds: { BLOCK: 90 }, remember: 10 minutes }")))
            .entity(EntityKind.USER);
    assertThat(plan.remembers(EventType.LOGIN, 0)).isFalse();
    assertThat(generous.remembers(EventType.LOGIN, 0)).isTrue();
    assertThat(generous.remembers(EventType.ORDER, 0)).isFalse();
    add("unmatched", 0, 0);
    state.trim(generous, 600_000 - 1);
    assertThat(kept()).containsExactly("unmatched");
    state.trim(generous, 600_000);
    assertThat(kept()).isEmpty();
  }
}
