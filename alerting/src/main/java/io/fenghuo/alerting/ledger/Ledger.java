package io.fenghuo.alerting.ledger;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.config.Routing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was sent, what came of it, and what failed and can be sent again. */
public final class Ledger {

  private static final String ROWS =
      "select id, kind, receiver, channel, address, priority, state, attempts, created_at,"
          + " next_attempt_at, deadline, finished_at, reason, answer, provider_id, outlet, receipt,"
          + " may_have_been_sent, folded_into, followed_by, incident_id,"
          + " notice ->> 'groupKey' as group_key, notice ->> 'reason' as said_because from notification";

  private final Database database;

  public Ledger(Database database) {
    this.database = database;
  }

  /** Notifications in a state, or in any for "", the latest first. */
  public List<Map<String, Object>> notifications(String state, String incident, int most) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    ROWS
                        + " where (:state = '' or state = :state)"
                        + " and (:incident = '' or incident_id = :incident)"
                        + " order by created_at desc, place desc limit :most")
                .bind("state", state)
                .bind("incident", incident)
                .bind("most", most)
                .mapToMap()
                .list());
  }

  public List<Map<String, Object>> attempts(String id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select at, outlet, token, outcome, reason, answer from attempt"
                        + " where notification_id = :id order by id")
                .bind("id", id)
                .mapToMap()
                .list());
  }

  /**
   * Queues a failed notification again, as it was, with a new deadline.
   *
   * @return false when it is not one that failed
   */
  public boolean replay(String id, Routing routing, Instant now) {
    return database.inTransaction(
        handle -> {
          Optional<String> receiver =
              handle
                  .createQuery(
                      "select receiver from notification where id = :id and state = 'failed' for update")
                  .bind("id", id)
                  .mapTo(String.class)
                  .findOne();
          Receiver known = receiver.map(routing.receivers()::get).orElse(null);
          if (known == null) {
            return false;
          }
          handle
              .createUpdate(
                  "update notification set state = 'queued', attempts = 0, next_attempt_at = :now,"
                      + " deadline = :deadline, finished_at = null, held_since = null,"
                      + " followed_by = null where id = :id")
              .bind("now", now)
              .bind("deadline", now.plus(known.deliverWithin()))
              .bind("id", id)
              .execute();
          Database.count(handle, "replayed", "", 1);
          return true;
        });
  }
}
