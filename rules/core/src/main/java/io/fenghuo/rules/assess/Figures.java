package io.fenghuo.rules.assess;

import io.fenghuo.rules.EventType.ValueKind;
import io.fenghuo.rules.definition.Feature;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Journal;
import io.fenghuo.rules.journal.Sightings;
import io.fenghuo.rules.journal.Trail;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The value of a feature as a function of a journal and the triggering event. See rules/README.md,
 * Features.
 */
final class Figures {

  private final EntityPlan plan;
  private final Set<Object> seen = new HashSet<>();

  Figures(EntityPlan plan) {
    this.plan = plan;
  }

  /**
   * A feature's value at the triggering event.
   *
   * @param trail the condensed events that are older than the journal's, or null
   * @param end number of journal entries up to and including the trigger's place
   */
  Object value(int number, Journal journal, Trail trail, Visit trigger, int end) {
    Feature feature = plan.features().get(number);
    long bit = 1L << plan.bitOfFeature(number);
    long since = trigger.time() - feature.window();
    int start = journal.firstAfter(since);
    Object exact =
        switch (feature.aggregate()) {
          case COUNT -> count(journal, bit, start, end);
          case DISTINCT -> trail == null ? distinct(number, journal, bit, start, end) : null;
          case SUM -> sum(number, feature, journal, bit, start, end);
          case AVG -> average(number, journal, bit, start, end, trail, since);
          case MIN, MAX -> extreme(number, feature, journal, bit, start, end);
          case FIRST -> valueOf(number, first(number, journal, bit, start, end, null));
          case LAST -> valueOf(number, last(number, journal, bit, start, end));
          case PREVIOUS ->
              valueOf(number, last(number, journal, bit, start, before(journal, trigger, end)));
          case AGE -> age(number, journal, trigger, bit, start, end);
        };
    return trail == null
        ? exact
        : withTrail(exact, number, feature, journal, trail, trigger, since, bit, start, end);
  }

  /** Adds what the older, condensed events contribute. */
  private Object withTrail(
      Object exact,
      int number,
      Feature feature,
      Journal journal,
      Trail trail,
      Visit trigger,
      long since,
      long bit,
      int start,
      int end) {
    return switch (feature.aggregate()) {
      case COUNT -> (Long) exact + trail.countAfter(since);
      case DISTINCT -> trail.sightings().countAfter(since);
      case SUM ->
          exact instanceof Long whole
              ? (Object) (whole + trail.wholeAfter(since))
              : (Object) ((Double) exact + trail.realAfter(since));
      case MIN, MAX -> {
        boolean most = feature.aggregate() == Feature.Aggregate.MAX;
        Object older = trail.extremeAfter(since, most);
        yield older == null || (exact != null && (compare(exact, older) > 0) == most)
            ? exact
            : older;
      }
      case FIRST -> {
        Entry first = first(number, journal, bit, start, end, null);
        yield first != null && first.time() <= trail.firstTimeAfter(since)
            ? exact
            : trail.firstValueAfter(since);
      }
      case AGE -> {
        Object own = own(number, trigger);
        long seen =
            own == null ? Long.MAX_VALUE : trail.sightings().firstAfter(Sightings.hash(own), since);
        yield seen > trigger.time()
            ? exact
            : (Object) Math.max(trigger.time() - seen, exact == null ? 0 : (Long) exact);
      }
      case AVG, LAST, PREVIOUS -> exact;
    };
  }

  /** The events behind a feature's value, in order. */
  void witnesses(int number, Journal journal, Visit trigger, int end, Consumer<Entry> witnesses) {
    Feature feature = plan.features().get(number);
    long bit = 1L << plan.bitOfFeature(number);
    int start = journal.firstAfter(trigger.time() - feature.window());
    Entry one =
        switch (feature.aggregate()) {
          case FIRST -> first(number, journal, bit, start, end, null);
          case LAST -> last(number, journal, bit, start, end);
          case PREVIOUS -> last(number, journal, bit, start, before(journal, trigger, end));
          case AGE -> {
            Object own = own(number, trigger);
            yield own == null ? null : first(number, journal, bit, start, end, own);
          }
          default -> null;
        };
    switch (feature.aggregate()) {
      case FIRST, LAST, PREVIOUS, AGE -> {
        if (one != null) {
          witnesses.accept(one);
        }
      }
      default -> {
        for (int i = start; i < end; i++) {
          Entry entry = journal.get(i);
          if ((entry.bits() & bit) != 0
              && (feature.field() == null || column(number, entry) != null)) {
            witnesses.accept(entry);
          }
        }
      }
    }
  }

