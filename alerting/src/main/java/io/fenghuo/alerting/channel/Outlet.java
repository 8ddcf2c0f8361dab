package io.fenghuo.alerting.channel;

import java.time.Duration;

/**
 * One way out of a channel that the provider counts by itself: a robot, a number.
 *
 * @param name unlike that of any other outlet, and no secret
 * @param limit messages in any {@code window}; zero means the provider does not count
 * @param reserve how many of them are kept for critical messages
 * @param penalty how long the provider refuses after it said "too many"
 */
public record Outlet(String name, int limit, Duration window, int reserve, Duration penalty) {

  public static Outlet unlimited(String name) {
    return new Outlet(name, 0, Duration.ZERO, 0, Duration.ofSeconds(30));
  }
}
