package io.fenghuo.local.simulate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens in the simulated shop: how busy it is and which frauds are tried.
 *
 * <p>A scenario is data. A new one is a line in {@link #all()}; a new kind of trouble (slow pages,
 * failing payments) is a new component of this record beside {@code frauds}.
 *
 * <ul>
 *   <li>{@code mixed}, the default: the daily curve and all frauds at small shares
 *   <li>{@code ordinary}: the daily curve, genuine shoppers only
 *   <li>{@code promotion}: the opening of the 11.11 sale, genuine shoppers only
 *   <li>{@code genuine}: the same number of events at any hour, genuine shoppers only
 *   <li>the id of a fraud, as {@code order/burst}: {@code genuine} and that fraud
 * </ul>
 */
public final class Scenario {

  private static final double SHARE_ALONE = 0.05;
  private static final Map<String, Scenario> BY_NAME = all();

  private final String name;
  private final Demand demand;
  private final String campaign;
  private final Map<String, Double> frauds;

  private Scenario(String name, Demand demand, String campaign, Map<String, Double> frauds) {
    this.name = name;
    this.demand = demand;
    this.campaign = campaign;
    this.frauds = Collections.unmodifiableMap(frauds);
  }

  /** The scenario to run when none is named. */
  public static Scenario standard() {
    return BY_NAME.get("mixed");
  }

  /**
   * The scenario of that name.
   *
   * @throws IllegalArgumentException naming all scenarios when there is none
   */
  public static Scenario named(String name) {
    Scenario scenario = BY_NAME.get(name);
    if (scenario == null) {
      throw new IllegalArgumentException(
          "no scenario '" + name + "'; there are " + String.join(", ", names()));
    }
    return scenario;
  }

  /** All names, the general scenarios first. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /** As on the command line. */
  public String name() {
    return name;
  }

  /** The frauds tried, each with its share of all events. */
  public Map<String, Double> frauds() {
    return frauds;
  }

  Demand demand() {
    return demand;
  }

  /** The campaign visits come from, or null. */
  String campaign() {
    return campaign;
  }

  @Override
  public String toString() {
    return name;
  }

  private static Map<String, Scenario> all() {
    Map<String, Double> shares = new LinkedHashMap<>();
    Fraud.ALL.forEach((id, fraud) -> shares.put(id, fraud.usualShare()));
    Map<String, Scenario> all = new LinkedHashMap<>();
    add(all, new Scenario("mixed", Demand.daily(), null, shares));
    add(all, new Scenario("ordinary", Demand.daily(), null, Map.of()));
    add(all, new Scenario("promotion", Demand.saleOpening(), "double-11", Map.of()));
    add(all, new Scenario("genuine", Demand.steady(), null, Map.of()));
    for (String id : shares.keySet()) {
      add(all, new Scenario(id, Demand.steady(), null, Map.of(id, SHARE_ALONE)));
    }
    return all;
  }

  private static void add(Map<String, Scenario> all, Scenario scenario) {
    all.put(scenario.name, scenario);
  }
}
