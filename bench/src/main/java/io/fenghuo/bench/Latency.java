package io.fenghuo.bench;

import io.fenghuo.schemas.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * How long an order waits for its decision, or to be counted in a figure, at a share of what the
 * job can do: warmed up flat out, which also tells what it can do while events are being sent, then
 * an open loop.
 */
final class Latency {

  /** About a second's backlog: enough to keep everything busy. */
  private static final int MOST_AWAITED = 1_500;

  /** Figures come once a second, so two seconds' backlog. */
  private static final int MOST_UNPUBLISHED = 5_000;

  /**
   * Seconds on schedule that do not count: what is left of the warm-up's backlog goes meanwhile.
   */
  private static final int SETTLE = 20;

  private static final Duration REST = Duration.ofSeconds(60);

  /**
   * What came of it.
   *
   * @param most events a second, flat out, sending included
   * @param perSecond rate at which the latency was measured
   * @param undecided orders without an answer a minute after
   */
  record Result(String kind, double most, double perSecond, Histogram nanos, int undecided) {

    double millis(double percentile) {
      return nanos.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private final Stage stage;
  private final Path tape;
  private final Consumer<String> progress;

  Latency(Stage stage, Path tape, Consumer<String> progress) {
    this.stage = stage;
    this.tape = tape;
    this.progress = progress;
  }

  /**
   * Measures one run.
   *
   * @param share of the most it can do
   */
  Result run(String kind, int warmUpSeconds, int measured, int seconds, double share)
      throws Exception {
    Awaited awaited =
        switch (kind) {
          case JobProcess.FLOOR -> new AwaitedDecisions(FloorJob.TOPIC);
          case JobProcess.MONITOR -> new AwaitedFigures();
          default -> new AwaitedDecisions(Stream.DECISIONS.topic());
        };
    int mostAwaited = kind.equals(JobProcess.MONITOR) ? MOST_UNPUBLISHED : MOST_AWAITED;
    try (ChildJvm job = stage.jobFromNowOn(kind);
        Traffic traffic = Traffic.open(tape, stage.kafka(), awaited)) {
      progress.accept(kind + ": warming up flat out");
      double most = traffic.flatOut(warmUpSeconds + measured, measured, mostAwaited);
      double rate = share * most;
      // Also the streams nobody awaits must have caught up, which the settling time is for.
      traffic.awaitRest(REST);
      traffic.openLoop(
          rate,
          SETTLE,
          seconds,
          waiting ->
              progress.accept(
                  String.format(
                      "%s: %,.0f of %,.0f events/s, %,d orders under way",
                      kind, rate, most, waiting)));
      int undecided = traffic.awaitRest(REST);
      String health = job.ask("health");
      if (!health.equals("running")) {
        throw new IOException(kind + ": " + health);
      }
      return new Result(kind, most, rate, traffic.latencies(), undecided);
    }
  }
}
