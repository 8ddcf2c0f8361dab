package io.fenghuo.pipelines;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Keeps the partitions of a backlog in step: one whose events are far ahead of another's waits for
 * it. After an outage, or over an archive, an order is then decided with about the log-ins and
 * payments that had happened by then, and windows of a minute do not pile up for hours because some
 * other stream is read more slowly.
 *
 * <p>Who has no backlog never waits, however late others are: an order that is placed now must not
 * wait for a log that somebody ships a day later. That is, whose records happened in the last
 * minutes, or were given to Kafka in the last seconds. And nobody waits for a partition that has
 * nothing more to read.
 *
 * <p>Each reader looks at its own partitions only. Readers are kept together by what they have in
 * common: all wait for the slowest operator behind them.
 */
final class InStep {

  /** Event time, milliseconds. */
  static final long APART = 5 * 60_000L;

  /** A record that Kafka has had for longer is a backlog, milliseconds. */
  static final long FRESH = 10_000;

  private static final long NONE = Long.MIN_VALUE;

  private static final ThreadLocal<Partition> OPENING = new ThreadLocal<>();

  /** One partition that is read. */
  static final class Partition {
    private long latest = NONE;
    private long given = NONE;
    private boolean waits;
    private boolean dry;

    boolean waits() {
      return waits;
    }

    /**
     * @param given when Kafka was given the record, milliseconds
     */
    void heard(long eventTime, long given) {
      latest = Math.max(latest, eventTime);
      this.given = given;
      dry = false;
    }
  }

  private final Map<String, Partition> partitions = new LinkedHashMap<>();
  private boolean someWait;

  Partition partition(String id) {
    return partitions.computeIfAbsent(id, key -> new Partition());
  }

  /**
   * Lets whoever is made for a partition know which one it is: Flink does not tell a generator of
   * watermarks.
   */
  static <T> T opening(Partition partition, Supplier<T> made) {
    OPENING.set(partition);
    try {
      return made.get();
    } finally {
      OPENING.remove();
    }
  }

  /** The partition that something is made for just now, or null. */
  static Partition opening() {
    return OPENING.get();
  }

  boolean someWait() {
    return someWait;
  }

  /** There is nothing to read of those that need not wait; none of the others waits for them. */
  void ranDry() {
    partitions.values().stream().filter(one -> !one.waits).forEach(one -> one.dry = true);
  }

  /**
   * Says who is to wait from here on and who may go on.
   *
   * @param now wall clock, milliseconds
   * @param change ids of those who are to wait, and of those who are to go on; not called when
   *     nothing changes
   */
  void review(long now, BiConsumer<List<String>, List<String>> change) {
    long slowest = Long.MAX_VALUE;
    for (Partition one : partitions.values()) {
      if (one.latest != NONE && !one.dry) {
        slowest = Math.min(slowest, one.latest);
      }
    }
    long most = slowest == Long.MAX_VALUE ? slowest : slowest + APART;
    someWait = false;
    List<String> wait = new ArrayList<>(0);
    List<String> goOn = new ArrayList<>(0);
    for (Map.Entry<String, Partition> entry : partitions.entrySet()) {
      Partition one = entry.getValue();
      boolean waits = one.latest > most && one.latest < now - APART && one.given < now - FRESH;
      if (waits != one.waits) {
        one.waits = waits;
        (waits ? wait : goOn).add(entry.getKey());
      }
      someWait |= waits;
    }
    if (!wait.isEmpty() || !goOn.isEmpty()) {
      change.accept(wait, goOn);
    }
  }
}
