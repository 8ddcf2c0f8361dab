package io.fenghuo.local;

import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** PostgreSQL, the real server, from bundled binaries, on the loopback address. */
final class EmbeddedDatabase implements DatabaseServer {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final EmbeddedPostgres server;
  private final Path folder;

  private EmbeddedDatabase(EmbeddedPostgres server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  /**
   * Starts the server.
   *
   * @param folder of the data
   * @param binaries where the server's programs are unpacked, which it needs until it has stopped
   */
  static EmbeddedDatabase start(Path folder, Path binaries) {
    try {
      Files.createDirectories(folder);
      stopLeftOver(folder);
      return new EmbeddedDatabase(
          EmbeddedPostgres.builder()
              .setDataDirectory(folder)
              .setCleanDataDirectory(false)
              .setOverrideWorkingDirectory(binaries.toFile())
              .setServerConfig("listen_addresses", LoopbackPort.HOST)
              // The bundle is made for tests and would lose what it said it has.
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .start(),
          folder);
    } catch (IOException | RuntimeException e) {
      throw new CommandFailure(
          "PostgreSQL does not start in " + folder + ": " + e.getMessage(),
          "The log has the whole story. Another data folder: --data-dir DIR.",
          e);
    }
  }

  /** After `kill -9` of this process its server lives on and holds the folder. */
  private static void stopLeftOver(Path folder) throws IOException {
    Path file = folder.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file);
    Optional<ProcessHandle> left =
        lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,9}")
            ? Optional.empty()
            : ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(EmbeddedDatabase::isPostgres);
    if (left.isPresent()) {
      left.get().destroy();
      try {
        left.get().onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException | ExecutionException e) {
        left.get().destroyForcibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    // A pid that is nobody's, or by now somebody else's.
    Files.deleteIfExists(file);
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.contains("postgres")).orElse(false);
  }

  /** Everybody on this machine may sign in. */
  @Override
  public Postgres.Login login() {
    return new Postgres.Login(
        server.getJdbcUrl("postgres", "postgres"), "postgres", new Secret(""));
  }

  @Override
  public void close() {
    try {
      server.close();
      stopLeftOver(folder);
    } catch (IOException e) {
      throw new CommandFailure("PostgreSQL does not stop: " + e, "Look for it with `ps`.", e);
    }
  }
}
