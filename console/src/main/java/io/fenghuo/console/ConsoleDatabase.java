package io.fenghuo.console;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fenghuo.alerting.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;

/** The console's own schema in PostgreSQL, which may share its database with alerting's. */
public final class ConsoleDatabase implements AutoCloseable {

  private static final String SCHEMA = "console";

  private final HikariDataSource source;
  private final Jdbi jdbi;

  private ConsoleDatabase(HikariDataSource source) {
    this.source = source;
    this.jdbi = Jdbi.create(source);
    jdbi.registerArrayType(String.class, "text");
    jdbi.registerArrayType(Long.class, "bigint");
    jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
  }

  /** Opens a pool on the database and brings the tables up to date. */
  public static ConsoleDatabase open(String url, String user, Secret password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password.reveal());
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(2);
    // Somebody waits in front of a page: say soon that the database is away.
    config.setConnectionTimeout(2_000);
    config.setValidationTimeout(2_000);
    config.setInitializationFailTimeout(30_000);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setSchema(SCHEMA);
    config.setPoolName("console");
    config.addDataSourceProperty("socketTimeout", "30");
    HikariDataSource source = new HikariDataSource(config);
    Flyway.configure(ConsoleDatabase.class.getClassLoader())
        .dataSource(source)
        .schemas(SCHEMA)
        .defaultSchema(SCHEMA)
        .createSchemas(true)
        .locations("classpath:io/fenghuo/console/db")
        .load()
        .migrate();
    return new ConsoleDatabase(source);
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

  @Override
  public void close() {
    source.close();
  }
}
