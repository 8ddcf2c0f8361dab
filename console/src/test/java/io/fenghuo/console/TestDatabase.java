package io.fenghuo.console;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL, one server for all tests of a JVM and a new database for each. */
final class TestDatabase {

  private static final AtomicInteger NEXT = new AtomicInteger();
  private static EmbeddedPostgres server;

  private TestDatabase() {}

  static synchronized String freshUrl() {
    try {
      if (server == null) {
        server = EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
      }
      if (NEXT.get() == 0) {
        migrate();
      }
      String name = "test" + NEXT.incrementAndGet();
      execute("create database " + name + " template migrated");
      return server.getJdbcUrl("postgres", name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once with all tables: copies of it need no migration. */
  private static void migrate() {
    execute("create database migrated");
    String url = server.getJdbcUrl("postgres", "migrated");
    Postgres.Login login = new Postgres.Login(url, "postgres", new Secret(""));
    Database.open(login).close();
    ConsoleDatabase.open(login).close();
  }

  /** Takes the database away: nobody can connect, and whoever was is thrown out. */
  static void takeAway(String url) {
    String name = name(url);
    execute("alter database " + name + " allow_connections false");
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
  }

  static void giveBack(String url) {
    execute("alter database " + name(url) + " allow_connections true");
  }

  private static String name(String url) {
    return url.replaceFirst(".*/(test\\d+).*", "$1");
  }

  private static void execute(String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
