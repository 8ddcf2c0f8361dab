package io.fenghuo.rules.reference;

import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * A random rule set with events and list entries that often set it off; the same seed gives the
 * same world. Names are few, times are round and collide, ids are random, order lives are untidy.
 *
 * <p>What exact comparison with another evaluator could stumble over is left out: doubles whose sum
 * depends on the order, equality of doubles, remainders by zero, enum-valued features.
 */
public final class RandomWorld {

  /** How long after its event time an event arrives, at most. */
  public static final long MAX_DELAY_MS = 5_000;

  private final Map<String, String> files;
  private final List<SpecificRecord> events;
  private final List<ListEntry> lists;

  public RandomWorld(long seed) {
    this(seed, 400);
  }

  /**
   * @param events how many different ones
   */
  public RandomWorld(long seed, int events) {
    Dice dice = new Dice(seed);
    this.files = Map.copyOf(new RandomRules(dice).write());
    RandomEvents stream = new RandomEvents(dice, events);
    this.events = stream.arriving();
    this.lists = lists(dice, stream.horizon());
  }

  public Map<String, String> files() {
    return files;
  }

  /** In order of arrival, a few of them twice. */
  public List<SpecificRecord> events() {
    return events;
  }

  /** In order of writing; some take back or replace an earlier one. */
  public List<ListEntry> lists() {
    return lists;
  }

  private static List<ListEntry> lists(Dice dice, long horizon) {
    List<ListEntry> entries = new ArrayList<>();
    int count = dice.between(2, 10);
    for (int i = 0; i < count; i++) {
      String entity = dice.oneOf("user", "device", "ip", "account", "address");
      long begin = RandomEvents.BEGIN + dice.below(100) * (horizon / 100);
      entries.add(
          ListEntry.newBuilder()
              .setList(dice.oneOf(List.of(ListKind.values())))
              .setEntity(entity)
              .setValue(dice.oneOf(Vocabulary.POOLS.get(Event.keyField(entity))))
              .setReason("reason " + i)
              .setFrom(dice.chance(0.3) ? 0 : begin)
              .setUntil(dice.chance(0.2) ? null : begin + dice.between(5, 40) * (horizon / 100))
              .setRemoved(dice.chance(0.15))
              .build());
    }
    return List.copyOf(entries);
  }
}
