package io.fenghuo.console;

import java.util.List;

/**
 * A watch: an objective, tiers, an anomaly, a campaign.
 *
 * @param id its path: {@code sla/availability}
 * @param kind objective, tiers, anomaly, campaign, …
 * @param goal of an objective the share that must be good, of tiers the limit; else null
 * @param figure the figure an anomaly looks at, or ""
 * @param targets of a campaign
 */
public record WatchInfo(
    String id,
    String kind,
    String zh,
    String en,
    String owner,
    Double goal,
    String figure,
    List<Target> targets) {

  /**
   * What a campaign's figure should reach.
   *
   * @param total in the figure's unit
   */
  public record Target(String name, String zh, String en, String figure, double total) {}
}
