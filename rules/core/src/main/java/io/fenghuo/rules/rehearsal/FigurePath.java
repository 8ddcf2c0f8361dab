package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.figure.FigureBook;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Gathering;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Measurer;
import io.fenghuo.rules.figure.Partial;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.figure.Shelf;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * The path of a measure in one thread, from events to what a consumer of the figures holds: for
 * tests of figures.
 */
public final class FigurePath implements AutoCloseable {

  private static final Duration LATE = Duration.ofDays(1);

  private final FigureFilters compiled;
  private final ZoneId zone;
  private final EventFilters filters;
  private final Measurer measurer;
  private final Gathering gathering;
  private final Set<Map.Entry<Long, Long>> seen = new HashSet<>();
  private final Map<String, FigureBook> books = new HashMap<>();
  private final Map<String, Map<String, byte[]>> shelves = new HashMap<>();
  private final Map<String, KpiPoint> points = new TreeMap<>();
  private final Packer packer = new Packer();
  private long beyondCap;

  public FigurePath(FigureFilters compiled, ZoneId zone) {
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

  public void add(SpecificRecord record) {
    Measurement measurement = measurer.measure(new Event(record, new byte[0]));
    if (measurement != null && seen.add(Map.entry(measurement.high(), measurement.low()))) {
      packer.reset();
      measurement.pack(packer);
      gathering.add(Measurement.unpack(new Unpacker(packer.toBytes())));
    }
  }

  /** Hands on what was gathered. */
  public void handOn() {
    gathering.drain(
        partial -> {
          packer.reset();
          partial.pack(packer);
          book(partial.figure()).absorb(Partial.unpack(new Unpacker(packer.toBytes())));
        });
  }

  /** Hands on, and publishes what has changed. */
  public void publish() {
    handOn();
    books
        .values()
        .forEach(
            book ->
                book.publish(
                    point -> {
                      KpiPoint kpi = point.toKpi();
                      points.put(Stream.KPIS.keyOf(kpi), kpi);
                    }));
  }

  /** Stops and begins again from what was written. */
  public void restart() {
    publish();
    books.values().forEach(book -> book.write(packer));
    books.clear();
  }

  private FigureBook book(String key) {
    return books.computeIfAbsent(
        key,
        k ->
            new FigureBook(
                compiled.plan().figure(k),
                zone,
                LATE.toMillis(),
                Reading.ALWAYS,
                new MemoryShelf(shelves.computeIfAbsent(k, s -> new HashMap<>())),
                () -> beyondCap++));
  }

  private record MemoryShelf(Map<String, byte[]> pieces) implements Shelf {

    @Override
    public byte[] read(long drawer, String key) {
      return pieces.get(drawer + ":" + key);
    }

    @Override
    public void write(long drawer, String key, byte[] piece) {
      pieces.put(drawer + ":" + key, piece);
    }
  }

  /** What a consumer holds that upserts by key. */
  public Map<String, KpiPoint> points() {
    return points;
  }

  /** Contributions that went to "other". */
  public long beyondCap() {
    return beyondCap;
  }

  @Override
  public void close() {
    filters.close();
  }
}
