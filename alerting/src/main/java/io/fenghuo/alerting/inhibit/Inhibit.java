package io.fenghuo.alerting.inhibit;

import io.fenghuo.alerting.Json;
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
import java.util.stream.Collectors;
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
    List<KnownAlert> sources =
        candidates(handle, rules).stream()
            .filter(source -> !source.staleAt(now))
            .filter(
                source ->
                    rules.stream()
                        .anyMatch(rule -> Matcher.allMatch(rule.source(), source.labels())))
            .toList();
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

  /**
   * Alerts that burn and have the labels some rule's source names with {@code =}: the database
   * looks through all of them, and we through what is left.
   */
  private static List<KnownAlert> candidates(Handle handle, List<InhibitRule> rules) {
    List<String> named =
        rules.stream()
            .map(
                rule ->
                    rule.source().stream()
                        .filter(matcher -> matcher.equal() && !matcher.regex())
                        .filter(matcher -> !matcher.value().isEmpty())
                        .collect(
                            Collectors.toMap(Matcher::name, Matcher::value, (one, other) -> one)))
            .map(Json::write)
            .distinct()
            .toList();
    return handle
        .createQuery(
            "select "
                + KnownAlert.COLUMNS
                + " from alert a where ended_at is null and exists (select 1 from"
                + " jsonb_array_elements(cast(:named as jsonb)) n where a.labels @> n)")
        .bind("named", "[" + String.join(",", named) + "]")
        .map(KnownAlert::read)
        .list();
  }
}
