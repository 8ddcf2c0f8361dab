package io.fenghuo.rules.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EventType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalTest {
  private static Entry entry(long time, String id) {
    return new Entry(EventType.ORDER, id, time, 0, new Object[0], new byte[0]);
  }

  private static List<String> ids(Journal journal) {
    return journal.entries().stream().map(Entry::id).toList();
  }

  @Test
  void eventsStandInOrderOfTimeAndThenId() {
    Journal journal = new Journal();
    for (Entry entry :
        List.of(entry(5, "b"), entry(3, "z"), entry(5, "B"), entry(7, "a"), entry(5, "a"))) {
      assertThat(journal.add(entry)).isTrue();
    }
    assertThat(ids(journal)).containsExactly("z", "B", "a", "b", "a");
  }

  @Test
  void anEventIsStoredOnce() {
    Journal journal = new Journal();
    journal.add(entry(5, "a"));
    journal.add(entry(6, "b"));
    assertThat(journal.add(entry(5, "a"))).isFalse();
    assertThat(journal.add(entry(6, "b"))).isFalse();
    assertThat(journal.size()).isEqualTo(2);
  }

  @Test
  void ofEventsAtTheSameTimeThoseWithAGreaterIdAreNotYetThere() {
    Journal journal = new Journal();
    List.of("a", "c", "e").forEach(id -> journal.add(entry(5, id)));
    assertThat(journal.endAt(entry(5, "c"))).isEqualTo(2);
    assertThat(journal.endAt(entry(5, "d"))).isEqualTo(2);
    assertThat(journal.endAt(entry(5, "A"))).isZero();
    assertThat(journal.endAt(entry(6, ""))).isEqualTo(3);
    assertThat(journal.firstAfter(4)).isZero();
    assertThat(journal.firstAfter(5)).isEqualTo(3);
  }

  @Test
  void whateverTheOrderOfArrivalTheJournalIsTheSame() {
    Random random = new Random(7);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      entries.add(entry(random.nextInt(50), "e" + i));
    }
    Journal first = new Journal();
    entries.forEach(first::add);
    Collections.shuffle(entries, random);
    Journal second = new Journal();
    entries.forEach(second::add);
    entries.forEach(second::add);
    assertThat(ids(second)).isEqualTo(ids(first));
  }
}
