package io.fenghuo.console;

import io.fenghuo.console.decide.DecideApi;
import io.fenghuo.console.read.Partitions;
import io.fenghuo.console.review.Cases;
import io.fenghuo.console.review.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be done now and then: cases given back, partitions made and dropped. */
final class Upkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final ConsoleDatabase database;
  private final Partitions partitions;
  private final Cases cases;
  private final Duration kept;
  private final InstantSource clock;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "console-upkeep");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param kept how long cases that are done are remembered
   */
  Upkeep(
      ConsoleDatabase database,
      Partitions partitions,
      Cases cases,
      Duration kept,
      InstantSource clock) {
    this.database = database;
    this.partitions = partitions;
    this.cases = cases;
    this.kept = kept;
    this.clock = clock;
  }

  void start() {
    rounds.scheduleAtFixedRate(quietly(cases::giveBack), 1, 1, TimeUnit.SECONDS);
    rounds.scheduleAtFixedRate(quietly(this::tidy), 30, 30, TimeUnit.MINUTES);
  }

  /** Makes the partitions of tomorrow and drops what has been kept long enough. */
  void tidy() {
    Instant now = clock.instant();
    database.useTransaction(handle -> partitions.maintain(handle, now));
    database.useTransaction(
        handle -> {
          Cases.forget(handle, now.minus(kept));
          Outbox.forget(handle, now);
          DecideApi.forget(handle, now);
        });
  }

  private static Runnable quietly(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.info("upkeep is done next time: {}", e.toString());
      }
    };
  }

  @Override
  public void close() {
    rounds.shutdownNow();
  }
}
