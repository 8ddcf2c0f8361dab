package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Point;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.schemas.Window;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What the monitor job counts.
 *
 * <p>The law: measured events = gathered + repeated + too late.
 */
final class MonitorMetrics extends JobMetrics {

  /** Beyond, a figure with many values would make every look at the metrics slow. */
  private static final int MOST_GAUGES = 2_000;

  private final Map<Shown, Current> figures = new HashMap<>();

  /** What a gauge shows: the newest window of this length. */
  private record Shown(String figure, Window window, SortedMap<String, String> dimensions) {}

  private static final class Current implements Gauge<Double> {
    private double value = Double.NaN;
    private long from = Long.MIN_VALUE;

    void take(Reading reading) {
      // A late event's window is not the current one.
      if (reading.from() >= from) {
        value = reading.value();
        from = reading.from();
      }
    }

    @Override
    public Double getValue() {
      return value;
    }
  }

  MonitorMetrics(MetricGroup operator) {
    super(operator, "measured_events");
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

  void published() {
    counter("published_points").inc();
  }

  /** Something was counted under "other", because there were too many values that day. */
  void beyondCap(String figure) {
    counter("beyond_cap", "figure", figure).inc();
  }

  /** A figure or watch that was not there, or not so, when the job was stopped. */
  void begins(String definition) {
    counter("definitions_begun").inc();
    log.info("{} begins with what comes from now on: it is new, or was edited", definition);
  }

  /** An alert ended because nobody can tell any more whether it still holds. */
  void orphaned() {
    counter("orphaned_alerts").inc();
  }

  void failed(String what, Throwable why) {
    failed(counter("figure_failures", "filter", what), what, why);
  }

  /** The current value for Prometheus, a label for each dimension. */
  void current(Point point) {
    Reading reading = point.reading();
    Shown shown = new Shown(reading.figure(), point.window(), reading.dimensions());
    Current current = figures.get(shown);
    if (current == null) {
      if (figures.size() >= MOST_GAUGES) {
        counter("points_without_gauge").inc();
        return;
      }
      current = new Current();
      figures.put(shown, current);
      MetricGroup labelled =
          group
              .addGroup(FigureLabels.FIGURE, reading.figure())
              .addGroup(FigureLabels.WINDOW, point.window().name().toLowerCase(Locale.ROOT));
      for (Map.Entry<String, String> dimension : reading.dimensions().entrySet()) {
        labelled =
            labelled.addGroup(FigureLabels.DIMENSION + dimension.getKey(), dimension.getValue());
      }
      labelled.gauge("value", current);
    }
    current.take(reading);
  }
}
