package io.fenghuo.pipelines;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.schemas.EventCodec;
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

  private record Late(long at, Event event) {}

  private Disorder() {}

  static List<Event> of(Collection<SpecificRecord> records, long seed) {
    Random random = new Random(seed);
    EventCodec codec = EventCodec.singleObject();
    Map<String, Event> events = new LinkedHashMap<>();
    for (SpecificRecord record : records) {
      Event event = new Event(record, codec.encode(record));
      events.putIfAbsent(event.id(), event);
    }
    List<Late> late = new ArrayList<>();
    for (Event event : events.values()) {
      int copies = random.nextInt(10) == 0 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        late.add(new Late(event.time() + random.nextLong(RandomWorld.MAX_DELAY_MS + 1), event));
      }
    }
    late.sort(Comparator.comparingLong(Late::at));
    return late.stream().map(Late::event).toList();
  }
}
