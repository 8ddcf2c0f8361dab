package io.fenghuo.alerting.channel;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A way to reach people. A channel makes one request when it is told to. It does not retry, sleep,
 * group or deduplicate: the delivery does.
 */
public interface Channel {

  /**
   * Whom a notice goes to now, one notification each; one empty text when the outlet says it all.
   */
  default List<String> addresses(Instant now) {
    return List.of("");
  }

  /** The ways out for an address, any of which may be taken. */
  List<Outlet> outlets(String address);

  /** Makes one request and says what came of it. Throws nothing. */
  Answer send(Delivery delivery);

  /**
   * Asks the provider whether an earlier request arrived whose answer was lost. Empty when the
   * provider cannot be asked.
   */
  default Optional<Answer> receipt(Delivery delivery) {
    return Optional.empty();
  }

  /** Whether the end of an alert is told too. */
  boolean sendsResolved();

  /** Whether the heartbeat goes through it. */
  boolean testable();

  /**
   * One request to make.
   *
   * @param id of the notification, the same in every attempt
   * @param mayRepeat an earlier attempt may have arrived
   */
  record Delivery(
      String id, Outlet outlet, String address, Notice notice, boolean mayRepeat, Instant now) {}
}
