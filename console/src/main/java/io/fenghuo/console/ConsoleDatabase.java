package io.fenghuo.console;

import io.fenghuo.alerting.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.ConnectionException;

/** The console's own schema in PostgreSQL, which may share its database with alerting's. */
public final class ConsoleDatabase extends Postgres {

  /** Somebody waits in front of a page: it says soon that the database is away. */
  private static final Part CONSOLE =
      new Part(
          "console",
          "console",
          "io/fenghuo/console/db",
          Duration.ofSeconds(2),
          Duration.ofSeconds(30));

  private ConsoleDatabase(Login login) {
    super(CONSOLE, login);
  }

  /** Opens a pool on the database and brings the tables up to date. */
  public static ConsoleDatabase open(Login login) {
    return new ConsoleDatabase(login);
  }

  /** True for a failure that says that the database is away, and not that a statement is wrong. */
  public static boolean isAway(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SQLException sql) {
        String state = sql.getSQLState() == null ? "08" : sql.getSQLState();
        // Connection, operator intervention (shutdown, starting up), out of resources.
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
          return true;
        }
      }
    }
    return failure instanceof ConnectionException;
  }
}
