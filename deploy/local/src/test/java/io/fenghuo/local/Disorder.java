package io.fenghuo.local;

import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;

/**
 * The events of a world as a network delivers them: each up to the bound late, one in ten twice.
 */
final class Disorder {

  /**
   * The first of July 2026; worlds begin with the year and last some days, deadlines 30 at most.
   */
  private static final long END = 1_782_864_000_000L;

  private record Late(long at, SpecificRecord event) {}

  private Disorder() {}

  static List<SpecificRecord> of(Collection<SpecificRecord> events, long seed) {
    Random random = new Random(seed);
    Map<Object, SpecificRecord> byId = new LinkedHashMap<>();
    events.forEach(event -> byId.putIfAbsent(field(event, "eventId"), event));
    List<Late> late = new ArrayList<>();
    for (SpecificRecord event : byId.values()) {
      long time = (Long) field(event, "eventTime");
      int copies = random.nextInt(10) == 0 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        late.add(new Late(time + random.nextLong(RandomWorld.MAX_DELAY_MS + 1), event));
      }
    }
    late.sort(Comparator.comparingLong(Late::at));
    return late.stream().map(Late::event).toList();
  }

  /** An event that concerns nobody and comes after every deadline of a random world. */
  static LoginEvent end() {
    return LoginEvent.newBuilder()
        .setEventId("the end")
        .setEventTime(END)
        .setKind(LoginKind.LOGIN)
        .setSuccess(true)
        .build();
  }

  private static Object field(SpecificRecord event, String name) {
    return event.get(event.getSchema().getField(name).pos());
  }
}
