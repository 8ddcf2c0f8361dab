package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fenghuo.alerting.config.RoutingSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stops the service between any two of its statements, which is between any two of its steps, and
 * lets another go on. Nobody is told nothing, and nobody is told the same twice unless the
 * provider's answer was lost, and then the message says so.
 */
class KillTest {

  private static final int WORLDS = Integer.getInteger("fenghuo.kills", 12);

  @TempDir Path folder;

  /** A pool whose process dies at a chosen statement: from then on nothing works any more. */
  private static final class Mortal {
    private final AtomicLong left;

    Mortal(long statements) {
      left = new AtomicLong(statements);
    }

    private void live() throws SQLException {
      if (left.decrementAndGet() < 0) {
        throw new SQLException("killed");
      }
    }

    boolean dead() {
      return left.get() < 0;
    }

    DataSource around(DataSource source) {
      return proxy(DataSource.class, source);
    }

    private <T> T proxy(Class<T> type, Object target) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (self, method, arguments) -> {
                String name = method.getName();
                if (name.startsWith("execute")
                    || name.equals("commit")
                    || name.equals("getConnection")) {
                  live();
                }
                Object result;
                try {
                  result = method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
                if (result instanceof Connection && method.getReturnType() == Connection.class) {
                  return proxy(Connection.class, result);
                }
                if (result instanceof PreparedStatement
                    && method.getReturnType() == PreparedStatement.class) {
                  return proxy(PreparedStatement.class, result);
                }
                return result;
              }));
    }
  }

  @Test
  void nothingIsLostAndNothingIsSaidTwiceWhereverItStops() throws IOException {
    long seed = Long.getLong("fenghuo.seed", System.nanoTime());
    System.out.println("KillTest seed " + seed);
    Random random = new Random(seed);
    for (int world = 0; world < WORLDS; world++) {
      live(random, seed, world);
    }
  }

  private void live(Random random, long seed, int world) throws IOException {
    MovingClock clock = new MovingClock();
    try (FakeProvider provider = new FakeProvider(clock)) {
      Path file = folder.resolve("routing" + world + ".yml");
      Files.writeString(
          file,
          """
          global: { allow_private_hosts: [127.0.0.1] }
          clocks: [ { answer_within: 0s, resolve_within: 0s } ]
          route: { receiver: team, group_by: [city], group_wait: 5s, group_interval: 30s, repeat_interval: 24h }
          receivers: [ { name: team, deliver_within: 30m, webhook_configs: [ { url: %s } ] } ]
          """
              .formatted(provider.url()));
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(TestDatabase.freshUrl());
      config.setUsername("postgres");
      config.setMaximumPoolSize(16);
      HikariDataSource pool = new HikariDataSource(config);
      try (Database mended = Database.on(pool)) {
        List<String> burning = new ArrayList<>();
        for (int life = 0; life < 6; life++) {
          Mortal mortal = new Mortal(life == 5 ? Long.MAX_VALUE : 20 + random.nextInt(160));
          run(clock, file, mortal, pool, random, life, burning);
        }
        check(mended, provider, seed, world);
      }
    }
  }

  private static void run(
      MovingClock clock,
      Path file,
      Mortal mortal,
      DataSource pool,
      Random random,
      int life,
      List<String> burning) {
    Alerting alerting = null;
    try {
      Database database = Database.on(mortal.around(pool));
      RoutingSource source = RoutingSource.of(file, new PrintWriter(System.out));
      alerting = new Alerting(database, source, clock, "life" + life);
      for (int second = 0; second < 60 || life == 5 && second < 240; second++) {
        if (life < 5 && random.nextInt(6) == 0) {
          String city = "city=c" + random.nextInt(4);
          // What the service refused, its sender keeps: it pushes again in its next life.
          burning.add(city);
        }
        for (String city : List.copyOf(burning)) {
          alerting.inbox().accept(List.of(Reports.firing(clock.instant(), "A", city)));
          burning.remove(city);
        }
        alerting.settle();
        clock.moveTo(clock.instant().plusSeconds(1));
      }
    } catch (RuntimeException e) {
      assertThat(mortal.dead()).as(e.toString()).isTrue();
    } finally {
      if (alerting != null) {
        alerting.close();
      }
      // A lease of a process that was killed ends by time alone.
      clock.moveTo(clock.instant().plusSeconds(61));
    }
  }

  private static void check(Database database, FakeProvider provider, long seed, int world) {
    String where = "seed " + seed + ", world " + world;
    List<Map<String, Object>> rows =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "select id, state, may_have_been_sent, notice ->> 'groupKey' as g from notification")
                    .mapToMap()
                    .list());
    assertThat(rows).as(where).allMatch(row -> row.get("state").equals("sent"));
    Map<String, Integer> arrived = new TreeMap<>();
    provider
        .received()
        .forEach(each -> arrived.merge(each.header("Idempotency-key"), 1, Integer::sum));
    for (Map<String, Object> row : rows) {
      String id = (String) row.get("id");
      assertThat(arrived.getOrDefault(id, 0))
          .as(where + ", notification " + id + " arrived")
          .isPositive();
      if (arrived.get(id) > 1) {
        assertThat(row.get("may_have_been_sent"))
            .as(where + ", " + id + " arrived twice")
            .isEqualTo(true);
        long unmarked =
            provider.received().stream()
                .filter(each -> each.header("Idempotency-key").equals(id))
                .filter(each -> each.header("X-fenghuo-may-repeat").isEmpty())
                .count();
        assertThat(unmarked).as(where + ", " + id + " without a mark").isEqualTo(1);
      }
    }
    // Every alert that burns was told, and each group exactly once: nothing in it ever changed.
    Set<Object> told = new HashSet<>();
    rows.forEach(
        row ->
            assertThat(told.add(row.get("g")))
                .as(where + ", " + row.get("g") + " told twice")
                .isTrue());
    long groups =
        database.read(
            handle ->
                handle.createQuery("select count(*) from alert_group").mapTo(Long.class).one());
    assertThat(told).as(where).hasSize((int) groups);
  }
}
