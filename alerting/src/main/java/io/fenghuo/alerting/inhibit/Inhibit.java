package io.fenghuo.alerting.inhibit;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.InhibitRule;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Holds back alerts while another explains them: when the payment service is down, nobody needs to
 * hear that payments fail. A stale alert explains nothing.
 */
public final class Inhibit implements Step {

  @Override
  public void apply(Flush flush) {
    if (flush.routing().inhibitRules().isEmpty()) {
      return;
    }
    Map<String, List<String>> by =
        inhibitors(flush.handle(), flush.routing(), flush.alerts(), flush.now());
    for (KnownAlert alert : flush.alerts()) {
      for (String source : by.getOrDefault(alert.fingerprint(), List.of())) {
        flush.hold(alert, "inhibited:" + source);
      }
    }
  }

  /** For each alert that is held back, the fingerprints of those that do. */
  public static Map<String, List<String>> inhibitors(
      Handle handle, Routing routing, List<KnownAlert> alerts, Instant now) {
    Map<String, List<String>> by = new LinkedHashMap<>();
    List<InhibitRule> rules = routing.inhibitRules();
    boolean concerned =
        alerts.stream()
            .anyMatch(
                alert ->
                    rules.stream()
                        .anyMatch(rule -> Matcher.allMatch(rule.target(), alert.labels())));
    if (!concerned) {
      return by;
    }
    List<KnownAlert> sources = new ArrayList<>();
    handle
        .createQuery("select " + KnownAlert.COLUMNS + " from alert a where ended_at is null")
        .map(KnownAlert::read)
        .forEach(
            source -> {
              if (!source.staleAt(now)
                  && rules.stream()
                      .anyMatch(rule -> Matcher.allMatch(rule.source(), source.labels()))) {
                sources.add(source);
              }
            });
    for (KnownAlert alert : alerts) {
      for (KnownAlert source : sources) {
        if (!source.fingerprint().equals(alert.fingerprint())
            && rules.stream().anyMatch(rule -> rule.holdsBack(source.labels(), alert.labels()))) {
          by.computeIfAbsent(alert.fingerprint(), key -> new ArrayList<>())
              .add(source.fingerprint());
        }
      }
    }
    return by;
  }
}
