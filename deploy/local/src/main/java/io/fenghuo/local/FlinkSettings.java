package io.fenghuo.local;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the Flink cluster is set up.
 *
 * @param checkpoints folder of the checkpoints, kept from start to start
 * @param scratch folder of RocksDB's working files, emptied at every start
 * @param restPort where Flink's web page and REST API listen, on the loopback address
 * @param metricsPort where Prometheus reads, on the loopback address
 * @param parallelism subtasks of each step, and so slots of the cluster
 * @param managedMemoryMegabytes RocksDB's cache and write buffers, all subtasks together
 * @param checkpointInterval how much work a kill costs at most
 * @param jobs how many run at once; they share the memory
 */
public record FlinkSettings(
    Path checkpoints,
    Path scratch,
    int restPort,
    int metricsPort,
    int parallelism,
    int managedMemoryMegabytes,
    Duration checkpointInterval,
    int jobs) {

  /** What suits a machine of two cores. */
  public static FlinkSettings of(Path checkpoints, Path scratch, int restPort, int metricsPort) {
    return new FlinkSettings(
        checkpoints, scratch, restPort, metricsPort, 2, 512, Duration.ofSeconds(10), 1);
  }

  /** Checks the ranges and makes the paths absolute, as Flink needs them. */
  public FlinkSettings {
    if (parallelism < 1) {
      throw CommandFailure.usage("parallelism: " + parallelism + " (expected: at least 1)");
    }
    if (managedMemoryMegabytes < 32) {
      throw CommandFailure.usage(
          "managed memory: " + managedMemoryMegabytes + " MB (expected: at least 32)");
    }
    if (checkpointInterval.compareTo(Duration.ofMillis(10)) < 0) {
      throw CommandFailure.usage(
          "checkpoint interval: " + checkpointInterval + " (expected: at least 10 ms)");
    }
    checkpoints = checkpoints.toAbsolutePath().normalize();
    scratch = scratch.toAbsolutePath().normalize();
  }

  /** The same with another parallelism. */
  public FlinkSettings withParallelism(int subtasks) {
    return new FlinkSettings(
        checkpoints,
        scratch,
        restPort,
        metricsPort,
        subtasks,
        managedMemoryMegabytes,
        checkpointInterval,
        jobs);
  }

  /** The same with another amount of memory for RocksDB. */
  public FlinkSettings withManagedMemoryMegabytes(int megabytes) {
    return new FlinkSettings(
        checkpoints,
        scratch,
        restPort,
        metricsPort,
        parallelism,
        megabytes,
        checkpointInterval,
        jobs);
  }

  /** The same with another checkpoint interval. */
  public FlinkSettings withCheckpointInterval(Duration interval) {
    return new FlinkSettings(
        checkpoints,
        scratch,
        restPort,
        metricsPort,
        parallelism,
        managedMemoryMegabytes,
        interval,
        jobs);
  }

  /** The same for so many jobs at once. */
  public FlinkSettings withJobs(int number) {
    return new FlinkSettings(
        checkpoints,
        scratch,
        restPort,
        metricsPort,
        parallelism,
        managedMemoryMegabytes,
        checkpointInterval,
        number);
  }
}
