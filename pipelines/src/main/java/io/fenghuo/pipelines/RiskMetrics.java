package io.fenghuo.pipelines;

import io.fenghuo.rules.definition.Rule;
import io.fenghuo.schemas.Decision;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What the risk job counts.
 *
 * <p>The law: events = decided + recorded, where what was not let in is a dead letter, counted by
 * reason.
 */
final class RiskMetrics extends JobMetrics {

  private static final int SAMPLES = 10_000;

  private final Map<String, Histogram> histograms = new HashMap<>();
  private final Map<String, Counter> hits = new HashMap<>();

  RiskMetrics(MetricGroup operator) {
    super(operator, "events");
  }

  private Histogram histogram(String name) {
    return histograms.computeIfAbsent(
        name, key -> group.histogram(name, new DescriptiveStatisticsHistogram(SAMPLES)));
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
    hits.computeIfAbsent(
            rule.id(),
            id ->
                group
                    .addGroup("rule", id)
                    .addGroup("mode", rule.mode().name().toLowerCase(Locale.ROOT))
                    .counter("rule_hits"))
        .inc();
  }

  /** A condition that failed: it does not hold. */
  void failed(String what, Throwable why) {
    failed(counter("rule_failures", "rule", what), what, why);
  }
}
