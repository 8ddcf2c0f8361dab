package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
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
  private EventFilters filters;
  private long slicesCapped;

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
   * Remembers the event and answers for the entity.
   *
   * @return null when nobody needs to hear
   */
  public Finding assess(EntityState state, Visit visit) {
    opened.clear();
    if (visit.type() == null) {
      list(state, visit);
      return null;
    }
    EntityPlan entity = plan.entity(visit.kind());
    arrange(state, entity);
    if (entity.remembers(visit.type())) {
      Entry entry = visit.entry();
      if (state.journal.add(entry)) {
        state.saw(entity, entry);
        openClocks(state, entity, visit);
        state.forget(entity, lateness);
      }
    }
    return visit.rules() == null ? null : finding(state, entity, visit);
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
   * Brings the journal's bits and columns up to date when the rules have changed since it was last
   * touched.
   */
  private void arrange(EntityState state, EntityPlan entity) {
    if (state.layout == entity.layout()) {
      return;
    }
    if (state.journal.size() > 0) {
      if (filters == null) {
        filters = expressions.openFilters(failures);
      }
      long[] matching = Bits.of(plan.filters().size());
      state
          .journal
          .entries()
          .replaceAll(
              entry -> {
                SpecificRecord record = decode(entry.bytes());
                Arrays.fill(matching, 0);
                filters.match(entry.type(), record, matching);
                return new Entry(
                    entry.type(),
                    entry.id(),
                    entry.time(),
                    entity.bits(matching),
                    entity.columns(entry.type(), record),
                    entry.bytes());
              });
    }
    state.layout = entity.layout();
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
    long[] rules = visit.rules();
    long[] holding = Bits.of(plan.rules().size());
    Object[] values = null;
    List<Witness> witnesses = List.of();
    List<Match> matched = List.of();
    if (!Bits.isEmpty(rules)) {
      values = new Object[entity.figureNames().length];
      int end = state.journal.endAt(visit.time(), visit.eventId());
      Map<Integer, List<Entry>> chosen = compute(state, entity, visit, end, values);
      SpecificRecord record =
          entity.readsEvent(visit.type()) ? decode(visit.entry().bytes()) : null;
      conditions.hold(visit.kind(), visit.type(), record, values, holding);
      Bits.addAll(holding, unconditional.get(visit.kind()));
      holding = Bits.and(holding, rules);
      if (Bits.isEmpty(holding)) {
        values = null;
      } else {
        witnesses = witnesses(state.journal, entity, visit, end, holding, chosen);
        matched = matches(entity, chosen);
      }
    }
    boolean speaksAlone = visit.expected() == 0;
    if (speaksAlone && values == null && notes.isEmpty()) {
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
        values,
        witnesses,
        matched,
        notes);
  }

  /**
   * Fills in the figures that the visit's rules look at; gives the chosen events of the sequences
   * that hit.
   */
  private Map<Integer, List<Entry>> compute(
      EntityState state, EntityPlan entity, Visit visit, int end, Object[] values) {
    Journal journal = state.journal;
    Map<Integer, List<Entry>> chosen = new TreeMap<>();
    long[] done = Bits.of(values.length);
    long[] rules = visit.rules();
    int features = entity.features().size();
    for (int rule = Bits.next(rules, 0); rule >= 0; rule = Bits.next(rules, rule + 1)) {
      for (int figure : entity.figuresOf(rule)) {
        if (Bits.get(done, figure)) {
          continue;
        }
        Bits.set(done, figure);
        if (figure < features) {
          Trail trail = state.trail(entity.trailOf(figure));
          values[figure] = figures.get(visit.kind()).value(figure, journal, trail, visit, end);
        } else {
          List<Entry> events =
              sequence(entity.sequences().get(figure - features), journal, visit, end);
          values[figure] = events != null;
          if (events != null) {
            chosen.put(figure, events);
          }
        }
      }
    }
    return chosen;
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

  private List<Witness> witnesses(
      Journal journal,
      EntityPlan entity,
      Visit visit,
      int end,
      long[] holding,
      Map<Integer, List<Entry>> chosen) {
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
          figures.get(visit.kind()).witnesses(figure, journal, visit, end, behind::add);
        } else {
          behind.addAll(chosen.getOrDefault(figure, List.of()));
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

  /**
   * Goes by time alone: at the very time of its end a clock is still open, so order of ids does not
   * matter.
   */
  private void openClocks(EntityState state, EntityPlan entity, Visit visit) {
    for (PlannedDeadline planned : entity.deadlines()) {
      if ((visit.entry().bits() & 1L << planned.startBit()) == 0) {
        continue;
      }
      long time = visit.time();
      long within = planned.deadline().within();
      String rule = planned.rule().id();
      boolean open =
          state.clocks.stream()
              .anyMatch(
                  clock ->
                      clock.rule().equals(rule)
                          && clock.start() <= time
                          && time <= clock.due()
                          && !ended(state, planned, clock.start(), time - 1));
      if (open) {
        continue;
      }
      // A start that comes late takes the place of the later one it would have kept from opening a
      // clock.
      state.clocks.removeIf(
          clock ->
              clock.rule().equals(rule)
                  && clock.start() > time
                  && clock.start() <= time + within
                  && !ended(state, planned, time, clock.start() - 1));
      Clock clock = new Clock(rule, time, time + within, visit.entry().bytes());
      state.clocks.add(clock);
      opened.add(clock.due());
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
    arrange(state, entity);
    List<AlertSignal> signals = new ArrayList<>();
    state.clocks.removeIf(
        clock -> {
          if (clock.due() > time) {
            return false;
          }
          entity.deadlines().stream()
              .filter(planned -> planned.rule().id().equals(clock.rule()))
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
