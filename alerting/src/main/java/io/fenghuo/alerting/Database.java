package io.fenghuo.alerting;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * PostgreSQL, which is the truth: what is not in it has not happened. Every step of the path is one
 * transaction, so a process may stop between any two statements.
 */
public final class Database implements AutoCloseable {

  private static final long TALLY_SLOTS = 32;

  private final DataSource source;
  private final Jdbi jdbi;

  private Database(DataSource source) {
    this.source = source;
    this.jdbi = Jdbi.create(source);
    // One set of bindings for statements that need different parts of it.
    jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
  }

  /** Opens a pool on the database and brings its tables up to date. */
  public static Database open(String url, String user, Secret password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password.reveal());
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(5_000);
    config.setInitializationFailTimeout(30_000);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setPoolName("alerting");
    // A server that is there and does not answer is away too.
    config.addDataSourceProperty("socketTimeout", "30");
    return on(new HikariDataSource(config));
  }

  /** On a source of connections somebody else made; it is closed with this if it can be. */
  public static Database on(DataSource source) {
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/fenghuo/alerting/db")
        .load()
        .migrate();
    return new Database(source);
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
    } catch (java.sql.SQLException e) {
      return false;
    }
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
