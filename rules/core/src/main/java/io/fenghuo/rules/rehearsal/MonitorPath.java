package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.figure.FigureBook;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Gathering;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Measurer;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.figure.Shelf;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * The path from events to alerts of watches in one thread: what the monitor job does in a second of
 * the clock is done here in a second of event time, so that a day takes a minute or two. Event time
 * follows the events by the bound, and figures are published as it reaches a full second.
 *
 * <p>Every event must come once: ids are not looked at.
 */
public final class MonitorPath implements AutoCloseable {

  private static final long SECOND = 1_000;
  private static final long TIDY = 600_000;
  private static final Duration LATE = Duration.ofHours(1);
  private static final Duration BOUND = Duration.ofSeconds(5);

  /**
   * An alert, each time it was published.
   *
   * @param seen event time of the latest event that had been read by then, milliseconds
   */
  public record Raised(Alert alert, long seen) {}

  private static final class Place {
    final Watch watch;
    final WatchState state;

    Place(Watch watch, WatchState state) {
      this.watch = watch;
      this.state = state;
    }
  }

  private final MonitorSet monitored;
  private final FigureFilters compiled;
  private final ZoneId zone;
  private final EventFilters filters;
  private final Measurer measurer;
  private final Gathering gathering;
  private final Map<String, FigureBook> books = new HashMap<>();
  private final Map<String, DrawerShelf> shelves = new HashMap<>();

  /** By how often they want to be told the time, milliseconds. */
  private final Map<Long, Map<String, Place>> places = new TreeMap<>();

  private final List<Raised> raised = new ArrayList<>();
  private final Packer packer = new Packer();
  private long latest = Long.MIN_VALUE;
  private long time = Long.MIN_VALUE;
  private long tidied = Long.MIN_VALUE;

  /**
   * @param compiled the figures of the set's plan, or those of them that its watches look at
   * @param zone the shop's time zone
   */
  public MonitorPath(MonitorSet monitored, FigureFilters compiled, ZoneId zone) {
    this.monitored = monitored;
    this.compiled = compiled;
    this.zone = zone;
    this.filters =
        compiled.open(
            (what, why) -> {
              throw new IllegalStateException(what, why);
            });
    this.measurer = new Measurer(compiled.plan(), filters);
    this.gathering = new Gathering(compiled.plan(), zone);
  }

  /** Reads an event; what is due by its time is judged before. */
  public void add(SpecificRecord record) {
    Event event = new Event(record, new byte[0]);
    latest = Math.max(latest, event.time());
    long now = Math.floorDiv(latest - BOUND.toMillis(), SECOND) * SECOND;
    if (now > time) {
      moveTo(now);
    }
    Measurement measurement = measurer.measure(event);
    if (measurement != null) {
      gathering.add(measurement);
    }
  }

  private void moveTo(long now) {
    if (time == Long.MIN_VALUE) {
      time = now - SECOND;
      for (Watch watch : monitored.watches().all()) {
        if (watch.fromTheStart()) {
          place(monitored.watches().place(watch, Collections.emptySortedMap()));
        }
      }
    }
    handOn();
    while (time < now) {
      time += SECOND;
      for (Map.Entry<Long, Map<String, Place>> some : places.entrySet()) {
        if (time % some.getKey() == 0) {
          some.getValue().values().removeIf(this::tell);
        }
      }
    }
    if (now >= tidied + TIDY) {
      tidied = now;
      tidy();
    }
  }

  private void handOn() {
    gathering.drain(partial -> book(partial.figure()).absorb(partial));
    books.values().forEach(book -> book.publish(point -> read(point.reading())));
  }

  /** True when what the place knows may be forgotten. */
  private boolean tell(Place place) {
    place.state.time(time, findings);
    return place.state.isEmpty() && !place.watch.fromTheStart();
  }

  private void read(Reading reading) {
    Reading named = monitored.needed().named(reading);
    for (Watches.Place place : monitored.watches().places(named)) {
      place(place).state.read(named);
    }
  }

  private Place place(Watches.Place place) {
    return places
        .computeIfAbsent(place.watch().every(), every -> new TreeMap<>())
        .computeIfAbsent(
            place.key(), key -> new Place(place.watch(), place.watch().open(place.subject())));
  }

  private final Findings findings =
      new Findings() {
        @Override
        public void alert(Alert alert) {
          raised.add(new Raised(alert, latest));
        }

        @Override
        public void figure(Reading reading) {}
      };

  private void tidy() {
    books.forEach(
        (key, book) -> {
          book.write(packer);
          shelves.get(key).forget(book, time);
        });
  }

  private FigureBook book(String key) {
    FigureBook book = books.get(key);
    if (book == null) {
      book = open(key, new DrawerShelf());
    }
    return book;
  }

  private FigureBook open(String key, DrawerShelf shelf) {
    FigureBook book =
        new FigureBook(
            compiled.plan().figure(key), zone, LATE.toMillis(), Reading.ALWAYS, shelf, () -> {});
    shelves.put(key, shelf);
    books.put(key, book);
    return book;
  }

  /** Everything that was published so far, in order. */
  public List<Raised> raised() {
    return raised;
  }

  /** The same up to here, to go on on its own; what was raised stays behind. */
  public MonitorPath fork() {
    return fork(monitored, compiled);
  }

  /** As {@link #fork()}, going on with other definitions: what they have in common is kept. */
  public MonitorPath fork(MonitorSet others, FigureFilters compiledOthers) {
    MonitorPath fork = new MonitorPath(others, compiledOthers, zone);
    handOn();
    tidy();
    shelves.forEach(
        (key, shelf) -> {
          if (fork.compiled.plan().figure(key) != null) {
            fork.open(key, shelf.copy());
          }
        });
    places.values().forEach(some -> some.forEach(fork::take));
    fork.latest = latest;
    fork.time = time;
    fork.tidied = tidied;
    return fork;
  }

  private void take(String key, Place place) {
    monitored
        .watches()
        .watchOf(key)
        .ifPresent(
            watch -> {
              packer.reset();
              place.state.pack(packer);
              WatchState state = watch.unpack(new Unpacker(packer.toBytes()));
              places
                  .computeIfAbsent(watch.every(), every -> new TreeMap<>())
                  .put(key, new Place(watch, state));
            });
  }

  private static final class DrawerShelf implements Shelf {

    private final Map<Long, Map<String, byte[]>> drawers = new HashMap<>();

    @Override
    public byte[] read(long drawer, String key) {
      Map<String, byte[]> pieces = drawers.get(drawer);
      return pieces == null ? null : pieces.get(key);
    }

    @Override
    public void write(long drawer, String key, byte[] piece) {
      drawers.computeIfAbsent(drawer, any -> new HashMap<>()).put(key, piece);
    }

    void forget(FigureBook book, long time) {
      for (Iterator<Long> all = drawers.keySet().iterator(); all.hasNext(); ) {
        long drawer = all.next();
        if (book.keepUntil(drawer) < time) {
          book.forget(drawer);
          all.remove();
        }
      }
    }

    DrawerShelf copy() {
      DrawerShelf copy = new DrawerShelf();
      drawers.forEach((drawer, pieces) -> copy.drawers.put(drawer, new HashMap<>(pieces)));
      return copy;
    }
  }

  @Override
  public void close() {
    filters.close();
  }
}
