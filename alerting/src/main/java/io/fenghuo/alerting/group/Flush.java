package io.fenghuo.alerting.group;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Severity;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** One look at one group, carried from step to step. Lives as long as its transaction. */
public final class Flush {

  /** What a channel of the group was last told, by fingerprint. */
  public record Told(List<String> firing, List<String> stale, List<String> resolved, Instant at) {}

  /**
   * Why an alert is held back, with the one who holds it: {@code silence:ID}, {@code inhibited:FP}.
   */
  private final Map<String, List<String>> held = new LinkedHashMap<>();

  private final Handle handle;
  private final Routing routing;
  private final Route route;
  private final String groupKey;
  private final Labels groupLabels;
  private final long number;
  private final Instant openedAt;
  private final Instant now;
  private final List<KnownAlert> alerts;
  private final Map<String, Told> told;
  private String incidentId;
  private List<String> mutedBy = List.of();

  Flush(
      Handle handle,
      Routing routing,
      Route route,
      String groupKey,
      Labels groupLabels,
      long number,
      Instant openedAt,
      Instant now,
      List<KnownAlert> alerts,
      Map<String, Told> told,
      String incidentId) {
    this.handle = handle;
    this.routing = routing;
    this.route = route;
    this.groupKey = groupKey;
    this.groupLabels = groupLabels;
    this.number = number;
    this.openedAt = openedAt;
    this.now = now;
    this.alerts = alerts;
    this.told = told;
    this.incidentId = incidentId;
  }

  public Handle handle() {
    return handle;
  }

  public Routing routing() {
    return routing;
  }

  public Route route() {
    return route;
  }

  public String groupKey() {
    return groupKey;
  }

  public Labels groupLabels() {
    return groupLabels;
  }

  /** How many looks there were before. */
  public long number() {
    return number;
  }

  public Instant openedAt() {
    return openedAt;
  }

  public Instant now() {
    return now;
  }

  /** All members, held back or not. */
  public List<KnownAlert> alerts() {
    return alerts;
  }

  public Map<String, Told> told() {
    return told;
  }

  public String incidentId() {
    return incidentId;
  }

  public void openIncident(String id) {
    incidentId = id;
  }

  public void hold(KnownAlert alert, String by) {
    held.computeIfAbsent(alert.fingerprint(), key -> new ArrayList<>()).add(by);
  }

  public Map<String, List<String>> held() {
    return held;
  }

  /** The whole group is mute now, for these time intervals. */
  public void mute(List<String> by) {
    mutedBy = by;
  }

  public List<String> mutedBy() {
    return mutedBy;
  }

  /** Those nobody holds back. */
  public List<KnownAlert> open() {
    return mutedBy.isEmpty()
        ? alerts.stream().filter(alert -> !held.containsKey(alert.fingerprint())).toList()
        : List.of();
  }

  /** Those that burn and nobody holds back, stale ones included. */
  public List<KnownAlert> burning() {
    return open().stream().filter(alert -> !alert.ended()).toList();
  }

  public Severity severity() {
    return alerts.stream()
        .filter(alert -> !alert.ended() || alerts.stream().allMatch(KnownAlert::ended))
        .map(alert -> alert.labels().severity())
        .min(Comparator.naturalOrder())
        .orElse(Severity.WARNING);
  }
}
