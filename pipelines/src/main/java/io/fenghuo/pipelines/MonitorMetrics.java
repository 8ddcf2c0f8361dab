package io.fenghuo.pipelines;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.figure.Point;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the monitor job counts. In Prometheus every name begins with {@code
 * flink_taskmanager_job_task_operator_fenghuo_}.
 *
 * <p>The law: measured events = gathered + repeated + too late.
 */
final class MonitorMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(MonitorMetrics.class);
  private static final long LOGGED_FAILURES = 20;

  /** Beyond, a figure with many values would make every look at the metrics slow. */
  private static final int MOST_GAUGES = 2_000;

  private final MetricGroup group;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, double[]> figures = new HashMap<>();
  private final Counter[] events = new Counter[EventType.values().length];
  private long failures;

  MonitorMetrics(MetricGroup operator) {
    group = operator.addGroup("fenghuo");
    for (EventType type : EventType.values()) {
      events[type.ordinal()] = counter("measured_events", "type", type.label());
    }
  }

  private Counter counter(String name, String label, String value) {
    return counters.computeIfAbsent(
        name + "|" + value, key -> group.addGroup(label, value).counter(name));
  }

  private Counter counter(String name) {
    return counters.computeIfAbsent(name, group::counter);
  }

  void event(EventType type) {
    events[type.ordinal()].inc();
  }

  void dead(String reason) {
    counter("unusable_records", "reason", reason).inc();
  }

  void gathered() {
    counter("gathered_events").inc();
  }

  void repeated() {
    counter("repeated_events").inc();
  }

  void tooLate() {
    counter("too_late_events").inc();
  }

  void alert(String watch) {
    counter("alerts", "rule", watch).inc();
  }

  void published() {
    counter("published_points").inc();
  }

  /** Something was counted under "other", because there were too many values that day. */
  void beyondCap(String figure) {
    counter("beyond_cap", "figure", figure).inc();
  }

  void begins(String figure) {
    counter("figures_begun").inc();
    LOG.info("figure {} begins with what comes from now on: it is new, or was edited", figure);
  }

  void failed(String what, Throwable why) {
    counter("figure_failures", "filter", what).inc();
    if (failures++ < LOGGED_FAILURES) {
      LOG.warn("{} failed and does not hold: {}", what, why.toString());
    }
  }

  /** The current minute's and day's value for Prometheus. */
  void current(Point point) {
    String name = point.reading().figure();
    String window = point.window().name().toLowerCase(java.util.Locale.ROOT);
    String dimensions =
        point.reading().dimensions().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(","));
    String key = name + "|" + window + "|" + dimensions;
    double[] current = figures.get(key);
    if (current == null) {
      if (figures.size() >= MOST_GAUGES) {
        return;
      }
      double[] fresh = {Double.NaN, Double.NEGATIVE_INFINITY};
      figures.put(key, fresh);
      current = fresh;
      group
          .addGroup("figure", name)
          .addGroup("window", window)
          .addGroup("dimensions", dimensions.isEmpty() ? "all" : dimensions)
          .gauge("value", (Gauge<Double>) () -> fresh[0]);
    }
    // A late event's window is not the current one.
    if (point.reading().from() >= current[1]) {
      current[0] = point.reading().value();
      current[1] = point.reading().from();
    }
  }

  void gauge(String name, LongSupplier value) {
    group.gauge(name, (Gauge<Long>) value::getAsLong);
  }
}
