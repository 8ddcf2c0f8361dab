package io.fenghuo.pipelines;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.schemas.Decision;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the risk job counts. In Prometheus every name begins with {@code
 * flink_taskmanager_job_task_operator_fenghuo_}.
 *
 * <p>The law: events = decided + recorded, where what was not let in is a dead letter, counted by
 * reason.
 */
final class RiskMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(RiskMetrics.class);
  private static final int SAMPLES = 10_000;
  private static final long LOGGED_FAILURES = 20;

  private final MetricGroup group;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Histogram> histograms = new HashMap<>();
  private final Counter[] events = new Counter[EventType.values().length];
  private long failures;

  RiskMetrics(MetricGroup operator) {
    group = operator.addGroup("fenghuo");
    for (EventType type : EventType.values()) {
      events[type.ordinal()] = counter("events", "type", type.label());
    }
  }

  private Counter counter(String name, String label, String value) {
    return counters.computeIfAbsent(
        name + "|" + value, key -> group.addGroup(label, value).counter(name));
  }

  private Counter counter(String name) {
    return counters.computeIfAbsent(name, group::counter);
  }

  private Histogram histogram(String name) {
    return histograms.computeIfAbsent(
        name, key -> group.histogram(name, new DescriptiveStatisticsHistogram(SAMPLES)));
  }

  void event(EventType type) {
    events[type.ordinal()].inc();
  }

  void listEntry() {
    counter("list_entries").inc();
  }

  void dead(String reason) {
    counter("dead_letters", "reason", reason).inc();
  }

  void late() {
    counter("late_events").inc();
  }

  void journal(int size) {
    histogram("journal_size").update(size);
  }

  void decision(Decision decision, long latency) {
    counter("decisions", "outcome", decision.getOutcome().name()).inc();
    if (decision.getRevision() > 0) {
      counter("revisions").inc();
    }
    if (latency >= 0 && decision.getRevision() == 0) {
      histogram("decision_latency_ms").update(latency);
    }
  }

  void standing() {
    counter("decisions_standing").inc();
  }

  void repeat() {
    counter("repeated_events").inc();
  }

  void hit(Rule rule) {
    counters
        .computeIfAbsent(
            "hits|" + rule.id(),
            key ->
                group
                    .addGroup("rule", rule.id())
                    .addGroup("mode", rule.mode().name().toLowerCase(Locale.ROOT))
                    .counter("rule_hits"))
        .inc();
  }

  void alert(String rule) {
    counter("alerts", "rule", rule).inc();
  }

  /** A condition that failed: counted always, logged a few times. */
  void failed(String what, Throwable why) {
    counter("rule_failures", "rule", what).inc();
    if (failures++ < LOGGED_FAILURES) {
      LOG.warn("{} failed and does not hold: {}", what, why.toString());
    }
  }

  void gauge(String name, LongSupplier value) {
    group.gauge(name, (Gauge<Long>) value::getAsLong);
  }
}
