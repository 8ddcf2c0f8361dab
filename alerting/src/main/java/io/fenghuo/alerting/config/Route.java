package io.fenghuo.alerting.config;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A node of the routing tree, with what it does not say itself taken from its parent.
 *
 * @param id the matchers from the root down, as {@code {}/{severity="critical"}}; a second child
 *     with the same matchers has its place added
 * @param groupBy label names; {@code ...} alone means every label
 */
public record Route(
    String id,
    int line,
    List<Matcher> matchers,
    String receiver,
    List<String> groupBy,
    Duration groupWait,
    Duration groupInterval,
    Duration repeatInterval,
    boolean continues,
    List<String> muteTimes,
    List<String> activeTimes,
    String escalation,
    List<Route> routes) {

  /** On alerts of the service itself, naming the part they are about. */
  public static final String OWN = "fenghuo_about";

  private static final String EVERY_LABEL = "...";

  public boolean takes(Labels labels) {
    return Matcher.allMatch(matchers, labels);
  }

  /** The routes that handle an alert: the deepest that take it, and more where one continues. */
  public List<Route> handling(Labels labels) {
    List<Route> all = new ArrayList<>();
    if (takes(labels)) {
      for (Route child : routes) {
        List<Route> deeper = child.handling(labels);
        all.addAll(deeper);
        if (!deeper.isEmpty() && !child.continues) {
          break;
        }
      }
      if (all.isEmpty()) {
        all.add(this);
      }
    }
    return all;
  }

  /** The labels by which this route groups an alert. */
  public Labels groupLabels(Labels labels) {
    if (groupBy.contains(EVERY_LABEL)) {
      return labels;
    }
    TreeMap<String, String> kept = new TreeMap<>();
    List<String> names = new ArrayList<>(groupBy);
    if (labels.has(OWN)) {
      // What we say about an incident is not part of it, or it would never be over.
      names.addAll(List.of("alertname", "incident"));
    }
    for (String name : names) {
      if (labels.has(name)) {
        kept.put(name, labels.get(name));
      }
    }
    return Labels.of(kept);
  }

  public String groupKey(Labels groupLabels) {
    return id + ":" + groupLabels;
  }

  /** The same with other children. */
  Route withRoutes(List<Route> children) {
    return new Route(
        id,
        line,
        matchers,
        receiver,
        groupBy,
        groupWait,
        groupInterval,
        repeatInterval,
        continues,
        muteTimes,
        activeTimes,
        escalation,
        children);
  }

  /** This route and all below it. */
  public List<Route> all() {
    List<Route> all = new ArrayList<>(List.of(this));
    routes.forEach(route -> all.addAll(route.all()));
    return all;
  }

  public String matchersText() {
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
