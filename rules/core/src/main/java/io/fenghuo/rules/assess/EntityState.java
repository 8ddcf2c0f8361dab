package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Journal;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Sightings;
import io.fenghuo.rules.journal.Trail;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All that is kept of one entity between events: its journal, its places on lists, its running
 * deadlines.
 */
public final class EntityState {

  private static final byte FORM = 2;

  final Journal journal;
  final List<ListStanding> lists = new ArrayList<>(0);
  final List<Clock> clocks = new ArrayList<>(0);
  final List<Trail> trails = new ArrayList<>(0);
  final List<Visit> waiting = new ArrayList<>(0);
  long layout;
  int packedSize;

  /** When the first entry is no longer looked at, event time; not later than that, at least. */
  private long expires = Long.MIN_VALUE;

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

  /** No feature can have counted more events than this. */
  long most() {
    return trails.isEmpty() ? journal.size() : Long.MAX_VALUE;
  }

  /** Whether something is to happen at this event time. */
  boolean awaits(long time) {
    for (Clock clock : clocks) {
      if (clock.due() == time) {
        return true;
      }
    }
    for (Visit visit : waiting) {
      if (visit.time() == time) {
        return true;
      }
    }
    return false;
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
   * Drops what no window or deadline can reach any more, and condenses what is more than is kept
   * one by one.
   *
   * <p>Looks at the whole journal only when it has doubled since the last time, so that the cost
   * for each event stays constant.
   */
  void forget(EntityPlan entity, long lateness) {
    if (journal.size() < nextLook) {
      return;
    }
    long newest = journal.get(journal.size() - 1).time();
    trim(entity, newest - lateness);
    if (journal.size() >= 2 * EntityPlan.EXACT) {
      condense(entity, newest - lateness);
    }
    nextLook = Math.max(16, journal.size() * 2);
  }

  /**
   * Drops what no window or deadline can reach any more.
   *
   * @param passed no event up to this time will be assessed any more
   */
  void trim(EntityPlan entity, long passed) {
    long upTo = waiting.isEmpty() ? passed : Math.min(passed, waiting.get(0).time());
    for (Clock clock : clocks) {
      upTo = Math.min(upTo, clock.due());
    }
    if (upTo < expires) {
      return;
    }
    long time = upTo;
    journal.entries().removeIf(entry -> entry.time() <= time - entity.retention(entry));
    expires = Long.MAX_VALUE;
    for (Entry entry : journal.entries()) {
      expires = Math.min(expires, entry.time() + entity.retention(entry));
    }
  }

  private void condense(EntityPlan entity, long newest) {
    int[] newerOfBit = new int[Long.SIZE];
    int[] newerOfType = new int[EventType.values().length];
    List<Entry> kept = new ArrayList<>();
    List<Entry> leaving = new ArrayList<>();
    for (int i = journal.size() - 1; i >= 0; i--) {
      Entry entry = journal.get(i);
      boolean needed = newerOfType[entry.type().ordinal()]++ < EntityPlan.EXACT;
      for (long rest = entry.bits(); rest != 0; rest &= rest - 1) {
        needed |= newerOfBit[Long.numberOfTrailingZeros(rest)]++ < EntityPlan.EXACT;
      }
      (needed ? kept : leaving).add(entry);
    }
    if (leaving.isEmpty()) {
      return;
    }
    Collections.reverse(kept);
    Collections.reverse(leaving);
    for (EntityPlan.PlannedTrail planned : entity.trails()) {
      Trail trail = trail(planned);
      if (trail == null && leaving.stream().anyMatch(entry -> belongs(entity, planned, entry))) {
        trail = new Trail(planned.id(), planned.sightings() ? new Sightings() : null);
        trails.add(trail);
        for (Entry entry : journal.entries()) {
          see(entity, planned, trail, entry);
        }
      }
      if (trail != null) {
        condense(entity, planned, trail, kept, leaving, newest);
      }
    }
    journal.entries().clear();
    journal.entries().addAll(kept);
  }

  private static void condense(
      EntityPlan entity,
      EntityPlan.PlannedTrail planned,
      Trail trail,
      List<Entry> kept,
      List<Entry> leaving,
      long newest) {
    for (Entry entry : leaving) {
      if (belongs(entity, planned, entry)) {
        trail.add(entry.time(), entity.valueFor(planned.feature(), entry));
      }
    }
    long count = 0;
    double magnitude = 0;
    for (Entry entry : kept) {
      if (belongs(entity, planned, entry)) {
        count++;
        Object value = entity.valueFor(planned.feature(), entry);
        magnitude += value instanceof Number number ? Math.abs(number.doubleValue()) : 0;
      }
    }
    trail.condense(newest - planned.retention(), count, magnitude);
  }

  private static boolean belongs(EntityPlan entity, EntityPlan.PlannedTrail planned, Entry entry) {
    return (entry.bits() & 1L << planned.bit()) != 0
        && (entity.features().get(planned.feature()).field() == null
            || entity.valueFor(planned.feature(), entry) != null);
  }

  private static void see(
      EntityPlan entity, EntityPlan.PlannedTrail planned, Trail trail, Entry entry) {
    if (trail.sightings() != null && belongs(entity, planned, entry)) {
      trail
          .sightings()
          .see(Sightings.hash(entity.valueFor(planned.feature(), entry)), entry.time());
    }
  }

  /** Takes note that entries may be looked at for longer or shorter than before. */
  void rearranged() {
    expires = Long.MIN_VALUE;
  }

  /** Takes note of an event that is new in the journal. */
  void saw(EntityPlan entity, Entry entry) {
    long until = entry.time() + entity.retention(entry);
    expires = journal.size() == 1 ? until : Math.min(expires, until);
    if (!trails.isEmpty()) {
      for (EntityPlan.PlannedTrail planned : entity.trails()) {
        Trail trail = trail(planned);
        if (trail != null) {
          see(entity, planned, trail, entry);
        }
      }
    }
  }

  /** The trail behind the journal, or null while everything is still in it. */
  Trail trail(EntityPlan.PlannedTrail planned) {
    for (Trail trail : trails) {
      if (trail.id().equals(planned.id())) {
        return trail;
      }
    }
    return null;
  }

  /** Takes out the earliest held visit that is not later than this event time, or null. */
  public Visit ready(long time) {
    return waiting.isEmpty() || waiting.get(0).time() > time ? null : waiting.remove(0);
  }

  public byte[] pack(Packer out) {
    out.reset();
    out.put(FORM).word(layout).word(expires);
    journal.pack(out);
    out.number(lists.size());
    lists.forEach(standing -> standing.pack(out));
    out.number(clocks.size());
    clocks.forEach(clock -> clock.pack(out));
    out.number(trails.size());
    trails.forEach(trail -> trail.pack(out));
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
          "entity state of form "
              + form
              + " (expected: "
              + FORM
              + "); it was written by another version");
    }
    long layout = in.word();
    long expires = in.word();
    EntityState state = new EntityState(Journal.unpack(in));
    state.layout = layout;
    state.expires = expires;
    for (int n = in.count(); n > 0; n--) {
      state.lists.add(ListStanding.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      state.clocks.add(Clock.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      state.trails.add(Trail.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      state.waiting.add(Visit.unpack(in));
    }
    state.packedSize = bytes.length;
    return state;
  }

  /** Rough size in memory, bytes, for bounding caches. */
  public int weight() {
    int condensed = 0;
    for (Trail trail : trails) {
      condensed += trail.weight();
    }
    return 300 + Math.max(packedSize, journal.size() * 250) + journal.size() * 150 + condensed;
  }
}
