package io.fenghuo.pipelines;

import io.fenghuo.rules.EventType;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How jobs count. A counter is there from the first time it counts. In Prometheus every name begins
 * with {@code flink_taskmanager_job_task_operator_fenghuo_}.
 */
abstract class JobMetrics {

  private static final long LOGGED_FAILURES = 20;

  protected final Logger log = LoggerFactory.getLogger(getClass());
  protected final MetricGroup group;
  private final String eventsName;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Counter[] events = new Counter[EventType.values().length];
  private long failures;

  /**
   * @param events name of the counter of events, which has their type as a label
   */
  JobMetrics(MetricGroup operator, String events) {
    this.group = operator.addGroup("fenghuo");
    this.eventsName = events;
  }

  protected final Counter counter(String name, String label, String value) {
    return counters.computeIfAbsent(
        name + "|" + value, key -> group.addGroup(label, value).counter(name));
  }

  protected final Counter counter(String name) {
    return counters.computeIfAbsent(name, group::counter);
  }

  final void event(EventType type) {
    Counter counter = events[type.ordinal()];
    if (counter == null) {
      counter = counter(eventsName, "type", type.label());
      events[type.ordinal()] = counter;
    }
    counter.inc();
  }

  final void alert(String rule) {
    counter("alerts", "rule", rule).inc();
  }

  /** Something that failed and does not hold: counted always, logged a few times. */
  protected final void failed(Counter counter, String what, Throwable why) {
    counter.inc();
    if (failures++ < LOGGED_FAILURES) {
      log.warn("{} failed and does not hold: {}", what, why.toString());
    }
  }

  final void gauge(String name, LongSupplier value) {
    group.gauge(name, (Gauge<Long>) value::getAsLong);
  }
}
