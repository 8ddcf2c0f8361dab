package io.fenghuo.alerting.ledger;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.mute.Silences;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Ends what time ends: happenings that passed, alerts nobody speaks of any more, old rows. */
public final class Ends {

  private static final Duration KEEP_ALERTS = Duration.ofHours(24);
  private static final Duration KEEP_LEDGER = Duration.ofDays(30);

  private final Database database;
  private final Supplier<Routing> routing;
  private Instant swept = Instant.MIN;

  public Ends(Database database, Supplier<Routing> routing) {
    this.database = database;
    this.routing = routing;
  }

  public void run(Instant now) {
    database.useTransaction(
        handle -> {
          handle
              .createUpdate(
                  "update alert set ended_at = passes_at, ended_as = 'passed'"
                      + " where ended_at is null and passes_at <= :now")
              .bind("now", now)
              .execute();
          handle
              .createUpdate(
                  "update alert set stale = true"
                      + " where ended_at is null and not stale and promised_until < :now")
              .bind("now", now)
              .execute();
          handle
              .createUpdate(
                  "update alert set ended_at = :now, ended_as = 'forgotten'"
                      + " where ended_at is null and stale and promised_until <= :before")
              .bind("now", now)
              .bind("before", now.minus(routing.get().forgetAfter()))
              .execute();
        });
    if (swept.isBefore(now.minusSeconds(600))) {
      swept = now;
      sweep(now);
    }
  }

  private void sweep(Instant now) {
    database.useTransaction(
        handle -> {
          handle
              .createUpdate(
                  "delete from alert a where ended_at < :before and not exists"
                      + " (select 1 from group_alert m where m.fingerprint = a.fingerprint)")
              .bind("before", now.minus(KEEP_ALERTS))
              .execute();
          handle
              .createUpdate(
                  "delete from notification where state in ('sent', 'folded', 'failed')"
                      + " and finished_at < :before")
              .bind("before", now.minus(KEEP_LEDGER))
              .execute();
          handle
              .createUpdate(
                  "delete from incident where state = 'resolved' and resolved_at < :before")
              .bind("before", now.minus(KEEP_LEDGER))
              .execute();
          handle
              .createUpdate("delete from lane where lease_until < :before")
              .bind("before", now.minus(KEEP_LEDGER))
              .execute();
          handle
              .createUpdate(
                  "delete from group_news n where not exists"
                      + " (select 1 from alert_group g where g.group_key = n.group_key)")
              .execute();
          Silences.forget(handle, now);
        });
  }
}
