package io.fenghuo.alerting;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;

/** The tables of one part of the product in PostgreSQL: a pool, transactions, and migrations. */
public abstract class Postgres implements AutoCloseable {

  private static final int CONNECTIONS = 16;

  /** Where a database is, and as whom to sign in. */
  public record Login(String url, String user, Secret password) {}

  /**
   * What a part wants of its database.
   *
   * @param name of the part
   * @param schema of its own, or "" for the one the connection begins in
   * @param migrations where they are on the class path
   * @param patience how long to wait for a connection before the database is said to be away
   * @param silence how long the server may say nothing to a statement before it is away too
   */
  public record Part(
      String name, String schema, String migrations, Duration patience, Duration silence) {}

  /** The database answers, and its tables cannot be used; the message says why in one line. */
  public static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final DataSource source;
  private final Jdbi jdbi;

  /**
   * Opens a pool and brings the tables up to date.
   *
   * @throws Unusable when they cannot be
   */
  protected Postgres(Part part, Login login) {
    // A pool refuses a wrong password at once. Flyway gets a connection of its own: a migration of
    // large tables may say nothing for longer than a statement may.
    this(
        part,
        pool(part, login),
        flyway(part).dataSource(login.url(), login.user(), login.password().reveal()));
  }

  /**
   * Brings the tables up to date.
   *
   * @param source closed with this if it can be
   * @throws Unusable when they cannot be
   */
  protected Postgres(Part part, DataSource source) {
    this(part, source, flyway(part).dataSource(source));
  }

  private Postgres(Part part, DataSource source, FluentConfiguration flyway) {
    this.source = source;
    try {
      migrate(part, flyway.load());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.jdbi = Jdbi.create(source);
    jdbi.registerArrayType(String.class, "text");
    jdbi.registerArrayType(Long.class, "bigint");
    // One set of bindings for statements that need different parts of it.
    jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
  }

  /** Connections for a part, some of them open. */
  private static DataSource pool(Part part, Login login) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(login.url());
    config.setUsername(login.user());
    config.setPassword(login.password().reveal());
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(part.patience().toMillis());
    config.setValidationTimeout(part.patience().toMillis());
    config.setInitializationFailTimeout(30_000);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // A plan kept from when a table was small reads all of it when it is large.
    config.setConnectionInitSql("set plan_cache_mode = force_custom_plan");
    config.setPoolName(part.name());
    if (!part.schema().isEmpty()) {
      config.setSchema(part.schema());
    }
    config.addDataSourceProperty("socketTimeout", Long.toString(part.silence().toSeconds()));
    return new HikariDataSource(config);
  }

  private static FluentConfiguration flyway(Part part) {
    FluentConfiguration configuration =
        Flyway.configure(Postgres.class.getClassLoader())
            .locations("classpath:" + part.migrations());
    return part.schema().isEmpty()
        ? configuration
        : configuration.schemas(part.schema()).defaultSchema(part.schema()).createSchemas(true);
  }

  private static void migrate(Part part, Flyway flyway) {
    try {
      boolean newer =
          Arrays.stream(flyway.info().applied())
              .anyMatch(each -> each.getState() == MigrationState.FUTURE_SUCCESS);
      if (newer) {
        throw new Unusable("the tables of " + part.name() + " are of a newer Fenghuo", null);
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw new Unusable(
          "the tables of "
              + part.name()
              + " cannot be brought up to date: "
              + e.getMessage().strip().replaceAll("\\s+", " "),
          e);
    }
  }

  public <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
    return jdbi.inTransaction(work);
  }

  public void useTransaction(HandleConsumer<RuntimeException> work) {
    jdbi.useTransaction(work);
  }

  public <T> T read(HandleCallback<T, RuntimeException> work) {
    return jdbi.withHandle(work);
  }

  /** True when a statement comes back within two seconds. */
  public boolean answers() {
    try (Connection connection = source.getConnection()) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (source instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("the pool does not close", e);
      }
    }
  }
}