  private static int before(Journal journal, Visit trigger, int end) {
    boolean there =
        end > 0
            && journal.get(end - 1).time() == trigger.time()
            && journal.get(end - 1).id().equals(trigger.eventId());
    return there ? end - 1 : end;
  }

  private Object column(int number, Entry entry) {
    int column = plan.columnOf(number, entry.type());
    return column < 0 ? null : entry.columns()[column];
  }

  private Object own(int number, Visit trigger) {
    int column = plan.columnOf(number, trigger.type());
    return column < 0 ? null : trigger.entry().columns()[column];
  }

  private static long count(Journal journal, long bit, int start, int end) {
    long count = 0;
    for (int i = start; i < end; i++) {
      if ((journal.get(i).bits() & bit) != 0) {
        count++;
      }
    }
    return count;
  }

  private long distinct(int number, Journal journal, long bit, int start, int end) {
    seen.clear();
    for (int i = start; i < end; i++) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0) {
        Object value = column(number, entry);
        if (value != null) {
          seen.add(value);
        }
      }
    }
    return seen.size();
  }

  private Object sum(int number, Feature feature, Journal journal, long bit, int start, int end) {
    long whole = 0;
    double real = 0;
    for (int i = start; i < end; i++) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0) {
        Object value = column(number, entry);
        if (value instanceof Long more) {
          whole += more;
        } else if (value instanceof Double more) {
          real += more;
        }
      }
    }
    if (feature.fieldKind() == ValueKind.WHOLE) {
      return whole;
    }
    return real;
  }

  private Object average(
      int number, Journal journal, long bit, int start, int end, Trail trail, long since) {
    double sum = trail == null ? 0 : trail.realAfter(since);
    long count = trail == null ? 0 : trail.countAfter(since);
    for (int i = start; i < end; i++) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0 && column(number, entry) instanceof Number value) {
        sum += value.doubleValue();
        count++;
      }
    }
    return count == 0 ? null : (Object) (sum / count);
  }

  private Object extreme(
      int number, Feature feature, Journal journal, long bit, int start, int end) {
    int sign = feature.aggregate() == Feature.Aggregate.MAX ? 1 : -1;
    Object best = null;
    for (int i = start; i < end; i++) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0) {
        Object value = column(number, entry);
        if (value != null && (best == null || sign * compare(value, best) > 0)) {
          best = value;
        }
      }
    }
    return best;
  }

  private static int compare(Object a, Object b) {
    return a instanceof Long whole ? whole.compareTo((Long) b) : ((Double) a).compareTo((Double) b);
  }

  /** The first matching entry that has a value, and if one is wanted that value. */
  private Entry first(int number, Journal journal, long bit, int start, int end, Object wanted) {
    for (int i = start; i < end; i++) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0) {
        Object value = column(number, entry);
        if (value != null && (wanted == null || wanted.equals(value))) {
          return entry;
        }
      }
    }
    return null;
  }

  private Entry last(int number, Journal journal, long bit, int start, int end) {
    for (int i = end - 1; i >= start; i--) {
      Entry entry = journal.get(i);
      if ((entry.bits() & bit) != 0 && column(number, entry) != null) {
        return entry;
      }
    }
    return null;
  }

  private Object valueOf(int number, Entry entry) {
    return entry == null ? null : column(number, entry);
  }

  private Object age(int number, Journal journal, Visit trigger, long bit, int start, int end) {
    Object own = own(number, trigger);
    Entry first = own == null ? null : first(number, journal, bit, start, end, own);
    return first == null ? null : (Object) (trigger.time() - first.time());
  }
}
