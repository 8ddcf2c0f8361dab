package io.fenghuo.local;

import io.fenghuo.alerting.Postgres;
import java.util.function.Function;

/** A PostgreSQL that alerting and the console have their tables in. */
interface DatabaseServer extends AutoCloseable {

  Postgres.Login login();

  /**
   * Opens a part's tables there.
   *
   * @throws CommandFailure saying why they cannot be used
   */
  static <T> T tables(Postgres.Login login, Function<Postgres.Login, T> open) {
    try {
      return open.apply(login);
    } catch (Postgres.Unusable e) {
      throw new CommandFailure(
          login.url() + ": " + e.getMessage(),
          "Give a database that holds nothing else, and a user who may make tables there.",
          e);
    }
  }

  @Override
  void close();
}
