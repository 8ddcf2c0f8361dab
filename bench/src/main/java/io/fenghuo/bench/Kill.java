package io.fenghuo.bench;

import io.fenghuo.local.LoopbackPort;
import io.fenghuo.schemas.Stream;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * {@code ./fenghuo up} under an open loop, killed with SIGKILL, begun again at once on the same
 * folder, while the shop goes on selling. The sender keeps what it cannot deliver and delivers it
 * as soon as Kafka is back.
 */
final class Kill {

  private static final long SECOND = 1_000_000_000L;

  /**
   * Seconds it took.
   *
   * @param start from start to READY, the first time
   * @param ready from the kill to READY
   * @param caughtUp from the kill until no order was overdue by more than a second
   * @param undecided orders that never got a decision
   */
  record Result(
      double perSecond, double start, double ready, double caughtUp, long orders, int undecided) {}

  private final Path folder;
  private final Path tape;
  private final Consumer<String> progress;

  Kill(Path folder, Path tape, Consumer<String> progress) {
    this.folder = folder;
    this.tape = tape;
    this.progress = progress;
  }

  Result run(double perSecond, int before, int after) throws Exception {
    Stage.delete(folder);
    Files.createDirectories(folder);
    String kafkaPort = String.valueOf(LoopbackPort.free());
    String flinkPort = String.valueOf(LoopbackPort.free());
    String metricsPort = String.valueOf(LoopbackPort.free());
    List<String> up =
        ChildJvm.command(
            Stage.JOB_HEAP,
            "io.fenghuo.local.Fenghuo",
            "up",
            "--data-dir",
            folder.toString(),
            "--simulate",
            "none",
            "--kafka-port",
            kafkaPort,
            "--flink-port",
            flinkPort,
            "--metrics-port",
            metricsPort,
            "--alerting-port",
            String.valueOf(LoopbackPort.free()),
            "--console-port",
            String.valueOf(LoopbackPort.free()));
    progress.accept("up: starting");
    long begun = System.nanoTime();
    Process process = start(up);
    try {
      awaitReady(process);
      final double start = seconds(begun);
      try (Traffic traffic =
          Traffic.open(
              tape, "127.0.0.1:" + kafkaPort, new AwaitedDecisions(Stream.DECISIONS.topic()))) {
        Callable<Void> load =
            () -> {
              traffic.openLoop(perSecond, 0, before + after, awaited -> {});
              return null;
            };
        FutureTask<Void> loading = new FutureTask<>(load);
        Thread sender = new Thread(loading, "shop");
        sender.setDaemon(true);
        sender.start();
        for (int second = 0; second < before; second++) {
          progress.accept(
              String.format("up: %,.0f events/s, kill in %d s", perSecond, before - second));
          Thread.sleep(1000);
        }
        long killed = System.nanoTime();
        process.destroyForcibly().waitFor();
        process = start(up);
        progress.accept("up: killed, starting again");
        awaitReady(process);
        final double ready = seconds(killed);
        progress.accept("up: READY again, catching up");
        double caughtUp = -1;
        while (!loading.isDone()) {
          boolean behind = traffic.overdue(System.nanoTime() - SECOND) > 0;
          if (behind) {
            caughtUp = -1;
          } else if (caughtUp < 0) {
            caughtUp = seconds(killed);
          }
          Thread.sleep(100);
        }
        finish(loading);
        int undecided = traffic.awaitRest(Duration.ofSeconds(60));
        return new Result(perSecond, start, ready, caughtUp, traffic.orders(), undecided);
      }
    } finally {
      process.destroyForcibly().waitFor();
      Stage.delete(folder);
    }
  }

  private static void finish(FutureTask<Void> loading) throws Exception {
    try {
      loading.get();
    } catch (ExecutionException e) {
      throw new IOException("the shop stopped", e.getCause());
    }
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Reads on after READY too: a full pipe would hold the process up. */
  private static void awaitReady(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.contains("READY")) {
        Thread rest = new Thread(() -> lines.lines().forEach(more -> {}), "up-output");
        rest.setDaemon(true);
        rest.start();
        return;
      }
    }
    throw new IOException("up ended before it was READY:\n" + said);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
