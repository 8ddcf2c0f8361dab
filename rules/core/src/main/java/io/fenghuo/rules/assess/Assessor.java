package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.EntityPlan.Need;
import io.fenghuo.rules.assess.EntityPlan.PlannedDeadline;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.assess.Finding.ListNote;
import io.fenghuo.rules.assess.Finding.Match;
import io.fenghuo.rules.assess.Finding.Witness;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Journal;
import io.fenghuo.rules.journal.Trail;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.UndecodableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * What one entity has to say about an event: {@code (journal, visit) → (journal', finding)}, a pure
 * function but for the counters.
 */
public final class Assessor implements AutoCloseable {

  /** A sequence looks at this many events at most. */
  static final int LONGEST_SLICE = 200;

  private static final int MOST_WITNESSES = 20;

  private final Plan plan;
  private final Expressions expressions;
  private final Failures failures;
  private final EventCodec codec;
  private final long lateness;
  private final EntityConditions conditions;
  private final Map<EntityKind, Figures> figures = new EnumMap<>(EntityKind.class);
  private final Map<EntityKind, long[]> unconditional = new EnumMap<>(EntityKind.class);
  private final List<Long> opened = new ArrayList<>();
  private final List<Long> stopped = new ArrayList<>();
  private EventFilters filters;
  private long slicesCapped;
  private boolean changed;

  /**
   * @param lateness how long events may arrive after later ones and still be counted exactly,
   *     milliseconds
   */
  public Assessor(
      Plan plan, Expressions expressions, EventCodec codec, long lateness, Failures failures) {
    this.plan = plan;
    this.expressions = expressions;
    this.failures = failures;
    this.codec = codec;
    this.lateness = lateness;
    this.conditions = expressions.openEntities(failures);
    for (EntityKind kind : EntityKind.values()) {
      figures.put(kind, new Figures(plan.entity(kind)));
      long[] always = Bits.of(plan.rules().size());
      for (Plan.PlannedRule rule : plan.entity(kind).rulesHere()) {
        if (rule.partFor(kind).isAlways()) {
          Bits.set(always, rule.index());
        }
      }
      unconditional.put(kind, always);
    }
  }

  /** Slices that were longer than a sequence may look at, so far. */
  public long slicesCapped() {
    return slicesCapped;
  }

  /** When the deadlines opened by the last visit are due, milliseconds of event time. */
  public List<Long> opened() {
    return opened;
  }

  /**
   * When the deadlines were due that the last visit has met: nothing is to happen then any more.
   */
  public List<Long> stopped() {
    return stopped;
  }

  /** Whether the last visit left something to be kept. */
  public boolean changed() {
    return changed;
  }

  /**
   * Remembers the event and answers for the entity.
   *
   * @return null when nobody needs to hear
   */
  public Finding assess(EntityState state, Visit visit) {
    opened.clear();
    stopped.clear();
    changed = false;
    if (visit.type() == null) {
      changed = true;
      list(state, visit);
      return null;
    }
    EntityPlan entity = plan.entity(visit.kind());
    arrange(state, visit.kind());
    Entry entry = visit.entry();
    if (entity.remembers(visit.type(), entry.bits())) {
      if (state.journal.add(entry)) {
        changed = true;
        state.saw(entity, entry);
        stopClocks(state, entity, entry);
        openClocks(state, entity, entry);
        state.forget(entity, lateness);
      }
    }
    return visit.rules() == null ? null : finding(state, entity, visit);
  }

  /**
   * Drops what no event to come can reach.
   *
   * @param passed event time up to which none will be assessed any more
   */
  public void trim(EntityState state, EntityKind kind, long passed) {
    EntityPlan entity = plan.entity(kind);
    // Bits of another layout do not say what they are kept for.
    if (state.layout == entity.layout()) {
      state.trim(entity, passed);
    }
  }

  // ---- lists

  private void list(EntityState state, Visit visit) {
    try {
      ListEntry entry = codec.decode(visit.listEntry(), ListEntry.class);
      state.lists.removeIf(standing -> standing.list() == entry.getList());
      if (!entry.getRemoved()) {
        state.lists.add(ListStanding.of(entry));
      }
    } catch (UndecodableException impossible) {
      throw new IllegalStateException("a list entry that was decoded before", impossible);
    }
  }

  private static List<ListNote> notes(EntityState state, Visit visit) {
    if (state.lists.isEmpty()) {
      return List.of();
    }
    return state.lists.stream()
        .filter(standing -> standing.holdsAt(visit.time()))
        .map(standing -> new ListNote(standing.list().name(), visit.key(), standing.reason()))
        .toList();
  }

  // ---- a change of rules

  /**
   * Brings the bits and columns of what is kept of an entity up to date when the rules have changed
   * since it was last touched. To be called before an event is held back or let go.
   */
  public void arrange(EntityState state, EntityKind kind) {
    EntityPlan entity = plan.entity(kind);
    if (state.layout == entity.layout()) {
      return;
    }
    if (state.journal.size() > 0 || !state.waiting.isEmpty()) {
      changed = true;
      if (filters == null) {
        filters = expressions.openFilters(failures);
      }
      state.journal.entries().replaceAll(entry -> arranged(entry, entity));
      state.waiting.replaceAll(visit -> visit.with(arranged(visit.entry(), entity)));
    }
    state.journal.entries().removeIf(entry -> !entity.remembers(entry.type(), entry.bits()));
    state.rearranged();
    state.layout = entity.layout();
  }

  private Entry arranged(Entry entry, EntityPlan entity) {
    SpecificRecord record = decode(entry.bytes());
    long[] matching = Bits.of(plan.filters().size());
    filters.match(entry.type(), record, matching);
    return new Entry(
        entry.type(),
        entry.id(),
        entry.time(),
        entity.bits(matching),
        entity.columns(entry.type(), record),
        entry.bytes());
  }

  private SpecificRecord decode(byte[] bytes) {
    try {
      return codec.decode(bytes);
    } catch (UndecodableException impossible) {
      throw new IllegalStateException("an event that was decoded before", impossible);
    }
  }

  // ---- findings

  private Finding finding(EntityState state, EntityPlan entity, Visit visit) {
    List<ListNote> notes = notes(state, visit);
    boolean speaksAlone = visit.expected() == 0;
    long[] rules = visit.rules();
    Sheet sheet = new Sheet(state, entity, visit);
    long[] open = open(entity, rules, sheet);
    if (speaksAlone && open == null && notes.isEmpty()) {
      return null;
    }
    long[] holding = open == null ? Bits.of(plan.rules().size()) : holding(sheet, open);
    boolean some = !Bits.isEmpty(holding);
    if (speaksAlone && !some && notes.isEmpty()) {
      return null;
    }
    return new Finding(
        visit.group(),
        visit.kind(),
        visit.type(),
        visit.eventId(),
        visit.time(),
        visit.expected(),
        visit.head() || speaksAlone ? visit.entry().bytes() : null,
        visit.undecided(),
        rules,
        holding,
        some ? sheet.values : null,
        some ? witnesses(sheet, holding) : List.of(),
        some ? matches(entity, sheet.chosen) : List.of(),
        notes);
  }

  /** The rules whose figures reach what they need at the least, or null when there is none. */
  private static long[] open(EntityPlan entity, long[] rules, Sheet sheet) {
    long[] open = null;
    for (int rule = Bits.next(rules, 0); rule >= 0; rule = Bits.next(rules, rule + 1)) {
      if (sheet.reaches(entity.needsOf(rule))) {
        open = open == null ? new long[rules.length] : open;
        Bits.set(open, rule);
      }
    }
    return open;
  }

  /** Of these rules, those whose part for this kind holds. */
  private long[] holding(Sheet sheet, long[] open) {
    Visit visit = sheet.visit;
    for (int rule = Bits.next(open, 0); rule >= 0; rule = Bits.next(open, rule + 1)) {
      for (int figure : sheet.entity.figuresOf(rule)) {
        sheet.value(figure);
      }
    }
    long[] holding = Bits.of(plan.rules().size());
    Bits.addAll(holding, unconditional.get(visit.kind()));
    long[] asked = open.clone();
    Bits.removeAll(asked, holding);
    if (!Bits.isEmpty(asked)) {
      SpecificRecord record =
          sheet.entity.readsEvent(visit.type()) ? decode(visit.entry().bytes()) : null;
      conditions.hold(visit.kind(), visit.type(), record, sheet.values, holding);
    }
    return Bits.and(holding, open);
  }

  /** The figures of an entity at one visit, each computed when it is first looked at. */
  private final class Sheet {
    private final EntityState state;
    private final EntityPlan entity;
    private final Visit visit;
    private int end = -1;
    private final Object[] values;
    private final long[] done;
    private Map<Integer, List<Entry>> chosen = Map.of();

    Sheet(EntityState state, EntityPlan entity, Visit visit) {
      this.state = state;
      this.entity = entity;
      this.visit = visit;
      this.values = new Object[entity.figureNames().length];
      this.done = Bits.of(values.length);
    }

    /** Number of journal entries up to and including the visit's place. */
    int end() {
      if (end < 0) {
        end = state.journal.endAt(visit.entry());
      }
      return end;
    }

    Object value(int figure) {
      if (!Bits.get(done, figure)) {
        Bits.set(done, figure);
        values[figure] = compute(figure);
      }
      return values[figure];
    }

    private Object compute(int figure) {
      int features = entity.features().size();
      if (figure < features) {
        Trail trail = state.trail(entity.trailOf(figure));
        return figures.get(visit.kind()).value(figure, state.journal, trail, visit, end());
      }
      // The events chosen are kept for the evidence.
      List<Entry> events =
          sequence(entity.sequences().get(figure - features), state.journal, visit, end());
      if (events == null) {
        return false;
      }
      chosen = new TreeMap<>(chosen);
      chosen.put(figure, events);
      return true;
    }

    boolean reaches(List<Need> needs) {
      for (int i = 0; i < needs.size(); i++) {
        if (needs.get(i).events() > state.most()) {
          return false;
        }
      }
      for (int i = 0; i < needs.size(); i++) {
        Need need = needs.get(i);
        if (!need.threshold().reachedBy(value(need.figure()))) {
          return false;
        }
      }
      return true;
    }
  }

  /** The chosen events of a sequence that ends with the visit, or null. */
  private List<Entry> sequence(PlannedSequence planned, Journal journal, Visit visit, int end) {
    if (!planned.endsWith(visit.entry().bits())
        || planned.sequence().last().of().type() != visit.type()) {
      return null;
    }
    long from = visit.time() - planned.sequence().within();
    List<Entry> slice = new ArrayList<>();
    int seen = 0;
    for (int i = end - 1; i >= 0 && journal.get(i).time() > from; i--) {
      Entry entry = journal.get(i);
      if (!planned.names(entry.type())) {
        continue;
      }
      if (++seen > LONGEST_SLICE) {
        slicesCapped++;
        break;
      }
      if (planned.takes(entry.type(), entry.bits())) {
        slice.add(entry);
      }
    }
    Collections.reverse(slice);
    if (!planned.possibleIn(slice)) {
      return null;
    }
    List<SpecificRecord> records = new ArrayList<>(slice.size());
    slice.forEach(entry -> records.add(decode(entry.bytes())));
    if (!planned.tied(slice, records)) {
      return null;
    }
    int[] places = conditions.match(visit.kind(), planned.figure(), records);
    return places == null ? null : Arrays.stream(places).mapToObj(slice::get).toList();
  }

  /** The events of each step: of several times, the last. */
  private static List<Match> matches(EntityPlan entity, Map<Integer, List<Entry>> chosen) {
    List<Match> matches = new ArrayList<>(chosen.size());
    chosen.forEach(
        (figure, events) -> {
          PlannedSequence planned = entity.sequences().get(figure - entity.features().size());
          List<byte[]> ofSteps = new ArrayList<>();
          int at = -1;
          for (var step : planned.sequence().steps()) {
            at += step.times();
            ofSteps.add(events.get(at).bytes());
          }
          matches.add(new Match(figure, ofSteps));
        });
    return matches;
  }

  private List<Witness> witnesses(Sheet sheet, long[] holding) {
    EntityPlan entity = sheet.entity;
    Map<Entry, long[]> byEntry = new TreeMap<>((a, b) -> order(b, a));
    long[] done = Bits.of(entity.figureNames().length);
    List<Entry> behind = new ArrayList<>();
    for (int rule = Bits.next(holding, 0); rule >= 0; rule = Bits.next(holding, rule + 1)) {
      for (int figure : entity.figuresOf(rule)) {
        if (Bits.get(done, figure)) {
          continue;
        }
        Bits.set(done, figure);
        behind.clear();
        if (figure < entity.features().size()) {
          figures
              .get(entity.kind())
              .witnesses(figure, sheet.state.journal, sheet.visit, sheet.end(), behind::add);
        } else {
          behind.addAll(sheet.chosen.getOrDefault(figure, List.of()));
        }
        for (int i = Math.max(0, behind.size() - MOST_WITNESSES); i < behind.size(); i++) {
          Bits.set(
              byEntry.computeIfAbsent(behind.get(i), e -> Bits.of(entity.figureNames().length)),
              figure);
        }
      }
    }
    List<Witness> witnesses = new ArrayList<>(byEntry.size());
    byEntry.forEach(
        (entry, figures) ->
            witnesses.add(
                new Witness(entry.type(), entry.id(), entry.time(), entry.bytes(), figures)));
    return witnesses;
  }

  private static int order(Entry a, Entry b) {
    int byTime = Long.compare(a.time(), b.time());
    return byTime != 0 ? byTime : a.id().compareTo(b.id());
  }

  // ---- deadlines

  private void stopClocks(EntityState state, EntityPlan entity, Entry entry) {
    for (int i = state.clocks.size() - 1; i >= 0; i--) {
      Clock clock = state.clocks.get(i);
      if (clock.due() >= entry.time() && entity.ends(clock, entry)) {
        state.clocks.remove(i);
        if (!state.awaits(clock.due())) {
          stopped.add(clock.due());
        }
      }
    }
  }

  private void openClocks(EntityState state, EntityPlan entity, Entry entry) {
    for (PlannedDeadline planned : entity.deadlines()) {
      if ((entry.bits() & 1L << planned.startBit()) == 0) {
        continue;
      }
      long time = entry.time();
      long due = time + planned.deadline().within();
      String rule = planned.rule().id();
      boolean open =
          state.clocks.stream()
              .anyMatch(
                  clock ->
                      clock.rule().equals(rule) && clock.start() <= time && time <= clock.due());
      if (open || ended(state, planned, time - planned.deadline().lookback(), due)) {
        continue;
      }
      // A start that comes late takes the place of the later one it would have kept from opening a
      // clock.
      state.clocks.removeIf(
          clock -> clock.rule().equals(rule) && clock.start() > time && clock.start() <= due);
      state.clocks.add(new Clock(rule, time, due, entry.bytes()));
      opened.add(due);
    }
  }

  /** Whether an end event lies in this stretch of time, both ends included. */
  private static boolean ended(EntityState state, PlannedDeadline planned, long from, long to) {
    for (int i = state.journal.firstAfter(from - 1); i < state.journal.size(); i++) {
      Entry entry = state.journal.get(i);
      if (entry.time() > to) {
        return false;
      }
      if ((entry.bits() & 1L << planned.endBit()) != 0) {
        return true;
      }
    }
    return false;
  }

  /** The alerts of deadlines that have passed by this event time. */
  public List<AlertSignal> due(EntityState state, EntityKind kind, String key, long time) {
    if (state.clocks.isEmpty()) {
      return List.of();
    }
    EntityPlan entity = plan.entity(kind);
    arrange(state, kind);
    List<AlertSignal> signals = new ArrayList<>();
    state.clocks.removeIf(
        clock -> {
          if (clock.due() > time) {
            return false;
          }
          entity.deadlines().stream()
              .filter(planned -> planned.rule().id().equals(clock.rule()))
              // A clock that runs has not been met, unless its rule has changed since.
              .filter(
                  planned ->
                      !ended(
                          state,
                          planned,
                          clock.start() - planned.deadline().lookback(),
                          clock.due()))
              .forEach(
                  planned -> {
                    SpecificRecord start = decode(clock.event());
                    signals.add(
                        new AlertSignal(
                            Alerts.alert(
                                planned.rule(),
                                kind,
                                key,
                                clock.due(),
                                clock.due(),
                                name -> Wording.property(start, name)),
                            ""));
                  });
          return true;
        });
    return signals;
  }

  @Override
  public void close() {
    conditions.close();
    if (filters != null) {
      filters.close();
    }
  }
}
