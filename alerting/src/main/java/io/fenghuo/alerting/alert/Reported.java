package io.fenghuo.alerting.alert;

import java.time.Instant;
import java.util.Map;

/**
 * An alert as its sender reports it, checked.
 *
 * @param promisedUntil the sender will have spoken again by then, or null when it lasts until its
 *     end is reported
 * @param passesAt a happening that has no end is over then, or null
 * @param endedAt when it ended, or null while it lasts
 * @param source who sent it: http, kafka, self
 */
public record Reported(
    Labels labels,
    Map<String, String> annotations,
    Instant startsAt,
    Instant promisedUntil,
    Instant passesAt,
    Instant endedAt,
    String generatorUrl,
    String source) {

  public String fingerprint() {
    return labels.fingerprint();
  }
}
