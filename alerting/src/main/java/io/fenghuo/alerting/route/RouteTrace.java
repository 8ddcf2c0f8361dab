package io.fenghuo.alerting.route;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.util.ArrayList;
import java.util.List;

/** Says for each route why it takes an alert, or why not, in the order in which they are asked. */
public final class RouteTrace {

  /**
   * @param depth 0 for the root
   * @param line in the routing file
   * @param taken whether this route handles the alert
   * @param why in words
   */
  public record Step(
      int depth, int line, String matchers, String receiver, boolean taken, String why) {}

  private RouteTrace() {}

  public static List<Step> of(Routing routing, Labels labels) {
    List<Step> steps = new ArrayList<>();
    walk(routing.root(), labels, 0, routing.root().handling(labels), steps, "");
    return steps;
  }

  private static void walk(
      Route route,
      Labels labels,
      int depth,
      List<Route> handling,
      List<Step> steps,
      String notAsked) {
    boolean taken = notAsked.isEmpty() && handling.contains(route);
    String why = notAsked;
    boolean matches = route.takes(labels);
    if (why.isEmpty()) {
      why =
          matches
              ? (taken ? "takes it" : "matches, and a route below takes it")
              : misses(route, labels);
    }
    steps.add(new Step(depth, route.line(), route.matchersText(), route.receiver(), taken, why));
    if (!matches || !notAsked.isEmpty()) {
      return;
    }
    String taker = "";
    for (Route child : route.routes()) {
      walk(child, labels, depth + 1, handling, steps, taker);
      if (taker.isEmpty() && !child.handling(labels).isEmpty() && !child.continues()) {
        taker = "not asked: line " + child.line() + " took it and does not continue";
      }
    }
  }

  private static String misses(Route route, Labels labels) {
    for (Matcher matcher : route.matchers()) {
      if (!matcher.matches(labels)) {
        return "no: "
            + matcher
            + " fails, "
            + matcher.name()
            + " is "
            + (labels.has(matcher.name()) ? "\"" + labels.get(matcher.name()) + "\"" : "absent");
      }
    }
    return "no";
  }
}
