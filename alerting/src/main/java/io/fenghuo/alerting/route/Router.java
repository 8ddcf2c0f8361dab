package io.fenghuo.alerting.route;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.util.ArrayList;
import java.util.List;

/** Which groups an alert belongs to. A pure function of the routing file and the labels. */
public final class Router {

  /** A trial's alerts are kept and shown, and told only where a route asks for them by name. */
  private static final String MODE = "mode";

  private static final String SHADOW = "shadow";

  private Router() {}

  /** A group an alert belongs to. */
  public record Place(Route route, Labels groupLabels) {
    public String groupKey() {
      return route.groupKey(groupLabels);
    }
  }

  public static List<Place> places(Routing routing, Labels labels) {
    List<Place> places = new ArrayList<>();
    for (Route route : routing.root().handling(labels)) {
      if (!labels.get(MODE).equals(SHADOW) || asksForShadow(route)) {
        places.add(new Place(route, route.groupLabels(labels)));
      }
    }
    return places;
  }

  private static boolean asksForShadow(Route route) {
    return route.matchers().stream()
        .anyMatch(m -> m.name().equals(MODE) && m.equal() && m.matches(SHADOW));
  }
}
