package io.fenghuo.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How fast a job gets through a backlog: it is begun on full topics, warmed up, and then its source
 * is watched for a while.
 */
final class Drain {

  private static final double USABLE = 0.97;

  /** A warm-up goes on until the compiler has done its work, within these limits. */
  private static final int MOST_WARM_UPS = 4;

  private static final double MOST_OF_BACKLOG = 0.4;

  /** Flink's page of metrics takes tens of milliseconds to make. */
  private static final long POLL_MILLIS = 4_000;

  /**
   * What came of it.
   *
   * @param perSecond events that left the source in a second
   * @param seconds that were measured
   * @param jobCpu processor seconds of the job's JVM, meanwhile
   * @param brokerCpu of the broker's
   * @param othersCpu of everything else on the machine: noise
   * @param heapAfterGc bytes, at the end
   * @param stateBytes in the last checkpoints
   * @param warmUp seconds before the measuring
   * @param from when the measuring began
   * @param threads processor seconds of each of the job's threads
   * @param course how it went, from the job's start, warm-up included
   */
  record Result(
      String kind,
      double perSecond,
      double seconds,
      double jobCpu,
      double brokerCpu,
      double othersCpu,
      long heapAfterGc,
      long stateBytes,
      double warmUp,
      Instant from,
      Map<String, Double> threads,
      List<Moment> course) {

    /** Processor time of job and broker for one event, in microseconds. */
    double cpuMicrosPerEvent() {
      return 1e6 * (jobCpu + brokerCpu) / (perSecond * seconds);
    }

    double jobCpuMicrosPerEvent() {
      return 1e6 * jobCpu / (perSecond * seconds);
    }

    /** Share of the job's processor time that the JIT compiler took: near 0 once it is warm. */
    double compiling() {
      return Profile.groups(threads).getOrDefault(Profile.COMPILER, 0.0) / jobCpu;
    }

    /** Share of the processor time used meanwhile that went to neither job nor broker. */
    double noise() {
      return othersCpu / (jobCpu + brokerCpu + othersCpu);
    }
  }

  /** So many events at that time. */
  record Moment(double seconds, long events) {}

  private final Stage stage;
  private final long backlog;
  private final int warmUpSeconds;
  private final int seconds;
  private final Consumer<String> progress;

  /**
   * @param backlog events in the topics
   * @param warmUpSeconds at least
   */
  Drain(Stage stage, long backlog, int warmUpSeconds, int seconds, Consumer<String> progress) {
    this.stage = stage;
    this.backlog = backlog;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
    this.progress = progress;
  }

  /**
   * Measures one run.
   *
   * @param atLeast events that belong to the warm-up, however long they take
   * @param recording where a flight recording of the measured part goes, or null for none
   */
  Result run(String kind, long atLeast, Path recording) throws IOException {
    try (ChildJvm job = stage.job(kind)) {
      final Profile profile = recording == null ? null : Profile.begin(job.pid(), recording);
      long begun = System.nanoTime();
      long events = 0;
      List<Moment> course = new ArrayList<>();
      Warmth warmth = new Warmth(job.pid());
      while (seconds(begun) < warmUpSeconds
          || events < atLeast
          || (!warmth.isReached()
              && seconds(begun) < MOST_WARM_UPS * warmUpSeconds
              && events < backlog * MOST_OF_BACKLOG)) {
        pause(POLL_MILLIS);
        events = Long.parseLong(job.ask("events"));
        course.add(new Moment(seconds(begun), events));
        warmth.look();
        progress.accept(String.format("%s: warming up, %,d events", kind, events));
        if (events >= backlog * USABLE) {
          throw new IOException(
              kind + " used up " + events + " events in its warm-up; give it more with --events");
        }
      }
      final double warmUp = seconds(begun);
      final Instant from = Instant.now();
      double machine = CpuTimes.ofMachine();
      double broker = CpuTimes.ofProcess(stage.brokerPid());
      double own = CpuTimes.ofProcess(job.pid());
      Map<String, Double> threads = CpuTimes.ofThreads(job.pid());
      long first = Long.parseLong(job.ask("events"));
      long start = System.nanoTime();
      long last = first;
      while (seconds(start) < seconds && last < backlog * USABLE) {
        pause(Math.min(POLL_MILLIS, Math.max(1, (long) (1000 * (seconds - seconds(start))))));
        last = Long.parseLong(job.ask("events"));
        course.add(new Moment(seconds(begun), last));
        progress.accept(String.format("%s: %,.0f events/s", kind, (last - first) / seconds(start)));
      }
      final double took = seconds(start);
      own = CpuTimes.ofProcess(job.pid()) - own;
      broker = CpuTimes.ofProcess(stage.brokerPid()) - broker;
      machine = CpuTimes.ofMachine() - machine;
      Map<String, Double> used = new TreeMap<>();
      CpuTimes.ofThreads(job.pid())
          .forEach((thread, time) -> used.put(thread, time - threads.getOrDefault(thread, 0.0)));
      if (profile != null) {
        profile.end();
      }
      String health = job.ask("health");
      if (!health.equals("running")) {
        throw new IOException(kind + ": " + health);
      }
      long state = stage.stateBytes();
      long heap = Long.parseLong(job.ask("heap"));
      return new Result(
          kind,
          (last - first) / took,
          took,
          own,
          broker,
          Math.max(0, machine - own - broker),
          heap,
          state,
          warmUp,
          from,
          used,
          course);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
