package io.fenghuo.alerting.deliver;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.channel.Outlet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * How much of a provider's quota is used, kept in the database and so shared by all instances.
 * Every use is a row: a provider that counts 20 in any minute is not satisfied by a bucket that
 * lets 20 through at once and refills meanwhile.
 */
final class Quotas {

  /** Our minute is a little longer than theirs: requests travel, and clocks differ. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private Quotas() {}

  /** Whether an outlet may be used now; if not, from when on it may. */
  record Turn(boolean now, Instant from) {}

  /** Takes one from the quota if there is one. Holds the quota's row until the transaction ends. */
  static Turn take(Handle handle, Outlet outlet, boolean critical, Instant now) {
    // Without a limit there is nothing to count, and nobody has to wait for anybody.
    Optional<Instant> penalty =
        outlet.limit() == 0 ? penalty(handle, outlet) : lock(handle, outlet);
    if (penalty.isPresent() && penalty.get().isAfter(now)) {
      return new Turn(false, penalty.get());
    }
    if (outlet.limit() == 0) {
      return new Turn(true, now);
    }
    int limit = critical ? outlet.limit() : Math.max(1, outlet.limit() - outlet.reserve());
    Instant since = now.minus(outlet.window()).minus(MARGIN);
    handle
        .createUpdate("delete from quota_use where name = :name and at <= :since")
        .bind("name", outlet.name())
        .bind("since", since)
        .execute();
    Optional<Instant> last =
        handle
            .createQuery(
                "select at from quota_use where name = :name order by at desc, id desc"
                    + " offset :limit - 1 limit 1")
            .bind("name", outlet.name())
            .bind("limit", limit)
            .map((row, context) -> KnownAlert.instant(row, "at"))
            .findOne();
    if (last.isPresent()) {
      return new Turn(false, last.get().plus(outlet.window()).plus(MARGIN));
    }
    handle
        .createUpdate("insert into quota_use (name, at) values (:name, :now)")
        .bind("name", outlet.name())
        .bind("now", now)
        .execute();
    return new Turn(true, now);
  }

  private static Optional<Instant> penalty(Handle handle, Outlet outlet) {
    return handle
        .createQuery(
            "select penalty_until from quota where name = :name and penalty_until is not null")
        .bind("name", outlet.name())
        .map((row, context) -> KnownAlert.instant(row, "penalty_until"))
        .findOne();
  }

  /** Whether the provider has not said "too many", or refused us, until after now. */
  static boolean isFree(Handle handle, Outlet outlet, Instant now) {
    return penalty(handle, outlet).filter(now::isBefore).isEmpty();
  }

  private static Optional<Instant> lock(Handle handle, Outlet outlet) {
    handle
        .createUpdate("insert into quota (name) values (:name) on conflict do nothing")
        .bind("name", outlet.name())
        .execute();
    return handle
        .createQuery("select penalty_until from quota where name = :name for update")
        .bind("name", outlet.name())
        .map((row, context) -> Optional.ofNullable(KnownAlert.instant(row, "penalty_until")))
        .one();
  }

  /** The provider said "too many": nothing goes out here until then. */
  static void penalise(Handle handle, Outlet outlet, Instant until) {
    lock(handle, outlet);
    handle
        .createUpdate(
            "update quota set penalty_until = greatest(coalesce(penalty_until, :until), :until)"
                + " where name = :name")
        .bind("until", until)
        .bind("name", outlet.name())
        .execute();
  }
}
