package io.fenghuo.console.read;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * The tables that are kept for a time: cut into days or months of UTC, made before they are needed,
 * dropped whole when all in them is old enough.
 */
public final class Partitions {

  private static final DateTimeFormatter NAME = DateTimeFormatter.BASIC_ISO_DATE;

  /** So far into the future something may lie: clocks of producers differ, campaigns do not. */
  private static final Duration AHEAD = Duration.ofDays(2);

  /** How long a partition spans. */
  enum Step {
    DAY,
    MONTH;

    LocalDate start(Instant time) {
      LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
      return this == DAY ? day : day.withDayOfMonth(1);
    }

    LocalDate next(LocalDate start) {
      return this == DAY ? start.plusDays(1) : start.plusMonths(1);
    }
  }

  /** A table that is cut. */
  public enum Table {
    DECISION(Step.DAY),
    EVENT(Step.DAY),
    FIGURE_MINUTE(Step.DAY),
    FIGURE_LONG(Step.MONTH),
    ALERT(Step.MONTH),
    DEAD_LETTER(Step.DAY),
    LIVE_MINUTE(Step.DAY);

    private final Step step;

    Table(Step step) {
      this.step = step;
    }

    String sql() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Retention retention;
  private final Set<String> known = new HashSet<>();

  public Partitions(Retention retention) {
    this.retention = retention;
  }

  /** True when something of that time is to be kept: neither too old nor beyond tomorrow. */
  boolean keeps(Table table, Instant time, Instant now) {
    return time.isBefore(now.plus(AHEAD)) && time.isAfter(now.minus(retention.of(table)));
  }

  /** Makes what is missing for these times. */
  synchronized void ensure(Handle handle, Table table, Collection<Instant> times) {
    Set<LocalDate> starts = new TreeSet<>();
    times.forEach(time -> starts.add(table.step.start(time)));
    for (LocalDate start : starts) {
      String name = name(table, start);
      if (!known.contains(name)) {
        handle.execute(
            "create table if not exists %s partition of %s for values from ('%sT00:00Z') to ('%sT00:00Z')"
                .formatted(name, table.sql(), start, table.step.next(start)));
        known.add(name);
      }
    }
  }

  /** Forgets what it knows: a transaction that made partitions was rolled back. */
  synchronized void forget() {
    known.clear();
  }

  /** Makes the next partitions of every table and drops those that are over. */
  public synchronized void maintain(Handle handle, Instant now) {
    known.clear();
    for (Table table : Table.values()) {
      ensure(handle, table, List.of(now, now.plus(Duration.ofDays(1)), now.plus(AHEAD)));
      for (String name : existing(handle, table)) {
        LocalDate start = LocalDate.parse(name.substring(name.lastIndexOf('_') + 1), NAME);
        Instant end = table.step.next(start).atStartOfDay(ZoneOffset.UTC).toInstant();
        if (end.isBefore(now.minus(retention.of(table)))) {
          handle.execute("drop table " + name);
          known.remove(name);
        }
      }
    }
  }

  static List<String> existing(Handle handle, Table table) {
    return handle
        .createQuery(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                + " where i.inhparent = cast(:table as regclass) order by 1")
        .bind("table", table.sql())
        .mapTo(String.class)
        .list();
  }

  private static String name(Table table, LocalDate start) {
    return table.sql() + "_" + NAME.format(start);
  }
}
