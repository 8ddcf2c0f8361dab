package io.fenghuo.local.simulate;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens in the simulated shop: how busy it is, which frauds are tried and what breaks.
 *
 * <p>A scenario is data. A new one is a line in {@link #all()}; a new kind of trouble is a new part
 * of {@link Fault}.
 *
 * <ul>
 *   <li>{@code mixed}, the default: the daily curve and all frauds at small shares
 *   <li>{@code ordinary}: the daily curve, genuine shoppers only
 *   <li>{@code promotion}: the opening of the 11.11 sale, ten times as much within a minute
 *   <li>{@code genuine}: the same number of events at any hour, genuine shoppers only
 *   <li>{@code payment-down}, {@code slow-page}, {@code source-lost}, {@code host-overloaded},
 *       {@code silent-stream}: {@code ordinary} until something breaks
 *   <li>the id of a fraud, as {@code order/burst}: {@code genuine} and that fraud
 * </ul>
 */
public final class Scenario {

  /** When what breaks does so, after the start: what is usual must be known by then. */
  public static final Duration BREAKS_AFTER = Duration.ofMinutes(20);

  private static final Duration OPENS_AFTER = Duration.ofMinutes(1);
  private static final String ORDINARY = "ordinary";
  private static final String PROMOTION = "promotion";
  private static final double SHARE_ALONE = 0.05;
  private static final Map<String, Scenario> BY_NAME = all();

  private final String name;
  private final Demand demand;
  private final String campaign;
  private final Map<String, Double> frauds;
  private final Fault fault;
  private final Duration onset;

  private Scenario(
      String name,
      Demand demand,
      String campaign,
      Map<String, Double> frauds,
      Fault fault,
      Duration onset) {
    this.name = name;
    this.demand = demand;
    this.campaign = campaign;
    this.frauds = Collections.unmodifiableMap(frauds);
    this.fault = fault;
    this.onset = onset;
  }

  private static Scenario of(String name, Demand demand, Map<String, Double> frauds) {
    return new Scenario(name, demand, null, frauds, Fault.NONE, Duration.ZERO);
  }

  private static Scenario broken(String name, Fault fault) {
    return new Scenario(name, Demand.daily(), null, Map.of(), fault, BREAKS_AFTER);
  }

  private static Scenario opening(Duration onset) {
    return new Scenario(
        PROMOTION, Demand.saleOpening(onset.toMillis()), "double-11", Map.of(), Fault.NONE, onset);
  }

  /** The same, with what is special about it beginning so long after the start. */
  public Scenario beginningAfter(Duration onset) {
    return name.equals(PROMOTION)
        ? opening(onset)
        : new Scenario(name, demand, campaign, frauds, fault, onset);
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

  /** What breaks at the {@link #onset()}. */
  Fault fault() {
    return fault;
  }

  /** From when on it is not like any other day, after the start. */
  Duration onset() {
    return onset;
  }

  /** Scenarios of the same kin have the same events until something happens. */
  String kin() {
    return fault.equals(Fault.NONE) && !name.equals(PROMOTION) ? name : ORDINARY;
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
    add(all, of("mixed", Demand.daily(), shares));
    add(all, of(ORDINARY, Demand.daily(), Map.of()));
    add(all, opening(OPENS_AFTER));
    add(all, broken("payment-down", Fault.ofMethod("alipay")));
    add(all, broken("slow-page", Fault.ofPage("product")));
    add(all, broken("source-lost", Fault.ofSource("search")));
    add(all, broken("host-overloaded", Fault.ofHost("order-1")));
    add(all, broken("silent-stream", Fault.ofStream("payments")));
    add(all, of("genuine", Demand.steady(), Map.of()));
    for (String id : shares.keySet()) {
      add(all, of(id, Demand.steady(), Map.of(id, SHARE_ALONE)));
    }
    return all;
  }

  private static void add(Map<String, Scenario> all, Scenario scenario) {
    all.put(scenario.name, scenario);
  }
}
