package io.fenghuo.alerting.mute;

import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Member;
import io.fenghuo.alerting.group.Step;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Holds back what somebody silenced, and whole groups at times when nobody wants to hear of them.
 */
public final class Mute implements Step {

  @Override
  public void apply(Flush flush) {
    if (!flush.members().isEmpty()) {
      List<Silence> active = Silences.active(flush.handle(), flush.now());
      for (Member member : flush.members()) {
        Silences.holding(active, member.alert().labels())
            .forEach(id -> member.hold("silence:" + id));
      }
    }
    flush.mute(mutedBy(flush.routing(), flush.route(), flush.now()));
  }

  /** The silences that may hold back some alert of the group, and whether all of it is mute. */
  @Override
  public Outside outside(Handle handle, Routing routing, Instant now) {
    List<Silence> active = Silences.active(handle, now);
    return (route, group) ->
        active.stream()
                .filter(silence -> Matcher.mayMatch(silence.matchers(), group))
                .map(silence -> silence.id().toString())
                .sorted()
                .collect(Collectors.joining(" "))
            + "|"
            + String.join(" ", mutedBy(routing, route, now));
  }

  @Override
  public boolean mutes(Routing routing, Route route, Instant now) {
    return !mutedBy(routing, route, now).isEmpty();
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
