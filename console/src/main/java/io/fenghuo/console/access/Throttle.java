package io.fenghuo.console.access;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Slows down whoever guesses passwords: by name from one address, by address, and by name from
 * anywhere. The last is generous, so that a stranger cannot lock somebody out with a few tries.
 */
final class Throttle {

  private static final Duration FORGOTTEN = Duration.ofMinutes(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  /** So many failures are free; each further one doubles the wait, from two seconds. */
  private record Limit(String key, int free) {}

  private final ConsoleDatabase database;
  private final InstantSource clock;

  Throttle(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  private static List<Limit> limits(String name, String address) {
    return List.of(
        new Limit("both " + address + " " + name, 5),
        new Limit("address " + address, 20),
        new Limit("name " + name, 50));
  }

  /**
   * @throws Problem when it is too early for another try
   */
  void check(String name, String address) {
    Instant now = clock.instant();
    long wait =
        database.read(
            handle ->
                limits(name, address).stream()
                    .mapToLong(limit -> secondsToWait(handle, limit, now))
                    .max()
                    .orElse(0));
    if (wait > 0) {
      throw new Problem(
              429,
              "throttled",
              "尝试次数过多，请 " + wait + " 秒后再试",
              "Too many tries; try again in " + wait + " s")
          .retryAfter(wait);
    }
  }

  private static long secondsToWait(Handle handle, Limit limit, Instant now) {
    return handle
        .createQuery("select failures, last_at from login_failure where key = :key")
        .bind("key", limit.key())
        .map(
            (row, context) -> {
              int beyond = row.getInt("failures") - limit.free();
              Instant last = row.getTimestamp("last_at").toInstant();
              if (beyond < 0 || last.isBefore(now.minus(FORGOTTEN))) {
                return 0L;
              }
              long wait = Math.min(LONGEST_WAIT.toSeconds(), 2L << Math.min(beyond, 20));
              return Math.max(0, Duration.between(now, last.plusSeconds(wait)).toSeconds());
            })
        .findOne()
        .orElse(0L);
  }

  void failed(String name, String address) {
    Instant now = clock.instant();
    database.useTransaction(
        handle -> {
          for (Limit limit : limits(name, address)) {
            handle
                .createUpdate(
                    "insert into login_failure (key, failures, last_at) values (:key, 1, :now)"
                        + " on conflict (key) do update set last_at = :now, failures ="
                        + " case when login_failure.last_at < :forgotten then 1"
                        + " else login_failure.failures + 1 end")
                .bind("key", limit.key())
                .bind("now", now)
                .bind("forgotten", now.minus(FORGOTTEN))
                .execute();
          }
        });
  }

  /** A good sign-in forgives this person at this address; an address that guesses is remembered. */
  void succeeded(String name, String address) {
    Instant now = clock.instant();
    database.useTransaction(
        handle ->
            handle
                .createUpdate("delete from login_failure where key = :key or last_at < :forgotten")
                .bind("key", limits(name, address).get(0).key())
                .bind("forgotten", now.minus(FORGOTTEN))
                .execute());
  }
}
