package io.fenghuo.alerting.group;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Severity;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * One look at one group, carried from step to step. It weighs the members that changed since the
 * last look, or all of them when something outside changed that may hold them; of the others it
 * knows how many are how. Lives as long as its transaction.
 */
public final class Flush {

  private final Handle handle;
  private final Routing routing;
  private final Route route;
  private final String groupKey;
  private final Labels groupLabels;
  private final long number;
  private final Instant openedAt;
  private final Instant now;
  private final String outside;
  private final List<Member> members;
  private final Rest rest;
  private final Map<String, Instant> toldAt;
  private String incidentId;
  private List<String> mutedBy = List.of();
  private Map<String, Map<String, String>> common = Map.of();

  Flush(
      Handle handle,
      Routing routing,
      Route route,
      String groupKey,
      Labels groupLabels,
      long number,
      Instant openedAt,
      Instant now,
      String outside,
      List<Member> members,
      Rest rest,
      Map<String, Instant> toldAt,
      String incidentId) {
    this.handle = handle;
    this.routing = routing;
    this.route = route;
    this.groupKey = groupKey;
    this.groupLabels = groupLabels;
    this.number = number;
    this.openedAt = openedAt;
    this.now = now;
    this.outside = outside;
    this.members = members;
    this.rest = rest;
    this.toldAt = toldAt;
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

  /** What the steps go by beside the group, see {@link Step#outside}. */
  public String outside() {
    return outside;
  }

  /** Those that are weighed, held back or not. */
  public List<Member> members() {
    return members;
  }

  /** When each channel was last told something. */
  public Map<String, Instant> toldAt() {
    return toldAt;
  }

  public String incidentId() {
    return incidentId;
  }

  public void openIncident(String id) {
    incidentId = id;
  }

  /** The whole group is mute now, for these time intervals. */
  public void mute(List<String> by) {
    mutedBy = by;
  }

  public List<String> mutedBy() {
    return mutedBy;
  }

  /** Those weighed that nobody holds back. */
  public List<Member> open() {
    return mutedBy.isEmpty() ? members.stream().filter(each -> !each.isHeld()).toList() : List.of();
  }

  /** Those weighed that burn and nobody holds back, stale ones included. */
  public List<Member> burning() {
    return open().stream().filter(each -> !each.alert().ended()).toList();
  }

  /** How many burn and nobody holds back, weighed or not. */
  public int burningCount() {
    return mutedBy.isEmpty() ? rest.counts().open() + burning().size() : 0;
  }

  /** Whether none of all members burns any more, held back or not. */
  public boolean isOver() {
    return !rest.counts().burns() && members.stream().allMatch(each -> each.alert().ended());
  }

  /** Whether a channel was told that one burns, and of no end since. */
  public boolean hasBurnt(String channel) {
    return rest.counts().told(channel) > 0
        || members.stream().anyMatch(each -> each.told(channel) != null);
  }

  /** The worst that burns, held back or not; when none does, the worst that did. */
  public Severity severity() {
    boolean over = isOver();
    return Stream.concat(
            rest.counts().worst().stream(),
            members.stream()
                .map(Member::alert)
                .filter(alert -> over || !alert.ended())
                .map(alert -> alert.labels().severity()))
        .min(Comparator.naturalOrder())
        .orElse(Severity.WARNING);
  }

  /** Those that burn and nobody holds back, weighed or not, as a message names them. */
  public List<KnownAlert> worst(int most) {
    if (!mutedBy.isEmpty()) {
      return List.of();
    }
    return Stream.concat(rest.worst(most).stream(), burning().stream().map(Member::alert))
        .sorted(KnownAlert.WORST_FIRST)
        .limit(most)
        .toList();
  }

  /**
   * Of a label or annotation set, what all that burn and nobody holds back share, weighed or not.
   *
   * @param column labels or annotations
   */
  public Map<String, String> shared(String column, Map<String, String> pairs) {
    return rest.shared(column, pairs);
  }

  /** What the next look may take as shared without looking: see {@link #shared}. */
  public void share(Map<String, String> labels, Map<String, String> annotations) {
    common = Map.of("labels", labels, "annotations", annotations);
  }

  public Map<String, Map<String, String>> common() {
    return common;
  }

  /** All members together, when of those weighed these stay. */
  public Counts counts(List<Member> staying) {
    Counts counts = rest.counts().copy();
    staying.forEach(member -> counts.add(member.standing(now)));
    return counts;
  }
}
