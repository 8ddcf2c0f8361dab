package io.fenghuo.alerting;

import java.time.Duration;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;

/**
 * PostgreSQL, which is the truth: what is not in it has not happened. Every step of the path is one
 * transaction, so a process may stop between any two statements.
 */
public final class Database extends Postgres {

  private static final Part ALERTING =
      new Part(
          "alerting", "", "io/fenghuo/alerting/db", Duration.ofSeconds(5), Duration.ofSeconds(30));

  private static final long TALLY_SLOTS = 32;

  private Database(Login login) {
    super(ALERTING, login);
  }

  private Database(DataSource source) {
    super(ALERTING, source);
  }

  /** Opens a pool on the database and brings its tables up to date. */
  public static Database open(Login login) {
    return new Database(login);
  }

  /** On a source of connections somebody else made; it is closed with this if it can be. */
  public static Database on(DataSource source) {
    return new Database(source);
  }

  /** Adds to a count that all instances share. */
  public static void count(Handle handle, String name, String reason, long more) {
    if (more > 0) {
      handle
          .createUpdate(
              "insert into tally (name, reason, slot, count) values (:name, :reason, :slot, :more)"
                  + " on conflict (name, reason, slot) do update set count = tally.count + :more")
          .bind("name", name)
          .bind("reason", reason)
          .bind("slot", Thread.currentThread().getId() % TALLY_SLOTS)
          .bind("more", more)
          .execute();
    }
  }
}
