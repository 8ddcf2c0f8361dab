package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.fenghuo.alerting.alert.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is to be said, before any channel gives it its form. It is kept as JSON in the
 * notification's row, so that a later attempt says the same.
 *
 * @param kind alert, escalation, digest, heartbeat
 * @param status firing, or resolved when nothing of the group burns any more
 * @param reason why it is said now: first, more, resolved, stale, repeat, escalation 2, …
 * @param alerts at most {@link #MAX_ALERTS}, burning ones first
 * @param truncated how many more there are
 * @param incidentId or empty
 * @param links or empty; where to answer
 * @param lines what a digest says, or empty
 */
public record Notice(
    String kind,
    String status,
    String reason,
    String receiver,
    String groupKey,
    Map<String, String> groupLabels,
    Map<String, String> commonLabels,
    Map<String, String> commonAnnotations,
    List<Item> alerts,
    int truncated,
    String severity,
    String incidentId,
    String incidentUrl,
    String answeredBy,
    List<String> lines) {

  public static final int MAX_ALERTS = 50;

  /**
   * @param status firing, stale, resolved, forgotten
   * @param startsAt milliseconds since 1970
   * @param endsAt milliseconds since 1970, or 0 while it lasts
   */
  public record Item(
      String status,
      Map<String, String> labels,
      Map<String, String> annotations,
      long startsAt,
      long endsAt,
      String generatorUrl,
      String fingerprint) {}

  @JsonIgnore
  public boolean isResolved() {
    return status.equals("resolved");
  }

  @JsonIgnore
  public Severity howBad() {
    return Severity.of(severity);
  }

  @JsonIgnore
  public long count(String itemStatus) {
    return alerts.stream().filter(item -> item.status().equals(itemStatus)).count();
  }

  /** When the first of its alerts began, or null for a notice without alerts. */
  @JsonIgnore
  public Instant since() {
    return alerts.stream().mapToLong(Item::startsAt).min().stream()
        .mapToObj(Instant::ofEpochMilli)
        .findFirst()
        .orElse(null);
  }

  public Notice with(String newKind, String newReason, String newReceiver) {
    return copy(newKind, newReason, newReceiver, incidentUrl, answeredBy);
  }

  /** The same for the page that its link opens: with who is on it now, and without the link. */
  public Notice onItsPage(String who) {
    return copy(kind, reason, receiver, "", who);
  }

  private Notice copy(
      String newKind, String newReason, String newReceiver, String newUrl, String newAnsweredBy) {
    return new Notice(
        newKind,
        status,
        newReason,
        newReceiver,
        groupKey,
        groupLabels,
        commonLabels,
        commonAnnotations,
        alerts,
        truncated,
        severity,
        incidentId,
        newUrl,
        newAnsweredBy,
        lines);
  }
}
