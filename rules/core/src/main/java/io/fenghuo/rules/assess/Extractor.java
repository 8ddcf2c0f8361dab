package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.Event;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * First step after decoding: which entities does this event concern, what do they need to know of
 * it, and which rules could it make hit? Knows nothing but the event.
 */
public final class Extractor {

  private static final EntityKind[] KINDS = EntityKind.values();

  private final Plan plan;
  private final EventFilters filters;
  private final long[] matching;
  private final long[] possible;

  public Extractor(Plan plan, EventFilters filters) {
    this.plan = plan;
    this.filters = filters;
    this.matching = Bits.of(plan.filters().size());
    this.possible = Bits.of(plan.rules().size());
  }

  /** Sends a visit to every entity that must remember the event or say something about it. */
  public void extract(Event event, Consumer<Visit> visits) {
    Arrays.fill(matching, 0);
    filters.match(event.type(), event.record(), matching);
    possibleRules();

    EventType type = event.type();
    boolean created = isCreation(event);
    long[] undecided = undecided(event);
    boolean together = created || !Bits.isEmpty(undecided);
    EntityKind head = type.bearsOnOrder() ? EntityKind.ORDER : null;
    int expected = 0;
    if (together) {
      for (EntityKind kind : KINDS) {
        if (event.key(kind) != null && mustSpeak(type, kind, undecided)) {
          expected |= 1 << kind.ordinal();
          head = head == null ? kind : head;
        }
      }
    }
    String order = event.key(EntityKind.ORDER);
    for (EntityKind kind : KINDS) {
      String key = event.key(kind);
      if (key == null) {
        continue;
      }
      EntityPlan entity = plan.entity(kind);
      boolean speaks = (expected & 1 << kind.ordinal()) != 0;
      long[] rules = rulesAt(entity, undecided);
      boolean listens = type.bearsOnOrder();
      long bits = entity.bits(matching);
      if (!speaks && !listens && Bits.isEmpty(rules) && !entity.remembers(type, bits)) {
        continue;
      }
      visits.accept(
          Visit.of(
              kind,
              key,
              new Entry(
                  type,
                  event.id(),
                  event.time(),
                  bits,
                  entity.columns(type, event.record()),
                  event.bytes()),
              speaks || listens || !Bits.isEmpty(rules) ? rules : null,
              order,
              expected,
              together && kind == head ? undecided : null,
              together && kind == head));
    }
  }

  private void possibleRules() {
    Arrays.fill(possible, 0);
    for (int f = Bits.next(matching, 0); f >= 0; f = Bits.next(matching, f + 1)) {
      List<Plan.PlannedRule> rules = plan.rulesOfFilter(f);
      for (int i = 0; i < rules.size(); i++) {
        Bits.set(possible, rules.get(i).index());
      }
    }
  }

  private static boolean isCreation(Event event) {
    return event.record() instanceof OrderEvent order && order.getType() == OrderType.CREATED;
  }

  /** The possible rules that no single entity of this event settles. */
  private long[] undecided(Event event) {
    long[] undecided = possible.clone();
    for (EntityKind kind : KINDS) {
      if (event.key(kind) != null) {
        Bits.removeAll(undecided, plan.entity(kind).homeRules());
      }
    }
    if (!event.type().bearsOnOrder()) {
      // Such a rule can only raise an alert, and does not when the event does not concern its
      // entity.
      for (int r = Bits.next(undecided, 0); r >= 0; r = Bits.next(undecided, r + 1)) {
        EntityKind about = plan.rules().get(r).alertEntity();
        if (about == null || event.key(about) == null) {
          undecided[r >>> 6] &= ~(1L << r);
        }
      }
    }
    return undecided;
  }

  /**
   * Of an event that bears on an order all entities are asked, since any of them may be on a list.
   */
  private boolean mustSpeak(EventType type, EntityKind kind, long[] undecided) {
    return type.bearsOnOrder()
        || !Bits.isEmpty(rulesAt(plan.entity(kind), undecided))
        || isAlertEntity(kind, undecided);
  }

  private boolean isAlertEntity(EntityKind kind, long[] undecided) {
    for (int r = Bits.next(undecided, 0); r >= 0; r = Bits.next(undecided, r + 1)) {
      if (plan.rules().get(r).alertEntity() == kind) {
        return true;
      }
    }
    return false;
  }

  /**
   * The possible rules at home here, and of the undecided ones those that read this kind's figures.
   */
  private long[] rulesAt(EntityPlan entity, long[] undecided) {
    long[] rules = Bits.and(possible, entity.homeRules());
    Bits.addAll(rules, Bits.and(undecided, entity.rulesReading()));
    return rules;
  }
}
