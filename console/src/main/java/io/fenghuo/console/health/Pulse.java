package io.fenghuo.console.health;

import java.util.Map;

/** How fast the shop writes, and how far the jobs are behind. */
public interface Pulse {

  /** Events a second over the last few seconds; not a number while unknown. */
  double eventsPerSecond();

  /** Records by topic that a job has not confirmed yet; empty while unknown. */
  Map<String, Long> lag();
}
