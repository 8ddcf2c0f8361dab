package io.fenghuo.console.health;

import java.util.List;

/** The jobs and how they are. */
public interface Jobs {

  /**
   * One job.
   *
   * @param state in Flink's word: RUNNING, RESTARTING, …
   * @param checkpointAgeSeconds since the last completed checkpoint, or null before the first
   * @param lastFailure in one line, or null
   * @param stateBytes of the last checkpoint, or null
   */
  record Job(
      String name,
      String state,
      long restarts,
      Long checkpointAgeSeconds,
      String lastFailure,
      Long stateBytes) {}

  /** All jobs; empty while nobody can say. */
  List<Job> jobs();
}
