package io.fenghuo.rules.figure;

import io.fenghuo.rules.figure.FigureDefinition.Measure;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.time.ZoneId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Last step of a figure: its windows, for all combinations of dimension values of one definition.
 *
 * <p>What is used stays at hand until it is written to the shelf; the shelf holds everything after
 * {@link #write}. Pieces lie in drawers, each of which can be emptied as a whole when nothing in it
 * can change any more.
 */
public final class FigureBook {

  private static final byte FORM = 1;
  private static final String KNOWN = "known";
  private static final String LATEST = "latest";
  private static final String HELD = "held";

  /** The drawer of what is never forgotten. */
  private static final long ALWAYS = Long.MIN_VALUE;

  private static final List<Window> LONG = List.of(Window.WEEK, Window.MONTH);
  private static final long AT_HAND = 120_000L;
  private static final long HOUR = ShopCalendar.HOUR;
  private static final int WEEK_DAYS = 7;
  private static final int MONTH_DAYS = 30;

  private final FigureDefinition figure;
  private final List<Window> stored;
  private final ShopCalendar calendar;
  private final long late;
  private final long since;
  private final Shelf shelf;
  private final Runnable overflow;
  private final double numeratorParts;
  private final double denominatorParts;
  private final Map<Place, Piece> pieces = new HashMap<>();
  private final Set<Piece> changed = new LinkedHashSet<>();

  /** Changed, but of a day that has not begun: some clock is ahead. */
  private final Set<Piece> held = new LinkedHashSet<>();

  private final Set<Piece> unwritten = new LinkedHashSet<>();
  private final Map<Long, Set<String>> known = new HashMap<>();
  private final Set<Long> knownUnwritten = new TreeSet<>();

  /**
   * Days put together once, which is dear: those of a week or month, kept up to date with its last
   * one; and those before a day, for figures that ask what is new on it.
   */
  private final Map<Place, Piece> together = new HashMap<>();

  private long latest = Long.MIN_VALUE;
  private boolean heldWritten;

  private record Place(Window window, long start, String values) {}

  private static final class Piece {
    final Place place;
    Tally numerator;
    Tally denominator;
    long events;
    SortedMap<String, String> dimensions;

    Piece(Place place) {
      this.place = place;
    }

    void absorb(Partial partial) {
      if (partial.numerator() != null) {
        numerator.absorb(partial.numerator());
        events += partial.numerator().events();
      }
      if (partial.denominator() != null) {
        denominator.absorb(partial.denominator());
        events += partial.denominator().events();
      }
    }

    void merge(Piece other) {
      numerator.merge(other.numerator);
      if (denominator != null) {
        denominator.merge(other.denominator);
      }
      events += other.events;
    }
  }

  /**
   * @param late how long after its time an event may still come, milliseconds
   * @param since when the figure began, see {@link Reading#since}
   * @param overflow told of each contribution to {@link FigureDefinition#OTHER}
   */
  public FigureBook(
      FigureDefinition figure, ZoneId zone, long late, long since, Shelf shelf, Runnable overflow) {
    this.figure = figure;
    this.stored = FigurePlan.stored(figure);
    this.calendar = new ShopCalendar(zone);
    this.late = late;
    this.since = since;
    this.shelf = shelf;
    this.overflow = overflow;
    this.numeratorParts = FigurePlan.parts(figure.numerator());
    this.denominatorParts =
        figure.denominator() == null ? 1 : FigurePlan.parts(figure.denominator());
    byte[] written = shelf.read(ALWAYS, LATEST);
    if (written != null) {
      latest = new Unpacker(written).number();
      tellTheDayAgain();
    }
    readHeld();
  }

  /** It is not over, and who shows what is current may have been started again as well. */
  private void tellTheDayAgain() {
    if (!stored.contains(Window.DAY)) {
      return;
    }
    long day = calendar.start(Window.DAY, latest);
    Set<String> today = new LinkedHashSet<>(readKnown(day));
    today.add(other());
    for (String values : today) {
      Piece piece = piece(new Place(Window.DAY, day, values), false);
      if (piece != null) {
        changed.add(piece);
      }
    }
  }

  private void readHeld() {
    byte[] written = shelf.read(ALWAYS, HELD);
    if (written == null) {
      return;
    }
    Unpacker in = new Unpacker(written);
    for (int n = in.count(); n > 0; n--) {
      Piece piece = piece(new Place(Window.values()[in.count()], in.number(), in.text()), false);
      if (piece != null) {
        changed.add(piece);
      }
    }
    heldWritten = true;
  }

  /** Adds what some events contribute. */
  public void absorb(Partial partial) {
    latest = Math.max(latest, partial.time());
    String values = admitted(partial);
    for (int i = 0; i < stored.size(); i++) {
      Window window = stored.get(i);
      Piece piece = piece(new Place(window, calendar.start(window, partial.time()), values), true);
      piece.absorb(partial);
      changed.add(piece);
      unwritten.add(piece);
    }
    if (!together.isEmpty()) {
      long day = calendar.start(Window.DAY, partial.time());
      for (Window window : LONG) {
        Piece whole = together.get(new Place(window, day, values));
        if (whole != null) {
          whole.absorb(partial);
        }
      }
    }
  }

  /** The values as one text; beyond the day's cap those of {@link FigureDefinition#OTHER}. */
  private String admitted(Partial partial) {
    if (figure.by().isEmpty()) {
      return "";
    }
    String values = String.join("\0", partial.values());
    long day = calendar.start(Window.DAY, partial.time());
    Set<String> today = known.computeIfAbsent(day, this::readKnown);
    if (today.contains(values)) {
      return values;
    }
    if (today.size() < figure.cap()) {
      today.add(values);
      knownUnwritten.add(day);
      return values;
    }
    overflow.run();
    return other();
  }

  /** Where what is not told apart by values is counted: all of it, or what is beyond the cap. */
  private String other() {
    return String.join("\0", Collections.nCopies(figure.by().size(), FigureDefinition.OTHER));
  }

  private Set<String> readKnown(long day) {
    Set<String> values = new LinkedHashSet<>();
    byte[] bytes = shelf.read(drawer(Window.HOUR, day), KNOWN);
    if (bytes != null) {
      Unpacker in = new Unpacker(bytes);
      for (int n = in.count(); n > 0; n--) {
        values.add(in.text());
      }
    }
    return values;
  }

  private Piece empty(Place place) {
    Piece piece = new Piece(place);
    piece.numerator = Tally.of(figure.numerator().aggregate());
    piece.denominator =
        figure.denominator() == null ? null : Tally.of(figure.denominator().aggregate());
    return piece;
  }

  /** Null when there is none and none is to be made. */
  private Piece piece(Place place, boolean make) {
    Piece piece = pieces.get(place);
    if (piece != null) {
      return piece;
    }
    byte[] bytes = shelf.read(drawer(place.window, place.start), key(place));
    if (bytes == null && !make) {
      return null;
    }
    piece = empty(place);
    if (bytes != null) {
      Unpacker in = new Unpacker(bytes);
      if (in.get() != FORM) {
        throw new IllegalStateException(
            "piece of form " + bytes[0] + " (expected: " + FORM + "; written by a newer version?)");
      }
      piece.events = in.number();
      piece.numerator = Tally.unpack(figure.numerator().aggregate(), in);
      piece.denominator =
          figure.denominator() == null ? null : Tally.unpack(figure.denominator().aggregate(), in);
    }
    pieces.put(place, piece);
    return piece;
  }

  // ---- publishing

  /** Tells every window that has changed since the last time, whatever the time is. */
  public void publish(Consumer<Point> to) {
    publish(Long.MAX_VALUE, to, early -> {});
  }

  /**
   * Tells every window that has changed since the last time. Events may be a little ahead of the
   * clock, but none of them begins tomorrow: windows of a day that has not begun wait for it.
   *
   * @param now wall clock, milliseconds
   * @param early told, each time, of the windows that wait; weeks and months are not among them
   */
  public void publish(long now, Consumer<Point> to, Consumer<Point> early) {
    Set<Place> days = new LinkedHashSet<>();
    held.clear();
    for (Piece piece : changed) {
      Place place = piece.place;
      if (place.start > now && calendar.start(Window.DAY, place.start) > now) {
        held.add(piece);
        tell(place, calendar.end(place.window, place.start), piece, null, early);
        continue;
      }
      if (place.window != Window.DAY) {
        tell(place, calendar.end(place.window, place.start), piece, null, to);
        continue;
      }
      if (figure.windows().contains(Window.DAY)) {
        if (remembersDays()) {
          addDays(place, Window.DAY, MONTH_DAYS, now, days);
        } else {
          tell(place, calendar.end(Window.DAY, place.start), piece, null, to);
        }
      }
      if (figure.windows().contains(Window.WEEK)) {
        addDays(place, Window.WEEK, WEEK_DAYS, now, days);
      }
      if (figure.windows().contains(Window.MONTH)) {
        addDays(place, Window.MONTH, MONTH_DAYS, now, days);
      }
    }
    changed.clear();
    changed.addAll(held);
    for (Place place : days) {
      tellDays(place, to);
    }
  }

  private boolean remembersDays() {
    return figure.numerator().aggregate() == Aggregate.FRESH
        || figure.denominator() != null && figure.denominator().aggregate() == Aggregate.FRESH;
  }

  /** The long windows that a day is part of: each ends with a day not after the latest one. */
  private void addDays(Place day, Window window, int days, long now, Set<Place> places) {
    long last = Math.max(day.start, calendar.start(Window.DAY, Math.min(latest, now)));
    long end = day.start;
    for (int i = 0; i < days && end <= last; i++) {
      Place place = new Place(window, end, day.values);
      places.add(place);
      if (i > 0) {
        together.remove(place);
      }
      end = calendar.day(day.start, i + 1);
    }
  }

  private void tellDays(Place place, Consumer<Point> to) {
    long end = calendar.end(Window.DAY, place.start);
    Piece days = together.computeIfAbsent(place, this::together);
    if (place.window != Window.DAY) {
      tell(place, end, days, null, to);
      return;
    }
    Piece day = piece(place, false);
    if (day != null) {
      tell(place, end, day, days, to);
    }
  }

  private Piece together(Place place) {
    Piece days = empty(place);
    int count = place.window == Window.WEEK ? WEEK_DAYS : MONTH_DAYS;
    for (int i = place.window == Window.DAY ? 1 : 0; i < count; i++) {
      Piece day = piece(new Place(Window.DAY, calendar.day(place.start, -i), place.values), false);
      if (day != null) {
        days.merge(day);
      }
    }
    return days;
  }

  private void tell(Place place, long to, Piece piece, Piece earlier, Consumer<Point> out) {
    long from =
        switch (place.window) {
          case WEEK -> calendar.day(place.start, 1 - WEEK_DAYS);
          case MONTH -> calendar.day(place.start, 1 - MONTH_DAYS);
          default -> place.start;
        };
    if (piece.dimensions == null) {
      piece.dimensions = dimensions(place.values);
    }
    SortedMap<String, String> dimensions = piece.dimensions;
    if (figure.numerator().aggregate() == Aggregate.QUANTILE) {
      Tally.Quantiles quantiles = (Tally.Quantiles) piece.numerator;
      for (int percent : figure.numerator().percents()) {
        double value = quantiles.quantile(percent) / numeratorParts;
        tell(
            place.window,
            new Reading(
                figure.name() + "_p" + percent,
                dimensions,
                from,
                to,
                value,
                Double.isNaN(value) ? 0 : value,
                quantiles.size(),
                piece.events,
                since),
            Aggregate.QUANTILE.error(),
            List.of(),
            out);
      }
      return;
    }
    double numerator =
        value(figure.numerator(), piece.numerator, earlier == null ? null : earlier.numerator)
            / numeratorParts;
    double denominator =
        figure.denominator() == null
            ? 1
            : value(
                    figure.denominator(),
                    piece.denominator,
                    earlier == null ? null : earlier.denominator)
                / denominatorParts;
    double error = figure.numerator().aggregate().error();
    if (figure.denominator() != null) {
      error = Math.hypot(error, figure.denominator().aggregate().error());
    }
    List<RankedItem> ranking = List.of();
    if (piece.numerator instanceof Tally.Ranking places) {
      ranking = places.places();
      error = places.error();
    }
    tell(
        place.window,
        new Reading(
            figure.name(),
            dimensions,
            from,
            to,
            denominator == 0 || Double.isNaN(denominator) ? Double.NaN : numerator / denominator,
            Double.isNaN(numerator) ? 0 : numerator,
            Double.isNaN(denominator) ? 0 : denominator,
            piece.events,
            since),
        error,
        ranking,
        out);
  }

  private static double value(Measure measure, Tally tally, Tally earlier) {
    return measure.aggregate() == Aggregate.FRESH
        ? ((Tally.Sampled) tally).without(earlier)
        : tally.value();
  }

  private void tell(
      Window window, Reading reading, double error, List<RankedItem> ranking, Consumer<Point> out) {
    out.accept(new Point(figure, window, reading, error, ranking));
  }

  private SortedMap<String, String> dimensions(String values) {
    TreeMap<String, String> dimensions = new TreeMap<>();
    if (!figure.by().isEmpty()) {
      String[] parts = values.split("\0", -1);
      for (int i = 0; i < parts.length; i++) {
        dimensions.put(figure.by().get(i), parts[i]);
      }
    }
    return Collections.unmodifiableSortedMap(dimensions);
  }

  // ---- the shelf

  /** Writes everything that has changed to the shelf, and keeps at hand only what is current. */
  public void write(Packer packer) {
    for (Piece piece : unwritten) {
      packer.reset();
      packer.put(FORM).number(piece.events);
      piece.numerator.pack(packer);
      if (piece.denominator != null) {
        piece.denominator.pack(packer);
      }
      shelf.write(
          drawer(piece.place.window, piece.place.start), key(piece.place), packer.toBytes());
    }
    unwritten.clear();
    for (long day : knownUnwritten) {
      Set<String> values = known.get(day);
      packer.reset();
      packer.number(values.size());
      values.forEach(packer::text);
      shelf.write(drawer(Window.HOUR, day), KNOWN, packer.toBytes());
    }
    knownUnwritten.clear();
    writeHeld(packer);
    if (latest == Long.MIN_VALUE) {
      return;
    }
    packer.reset();
    packer.number(latest);
    shelf.write(ALWAYS, LATEST, packer.toBytes());
    long today = calendar.start(Window.DAY, latest);
    known.keySet().removeIf(day -> day < today);
    together.keySet().removeIf(place -> place.start < today);
    for (Iterator<Piece> all = pieces.values().iterator(); all.hasNext(); ) {
      Piece piece = all.next();
      boolean over = calendar.end(piece.place.window, piece.place.start) < latest - AT_HAND;
      if (over && !changed.contains(piece)) {
        all.remove();
      }
    }
  }

  private void writeHeld(Packer packer) {
    if (held.isEmpty() && !heldWritten) {
      return;
    }
    packer.reset();
    packer.number(held.size());
    for (Piece piece : held) {
      packer
          .number(piece.place.window.ordinal())
          .number(piece.place.start)
          .text(piece.place.values);
    }
    shelf.write(ALWAYS, HELD, packer.toBytes());
    heldWritten = !held.isEmpty();
  }

  /** Forgets what lies in a drawer, which the owner of the shelf empties. */
  public void forget(long drawer) {
    pieces.keySet().removeIf(place -> drawer(place.window, place.start) == drawer);
    changed.removeIf(piece -> drawer(piece.place.window, piece.place.start) == drawer);
    held.removeIf(piece -> drawer(piece.place.window, piece.place.start) == drawer);
    unwritten.removeIf(piece -> drawer(piece.place.window, piece.place.start) == drawer);
    if ((drawer & 3) == 1) {
      known.remove(drawer >> 2);
      knownUnwritten.remove(drawer >> 2);
    }
  }

  /** Pieces at hand. */
  public int size() {
    return pieces.size();
  }

  private static String key(Place place) {
    return place.window.ordinal() + "/" + place.start + "/" + place.values;
  }

  /** Seconds and minutes lie together by the hour, hours by the day, each day in its own. */
  private long drawer(Window window, long start) {
    return switch (window) {
      case SECOND, MINUTE -> Math.floorDiv(start, HOUR) * HOUR << 2;
      case HOUR -> calendar.start(Window.DAY, start) << 2 | 1;
      default -> start << 2 | 2;
    };
  }

  /** From when on nothing in the drawer is needed, event time. */
  public long keepUntil(long drawer) {
    if (drawer == ALWAYS) {
      return Long.MAX_VALUE;
    }
    long start = drawer >> 2;
    return switch ((int) (drawer & 3)) {
      case 0 -> start + 2 * HOUR + late;
      case 1 -> start + 26 * HOUR + late;
      default -> start + 26 * HOUR + Math.max(late, daysKept() * 25 * HOUR);
    };
  }

  private long daysKept() {
    boolean month = figure.windows().contains(Window.MONTH) || remembersDays();
    return month ? MONTH_DAYS : figure.windows().contains(Window.WEEK) ? WEEK_DAYS : 1;
  }
}
