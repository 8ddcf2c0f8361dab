package io.fenghuo.alerting.dedup;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.group.Flush.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a channel has something new to be told, by what it was last told. A pure function, so
 * that a look at a group may be repeated as often as one likes.
 */
public final class Dedup {

  /** An end nobody is told of: a happening that is simply over. */
  public static final String PASSED = "passed";

  private Dedup() {}

  /**
   * What a channel knows after this look.
   *
   * @param reason why it is told now, or empty when only we note that it need not be
   */
  public record News(Optional<String> reason, Told told) {}

  /**
   * Compares.
   *
   * @param open alerts nobody holds back
   * @param last what the channel was last told, or null
   */
  public static Optional<News> news(
      List<KnownAlert> open,
      Told last,
      Duration repeatInterval,
      boolean sendsResolved,
      Instant now) {
    List<String> firing = new ArrayList<>();
    List<String> stale = new ArrayList<>();
    List<String> resolved = new ArrayList<>();
    List<String> passed = new ArrayList<>();
    for (KnownAlert alert : open) {
      if (!alert.ended()) {
        (alert.staleAt(now) ? stale : firing).add(alert.fingerprint());
      } else if (PASSED.equals(alert.endedAs())) {
        passed.add(alert.fingerprint());
      } else {
        resolved.add(alert.fingerprint());
      }
    }
    Told told = new Told(firing, stale, resolved, now);
    if (last == null) {
      return firing.isEmpty() && stale.isEmpty()
          ? Optional.empty()
          : Optional.of(new News(Optional.of("first"), told));
    }
    Set<String> burned = new HashSet<>(last.firing());
    burned.addAll(last.stale());
    if (!burned.containsAll(firing) || !burned.containsAll(stale)) {
      return Optional.of(new News(Optional.of(burned.isEmpty() ? "first" : "more"), told));
    }
    if (!new HashSet<>(last.stale()).containsAll(stale)) {
      return Optional.of(new News(Optional.of("stale"), told));
    }
    if (!Set.copyOf(last.firing()).containsAll(firing)) {
      return Optional.of(new News(Optional.of("back"), told));
    }
    boolean newEnds = resolved.stream().anyMatch(burned::contains);
    boolean allOver = firing.isEmpty() && stale.isEmpty() && !burned.isEmpty();
    if (newEnds && (sendsResolved || allOver)) {
      return Optional.of(
          new News(sendsResolved ? Optional.of("resolved") : Optional.empty(), told));
    }
    if (passed.stream().anyMatch(burned::contains)) {
      // Noted at once and told nobody; the rest keeps its time for repeating.
      return Optional.of(
          new News(Optional.empty(), new Told(firing, stale, last.resolved(), last.at())));
    }
    if (!(firing.isEmpty() && stale.isEmpty()) && !last.at().plus(repeatInterval).isAfter(now)) {
      return Optional.of(new News(Optional.of("repeat"), told));
    }
    return Optional.empty();
  }

  /** Whether some channel was told that this one burns and not yet that it ended. */
  public static boolean isOwedAnEnd(Collection<Told> told, String fingerprint) {
    return told.stream()
        .anyMatch(t -> t.firing().contains(fingerprint) || t.stale().contains(fingerprint));
  }
}
