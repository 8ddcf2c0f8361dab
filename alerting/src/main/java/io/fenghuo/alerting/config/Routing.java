package io.fenghuo.alerting.config;

import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Wording;
import io.fenghuo.alerting.escalate.ClockRule;
import io.fenghuo.alerting.escalate.Escalation;
import io.fenghuo.alerting.escalate.Roster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The routing file, read and checked.
 *
 * @param resolveTimeout how long an alert is thought to last whose sender names no end
 * @param happeningLasts how long a happening is kept open that will never be reported to end
 * @param forgetAfter a stale alert is given up after that
 * @param externalUrl where people reach this service, for links; without a slash at the end
 * @param linkLasts how long a link in a message can be used
 */
public record Routing(
    String text,
    Duration resolveTimeout,
    Duration happeningLasts,
    Duration forgetAfter,
    String externalUrl,
    Duration linkLasts,
    SelfWatch selfWatch,
    Wording wording,
    Route root,
    Map<String, Receiver> receivers,
    List<InhibitRule> inhibitRules,
    Map<String, TimeInterval> timeIntervals,
    Roster roster,
    Map<String, Escalation> escalations,
    List<ClockRule> clocks) {

  /**
   * What the service says about itself; zero switches it off.
   *
   * @param heartbeatEvery between two messages through each channel that is marked testable
   * @param quietAfter no alert heard for so long is an alert
   * @param digestAt seconds after midnight, or -1
   * @param digestReceiver or empty
   */
  public record SelfWatch(
      Duration heartbeatEvery, Duration quietAfter, int digestAt, String digestReceiver) {}

  public Optional<Route> route(String id) {
    return root.all().stream().filter(route -> route.id().equals(id)).findFirst();
  }

  public Optional<Channel> channel(String name) {
    int slash = name.lastIndexOf('/');
    Receiver receiver = slash < 0 ? null : receivers.get(name.substring(0, slash));
    return receiver == null ? Optional.empty() : Optional.ofNullable(receiver.channels().get(name));
  }
}
