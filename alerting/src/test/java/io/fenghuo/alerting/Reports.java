package io.fenghuo.alerting;

import io.fenghuo.alerting.alert.Reported;
import java.time.Instant;
import java.util.Map;

/** Alerts as a sender might report them. */
final class Reports {

  private Reports() {}

  static Reported firing(Instant at, String... labels) {
    return new Reported(
        Story.labels(labels), Map.of("summary", labels[0]), at, null, null, null, "", "http");
  }
}
