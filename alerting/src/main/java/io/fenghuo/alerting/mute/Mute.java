package io.fenghuo.alerting.mute;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Step;
import java.time.Instant;
import java.util.List;

/**
 * Holds back what somebody silenced, and whole groups at times when nobody wants to hear of them.
 */
public final class Mute implements Step {

  @Override
  public void apply(Flush flush) {
    List<Silence> active = Silences.active(flush.handle(), flush.now());
    for (KnownAlert alert : flush.alerts()) {
      for (String id : Silences.holding(active, alert.labels())) {
        flush.hold(alert, "silence:" + id);
      }
    }
    flush.mute(mutedBy(flush.routing(), flush.route(), flush.now()));
  }

  /** The time intervals that make a route mute now. */
  public static List<String> mutedBy(Routing routing, Route route, Instant now) {
    List<String> mute =
        route.muteTimes().stream()
            .filter(name -> routing.timeIntervals().get(name).has(now))
            .toList();
    if (!mute.isEmpty()) {
      return mute;
    }
    boolean active =
        route.activeTimes().isEmpty()
            || route.activeTimes().stream()
                .anyMatch(name -> routing.timeIntervals().get(name).has(now));
    return active ? List.of() : route.activeTimes();
  }
}
