package io.fenghuo.console.figures;

import io.fenghuo.console.WatchInfo;
import io.fenghuo.console.read.Heard;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * The newest minute of every figure that watches look at or derive, by subject, in memory: so that
 * the page of service levels costs the same however many watches there are and however much is
 * stored.
 */
public final class WatchFigures implements Heard {

  /** Watches tell their figures each minute; what is older is not what is now. */
  private static final Duration NOW = Duration.ofMinutes(15);

  private static final Set<String> KINDS = Set.of("objective", "tiers", "anomaly");

  /** Of one figure the points by subject. */
  private record Subject(String figure, Map<String, String> dimensions) {}

  private final List<String> watches;

  /** Which watch a figure's name belongs to; there are as many names as figures. */
  private final Map<String, Optional<String>> owners = new HashMap<>();

  private final Map<String, Map<Subject, KpiPoint>> byWatch = new HashMap<>();
  private long tidied;

  public WatchFigures(List<WatchInfo> watches) {
    this.watches =
        watches.stream().filter(watch -> KINDS.contains(watch.kind())).map(WatchInfo::id).toList();
  }

  /** Takes what the database knows, as if it had just been heard. */
  public void rebuild(StoredFigures stored, Instant now) {
    stored.minutesSince(now.minus(NOW)).forEach(this::take);
  }

  @Override
  public void heard(Stream stream, SpecificRecord record) {
    if (record instanceof KpiPoint point && point.getWindow() == Window.MINUTE) {
      take(point);
    }
  }

  private synchronized void take(KpiPoint point) {
    Optional<String> owner = owners.computeIfAbsent(point.getName(), this::owner);
    if (owner.isEmpty()) {
      return;
    }
    byWatch
        .computeIfAbsent(owner.get(), any -> new HashMap<>())
        .merge(
            new Subject(point.getName(), point.getDimensions()),
            point,
            (known, next) ->
                known.getFrom() == next.getFrom()
                    ? StoredFigures.newer(known, next)
                    : known.getFrom() < next.getFrom() ? next : known);
    if (point.getFrom() > tidied + NOW.toMillis()) {
      tidied = point.getFrom();
      byWatch.values().forEach(points -> points.values().removeIf(this::isOld));
    }
  }

  private boolean isOld(KpiPoint point) {
    return point.getFrom() < tidied - NOW.toMillis();
  }

  private Optional<String> owner(String figure) {
    return watches.stream().filter(watch -> isOf(watch, figure)).findFirst();
  }

  /** The figure itself, one derived from it, or a quantile of it; not another of a longer name. */
  private static boolean isOf(String watch, String figure) {
    if (!figure.startsWith(watch)) {
      return false;
    }
    String rest = figure.substring(watch.length());
    return rest.isEmpty() || rest.startsWith(".") || rest.matches("_p\\d+");
  }

  /** The newest points of a watch, one for each figure and subject, none older than is now. */
  synchronized List<KpiPoint> of(String watch, Instant now) {
    long oldest = now.minus(NOW).toEpochMilli();
    return byWatch.getOrDefault(watch, Map.of()).values().stream()
        .filter(point -> point.getFrom() >= oldest)
        .sorted(
            Comparator.comparing(KpiPoint::getName)
                .thenComparing(point -> new TreeMap<>(point.getDimensions()).toString()))
        .toList();
  }
}
