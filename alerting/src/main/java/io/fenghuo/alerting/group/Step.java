package io.fenghuo.alerting.group;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** One step of the path of an alert, from group to ledger. */
public interface Step {

  void apply(Flush flush);

  /**
   * What the step goes by beside the group and its alerts, as a text. As long as it and the routing
   * stay the same, a member that did not change is treated as at the last look, and need not be
   * weighed again.
   *
   * @param group the labels all members of the group share
   */
  default String outside(Handle handle, Routing routing, Route route, Labels group, Instant now) {
    return "";
  }
}
