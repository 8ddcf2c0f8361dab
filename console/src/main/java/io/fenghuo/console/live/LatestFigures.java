package io.fenghuo.console.live;

import io.fenghuo.console.read.Heard;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** The newest windows of the figures the wall screen shows, in memory. */
public final class LatestFigures implements Heard {

  private static final long MINUTE = 60_000;

  /** Of each figure so many windows: the one that is filling, and those that may be shown. */
  private static final int KEPT = 3;

  /** Of the whole shop. */
  private static final Set<String> WHOLE =
      Set.of(
          "gmv_paid",
          "gmv_ordered",
          "orders",
          "buyers",
          "uv",
          "pv",
          "conversion",
          "funnel_home",
          "funnel_product",
          "funnel_cart",
          "funnel_order",
          "funnel_paid",
          "home_to_product",
          "product_to_cart",
          "cart_to_order",
          "order_to_paid",
          "average_order_value",
          "availability",
          "error_rate",
          "payment_success",
          "payment_attempts",
          "payment_failures",
          "hot_products_by_money",
          "page_load_p50",
          "page_load_p95",
          "page_load_p99",
          "api_latency_p50",
          "api_latency_p95",
          "api_latency_p99",
          "decision_latency_p50",
          "decision_latency_p95",
          "decision_latency_p99");

  /** By which dimension beside. */
  private static final Map<String, Set<String>> CUTS =
      Map.of(
          "gmv_paid", Set.of("method"),
          "payment_success", Set.of("method"),
          "payment_attempts", Set.of("method"),
          "gmv_ordered", Set.of("province"),
          "decisions", Set.of("outcome"));

  private final Map<String, TreeMap<Long, KpiPoint>> points = new HashMap<>();
  private final Set<String> changed = new HashSet<>();

  /** Minutes of the curve that are to be told: it is drawn from all, not from the last alone. */
  private final TreeMap<Long, KpiPoint> curve = new TreeMap<>();

  private long newestSecond;
  private long newestMinute;
  private long day;
  private long heard;

  static boolean isShown(KpiPoint point) {
    if (point.getName().startsWith("campaign/")) {
      return point.getWindow() == Window.MINUTE && point.getName().contains(".");
    }
    if (point.getWindow() != Window.DAY && point.getWindow() != Window.MINUTE) {
      return false;
    }
    if (point.getDimensions().isEmpty()) {
      return WHOLE.contains(point.getName());
    }
    if (point.getDimensions().containsKey("province") && point.getWindow() != Window.DAY) {
      return false;
    }
    return point.getDimensions().size() == 1
        && CUTS.getOrDefault(point.getName(), Set.of()).containsAll(point.getDimensions().keySet());
  }

  @Override
  public synchronized void heard(Stream stream, SpecificRecord record) {
    if (!(record instanceof KpiPoint point)) {
      return;
    }
    heard++;
    if (point.getWindow() == Window.SECOND) {
      newestSecond = Math.max(newestSecond, point.getTo());
      return;
    }
    if (isShown(point)) {
      take(point);
    }
  }

  /** Takes a point that was read before, at the start. */
  synchronized void take(KpiPoint point) {
    if (!isShown(point)) {
      return;
    }
    if (point.getWindow() == Window.DAY) {
      day = Math.max(day, point.getFrom());
    } else {
      newestMinute = Math.max(newestMinute, point.getFrom());
    }
    String key = point.getName() + point.getWindow() + new TreeMap<>(point.getDimensions());
    TreeMap<Long, KpiPoint> windows = points.computeIfAbsent(key, any -> new TreeMap<>());
    windows.merge(point.getFrom(), point, StoredFigures::newer);
    if (windows.size() > KEPT) {
      windows.pollFirstEntry();
    }
    changed.add(key);
    if (isOfTheCurve(point)) {
      curve.merge(point.getFrom(), point, StoredFigures::newer);
    }
  }

  private static boolean isOfTheCurve(KpiPoint point) {
    return point.getName().equals("gmv_paid")
        && point.getWindow() == Window.MINUTE
        && point.getDimensions().isEmpty();
  }

  /** Event time up to which figures are known, milliseconds, or empty before the first. */
  synchronized Optional<Long> figuresAt() {
    long at = newestSecond > 0 ? newestSecond : newestMinute;
    return at > 0 ? Optional.of(at) : Optional.empty();
  }

  /** Figures heard so far; stands still when none come. */
  synchronized long heard() {
    return heard;
  }

  /**
   * The shop's present day, milliseconds of its begin and end, or empty before the first figure.
   */
  synchronized Optional<long[]> day() {
    return points.values().stream()
        .map(windows -> windows.get(day))
        .filter(point -> point != null && point.getWindow() == Window.DAY)
        .findFirst()
        .map(point -> new long[] {point.getFrom(), point.getTo()});
  }

  /** What is shown now: of each figure the present day and the last minute that is over. */
  synchronized List<KpiPoint> shown() {
    List<KpiPoint> shown = new ArrayList<>();
    points.values().forEach(windows -> shown(windows).ifPresent(shown::add));
    return shown;
  }

  /**
   * Those of {@link #shown()} that have changed since the last call, and the earlier minutes of the
   * curve that have: late events, or many minutes at once after a stop.
   */
  synchronized List<KpiPoint> changes() {
    List<KpiPoint> told = new ArrayList<>();
    for (String key : changed) {
      shown(points.get(key)).ifPresent(told::add);
    }
    changed.clear();
    Map<Long, KpiPoint> complete = curve.headMap(lastComplete(), true);
    for (KpiPoint minute : complete.values()) {
      if (minute.getFrom() >= day && !told.contains(minute)) {
        told.add(minute);
      }
    }
    complete.clear();
    return told;
  }

  /** Begin of the last minute that is over: the one that is filling would look like a fall. */
  private long lastComplete() {
    return (newestSecond > 0 ? newestSecond : newestMinute) - MINUTE;
  }

  private Optional<KpiPoint> shown(NavigableMap<Long, KpiPoint> windows) {
    KpiPoint any = windows.lastEntry().getValue();
    if (any.getWindow() == Window.DAY) {
      return Optional.ofNullable(windows.get(day));
    }
    Map.Entry<Long, KpiPoint> last = windows.floorEntry(lastComplete());
    return Optional.ofNullable(last).map(Map.Entry::getValue);
  }
}
