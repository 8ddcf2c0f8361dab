package io.fenghuo.alerting.ledger;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.dedup.Dedup;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Flusher;
import io.fenghuo.alerting.group.Step;
import io.fenghuo.alerting.route.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Last step of a look at a group: notes what its channels were told, lets go of alerts that are
 * over for everybody, and sets the next look, or drops the group when nobody is left.
 */
public final class Record implements Step {

  @Override
  public void apply(Flush flush) {
    count(flush);
    List<String> gone = new ArrayList<>();
    for (KnownAlert alert : flush.alerts()) {
      boolean over =
          alert.ended() && !Dedup.isOwedAnEnd(flush.told().values(), alert.fingerprint());
      boolean elsewhere =
          Router.places(flush.routing(), alert.labels()).stream()
              .noneMatch(place -> place.groupKey().equals(flush.groupKey()));
      if (over || elsewhere) {
        gone.add(alert.fingerprint());
      }
    }
    letGo(flush, gone);
    boolean empty =
        gone.size() == flush.alerts().size()
            && flush
                    .handle()
                    .createQuery("select count(*) from group_alert where group_key = :key")
                    .bind("key", flush.groupKey())
                    .mapTo(Integer.class)
                    .one()
                == 0;
    if (empty) {
      flush
          .handle()
          .createUpdate("delete from alert_group where group_key = :key")
          .bind("key", flush.groupKey())
          .execute();
      return;
    }
    // The next fire is another incident.
    boolean over = flush.alerts().stream().allMatch(KnownAlert::ended);
    flush
        .handle()
        .createUpdate(
            "update alert_group set notified = cast(:told as jsonb), flushes = flushes + 1,"
                + " next_flush_at = :next, incident_id = :incident where group_key = :key")
        .bind("told", Flusher.text(flush.told()))
        .bind("next", flush.now().plus(flush.route().groupInterval()))
        .bind("incident", over ? null : flush.incidentId())
        .bind("key", flush.groupKey())
        .execute();
  }

  /**
   * Only those that are still over: an alert somebody reports at this very moment is locked by the
   * inbox, is left for the next look, and then burns.
   */
  private static void letGo(Flush flush, List<String> gone) {
    if (gone.isEmpty()) {
      return;
    }
    List<String> still =
        flush
            .handle()
            .createQuery(
                "select fingerprint from alert where fingerprint in (<gone>)"
                    + " order by fingerprint for share skip locked")
            .bindList("gone", gone)
            .mapTo(String.class)
            .list();
    if (still.isEmpty()) {
      return;
    }
    flush
        .handle()
        .createUpdate(
            "delete from group_alert m using alert a where m.group_key = :key"
                + " and m.fingerprint in (<still>) and a.fingerprint = m.fingerprint"
                + " and (a.ended_at is not null or m.fingerprint in (<elsewhere>))")
        .bind("key", flush.groupKey())
        .bindList("still", still)
        .bindList("elsewhere", elsewhere(flush, still))
        .execute();
  }

  private static List<String> elsewhere(Flush flush, List<String> still) {
    List<String> moved =
        flush.alerts().stream()
            .filter(alert -> still.contains(alert.fingerprint()))
            .filter(
                alert ->
                    Router.places(flush.routing(), alert.labels()).stream()
                        .noneMatch(place -> place.groupKey().equals(flush.groupKey())))
            .map(KnownAlert::fingerprint)
            .toList();
    return moved.isEmpty() ? List.of("") : moved;
  }

  private static void count(Flush flush) {
    for (Map.Entry<String, List<String>> each : flush.held().entrySet()) {
      for (String by : each.getValue()) {
        String reason = by.substring(0, by.indexOf(':'));
        Database.count(flush.handle(), "suppressed", reason, 1);
      }
    }
    if (!flush.mutedBy().isEmpty()) {
      Database.count(flush.handle(), "suppressed", "muted", flush.alerts().size());
    }
  }
}
