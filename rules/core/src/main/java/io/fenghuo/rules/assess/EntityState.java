package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Journal;
import io.fenghuo.rules.journal.JournalForm;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.List;

/** All that is kept of one entity between events: its journal, its places on lists, its running deadlines. */
public final class EntityState {

  private static final byte FORM = 1;

  final Journal journal;
  final List<ListStanding> lists = new ArrayList<>(0);
  final List<Clock> clocks = new ArrayList<>(0);
  final List<Visit> waiting = new ArrayList<>(0);
  long layout;
  int packedSize;
  private int nextLook = 16;

  public EntityState() {
    this(new Journal());
  }

  private EntityState(Journal journal) {
    this.journal = journal;
  }

  public Journal journal() {
    return journal;
  }

  /** True when nothing is worth keeping. */
  public boolean isEmpty() {
    return journal.size() == 0 && lists.isEmpty() && clocks.isEmpty() && waiting.isEmpty();
  }

  /** Holds a visit back until event time has come; see {@link #ready}. */
  public void hold(Visit visit) {
    int at = waiting.size();
    while (at > 0 && order(waiting.get(at - 1), visit) > 0) {
      at--;
    }
    waiting.add(at, visit);
  }

  private static int order(Visit a, Visit b) {
    int byTime = Long.compare(a.time(), b.time());
    return byTime != 0 ? byTime : a.eventId().compareTo(b.eventId());
  }

  /**
   * Drops what no window or deadline can reach any more.
   *
   * <p>Looks at the whole journal only when it has doubled since the last time, so that the cost for each event
   * stays constant.
   */
  void forget(EntityPlan entity, long lateness) {
    if (journal.size() < nextLook) {
      return;
    }
    long newest = journal.get(journal.size() - 1).time();
    journal
        .entries()
        .removeIf(entry -> entry.time() <= newest - entity.retention(entry.type()) - lateness);
    nextLook = Math.max(16, journal.size() * 2);
  }

  /** Takes out the earliest held visit that is not later than this event time, or null. */
  public Visit ready(long time) {
    return waiting.isEmpty() || waiting.get(0).time() > time ? null : waiting.remove(0);
  }

  public byte[] pack(Packer out) {
    out.reset();
    out.put(FORM).word(layout);
    JournalForm.pack(journal, out);
    out.number(lists.size());
    lists.forEach(standing -> standing.pack(out));
    out.number(clocks.size());
    clocks.forEach(clock -> clock.pack(out));
    out.number(waiting.size());
    waiting.forEach(visit -> visit.pack(out));
    packedSize = out.size();
    return out.toBytes();
  }

  public static EntityState unpack(byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    byte form = in.get();
    if (form != FORM) {
      throw new IllegalStateException(
          "entity state of form " + form + " (expected: " + FORM + "); it was written by another version");
    }
    long layout = in.word();
    EntityState state = new EntityState(JournalForm.unpack(in));
    state.layout = layout;
    for (int n = in.count(); n > 0; n--) {
      state.lists.add(ListStanding.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      state.clocks.add(Clock.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      state.waiting.add(Visit.unpack(in));
    }
    state.packedSize = bytes.length;
    return state;
  }

  /** Rough size in memory, bytes, for bounding caches. */
  public int weight() {
    return 200 + Math.max(packedSize, journal.size() * 200) * 2;
  }

  /** Number of events of a type in the journal. */
  public int count(EventType type) {
    int count = 0;
    for (Entry entry : journal.entries()) {
      count += entry.type() == type ? 1 : 0;
    }
    return count;
  }
}
