package io.fenghuo.alerting.inhibit;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.InhibitRule;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Member;
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
    if (flush.routing().inhibitRules().isEmpty() || flush.members().isEmpty()) {
      return;
    }
    List<KnownAlert> alerts = flush.members().stream().map(Member::alert).toList();
    Map<String, List<String>> by = inhibitors(flush.handle(), flush.routing(), alerts, flush.now());
    for (Member member : flush.members()) {
      by.getOrDefault(member.alert().fingerprint(), List.of())
          .forEach(source -> member.hold("inhibited:" + source));
    }
  }

  /** Those that may hold back some alert of the group. */
  @Override
  public Outside outside(Handle handle, Routing routing, Instant now) {
    if (routing.inhibitRules().isEmpty()) {
      return (route, group) -> "";
    }
    List<KnownAlert> sources = sources(handle, now);
    return (route, group) -> {
      List<InhibitRule> rules =
          routing.inhibitRules().stream()
              .filter(rule -> Matcher.mayMatch(rule.target(), group))
              .toList();
      return sources.stream()
          .filter(
              source -> rules.stream().anyMatch(rule -> rule.mayConcern(source.labels(), group)))
          .map(KnownAlert::fingerprint)
          .sorted()
          .collect(Collectors.joining(" "));
    };
  }

  /** Whether an alert may hold back others, as its row notes when it comes in. */
  public static boolean explains(Routing routing, Labels labels) {
    return routing.inhibitRules().stream().anyMatch(rule -> rule.isSource(labels));
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
    List<KnownAlert> sources = sources(handle, now);
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

  /** Alerts that burn and explain others. */
  private static List<KnownAlert> sources(Handle handle, Instant now) {
    return handle
        .createQuery(
            "select " + KnownAlert.COLUMNS + " from alert a where ended_at is null and explains")
        .map(KnownAlert::read)
        .filter(source -> !source.staleAt(now))
        .list();
  }
}
