package io.fenghuo.console.review;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.Outgoing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that are to become records. What a person decided is a row in the transaction that decides
 * it; it is marked as published only when Kafka has it. A stop between the two publishes it again,
 * with the same id.
 */
public final class Outbox implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final long ROUND_MILLIS = 100;
  private static final int AT_ONCE = 200;
  private static final long SEND_SECONDS = 20;
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final ConsoleDatabase database;
  private final Outgoing outgoing;
  private final InstantSource clock;
  private volatile boolean stopping;
  private Thread thread;

  private record Due(long id, String topic, String key, byte[] value) {}

  public Outbox(ConsoleDatabase database, Outgoing outgoing, InstantSource clock) {
    this.database = database;
    this.outgoing = outgoing;
    this.clock = clock;
  }

  static void put(
      Handle handle, String topic, String key, byte[] value, Long verdict, Instant due) {
    handle
        .createUpdate(
            "insert into outbox (topic, key, value, verdict_id, due_at)"
                + " values (:topic, :key, :value, :verdict, :due)")
        .bind("topic", topic)
        .bind("key", key)
        .bind("value", value)
        .bind("verdict", verdict)
        .bind("due", due)
        .execute();
  }

  /** False when it is published already: the row is locked while that goes on. */
  static boolean takeBack(Handle handle, long verdict) {
    return handle
            .createUpdate("delete from outbox where verdict_id = :verdict and published_at is null")
            .bind("verdict", verdict)
            .execute()
        > 0;
  }

  public synchronized void start() {
    thread = new Thread(this::run, "console-outbox");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long pause = 0;
    while (!stopping) {
      try {
        while (publish() == AT_ONCE) {
          // more are due
        }
        pause = 0;
      } catch (RuntimeException e) {
        pause = Math.min(5_000, pause * 2 + 200);
        LOG.warn("verdicts wait to be published, next try in {} ms: {}", pause, e.toString());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS + pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Publishes what is due now; returns how many. */
  int publish() {
    Instant now = clock.instant();
    return database.inTransaction(
        handle -> {
          List<Due> due =
              handle
                  .createQuery(
                      "select id, topic, key, value from outbox where published_at is null"
                          + " and due_at <= :now order by due_at, id limit :most"
                          + " for update skip locked")
                  .bind("now", now)
                  .bind("most", AT_ONCE)
                  .map(
                      (row, context) ->
                          new Due(
                              row.getLong("id"),
                              row.getString("topic"),
                              row.getString("key"),
                              row.getBytes("value")))
                  .list();
          if (due.isEmpty()) {
            return 0;
          }
          List<CompletableFuture<Void>> sent = new ArrayList<>();
          due.forEach(each -> sent.add(outgoing.send(each.topic(), each.key(), each.value())));
          CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
              .orTimeout(SEND_SECONDS, TimeUnit.SECONDS)
              .join();
          handle
              .createUpdate("update outbox set published_at = :now where id = any(:ids)")
              .bind("now", now)
              .bind("ids", due.stream().map(Due::id).toArray(Long[]::new))
              .execute();
          return due.size();
        });
  }

  /** Drops what was published long ago. */
  public static void forget(Handle handle, Instant now) {
    handle
        .createUpdate("delete from outbox where published_at < :before")
        .bind("before", now.minus(REMEMBERED))
        .execute();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      if (thread != null) {
        thread.interrupt();
        thread.join(5_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
