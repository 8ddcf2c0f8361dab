package io.fenghuo.local;

import io.fenghuo.alerting.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** A PostgreSQL somebody else runs. It is asked once before anything relies on it. */
record OwnDatabase(Postgres.Login login) implements DatabaseServer {

  /** The oldest PostgreSQL that is still looked after, and has all we use. */
  private static final int OLDEST = 14;

  private static final String WAIT_SECONDS = "10";

  /**
   * Signs in once.
   *
   * @throws CommandFailure saying why it cannot be used
   */
  static OwnDatabase at(Postgres.Login login) {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password().reveal());
    properties.setProperty("connectTimeout", WAIT_SECONDS);
    properties.setProperty("loginTimeout", WAIT_SECONDS);
    try (Connection connection = DriverManager.getConnection(login.url(), properties)) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST) {
        throw new CommandFailure(
            login.url() + " is PostgreSQL " + version + ".",
            "Give one that is at least " + OLDEST + " with --database-url.");
      }
      return new OwnDatabase(login);
    } catch (SQLException e) {
      throw refused(login, e);
    }
  }

  private static CommandFailure refused(Postgres.Login login, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    // 08004: the server wants a password and there is none.
    if (state.startsWith("28") || state.equals("08004")) {
      return new CommandFailure(
          login.url() + " does not let " + login.user() + " in: wrong or no password.",
          "Give the user with --database-user and the password with --database-password-file.",
          e);
    }
    if (state.startsWith("08")) {
      return new CommandFailure(
          "No PostgreSQL answers at " + login.url() + ".",
          "Is it running, and is --database-url right?",
          e);
    }
    return new CommandFailure(
        login.url() + " cannot be used: " + e.getMessage().lines().findFirst().orElse(state),
        "See --database-url and --database-user.",
        e);
  }

  /** Its owner stops it. */
  @Override
  public void close() {}
}
