package io.fenghuo.alerting.group;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** One step of the path of an alert, from group to ledger. */
public interface Step {

  void apply(Flush flush);

  /** What a step goes by beside a group and its alerts, as a text. */
  interface Outside {

    /**
     * As long as this and the routing stay the same, a member that did not change is treated as at
     * the last look, and need not be weighed again.
     *
     * @param group the labels all members of the group share
     */
    String of(Route route, Labels group);
  }

  /** As it is now, for any number of groups. */
  default Outside outside(Handle handle, Routing routing, Instant now) {
    return (route, group) -> "";
  }

  /** Whether the step makes whole groups of a route mute now. */
  default boolean mutes(Routing routing, Route route, Instant now) {
    return false;
  }
}
