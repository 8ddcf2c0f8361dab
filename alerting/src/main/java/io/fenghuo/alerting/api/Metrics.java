package io.fenghuo.alerting.api;

import io.fenghuo.alerting.Alerting;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.SummaryMetricFamily;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Figures about alerting, read from the database when they are asked for: all instances show the
 * same, and a restart sets nothing to zero. Names are Alertmanager's where it has the figure.
 */
final class Metrics extends Collector {

  private final Alerting alerting;
  private final CollectorRegistry registry = new CollectorRegistry();

  Metrics(Alerting alerting) {
    this.alerting = alerting;
    registry.register(this);
  }

  String text() {
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return alerting.database().read(this::families);
  }

  private List<MetricFamilySamples> families(Handle handle) {
    List<MetricFamilySamples> all = new ArrayList<>();
    all.add(
        tally(
            handle,
            "received",
            "alertmanager_alerts_received_total",
            "Alerts received.",
            "status"));
    all.add(tally(handle, "invalid", "alertmanager_alerts_invalid_total", "Alerts refused.", ""));
    all.add(
        tally(
            handle,
            "suppressed",
            "alertmanager_notifications_suppressed_total",
            "Alerts held back at a look at their group.",
            "reason"));
    all.add(
        tally(
            handle,
            "sent",
            "alertmanager_notifications_total",
            "Notifications sent.",
            "integration"));
    all.add(
        tally(
            handle,
            "failed",
            "alertmanager_notifications_failed_total",
            "Notifications given up.",
            "integration",
            "reason"));
    all.add(
        tally(
            handle,
            "request_failed",
            "alertmanager_notification_requests_failed_total",
            "Requests that failed.",
            "integration",
            "reason"));
    all.add(
        gauge(
            handle,
            "alertmanager_alerts",
            "Alerts that burn.",
            "select count(*) from alert where ended_at is null"));
    all.add(
        gauge(
            handle,
            "alertmanager_dispatcher_aggregation_groups",
            "Groups.",
            "select count(*) from alert_group"));
    all.add(
        gauge(
            handle,
            "fenghuo_incidents_open",
            "Incidents nobody answered.",
            "select count(*) from incident where state = 'open'"));
    all.add(
        gauge(
            handle,
            "fenghuo_notifications_queued",
            "Notifications that wait.",
            "select count(*) from notification where state = 'queued'"));
    all.add(
        gauge(
            handle,
            "fenghuo_notifications_failed",
            "Failed notifications in the ledger.",
            "select count(*) from notification where state = 'failed'"));
    all.add(
        new GaugeMetricFamily(
            "alertmanager_config_last_reload_successful",
            "Whether the routing file as it is now is in force.",
            alerting.routing().complaint().isEmpty() ? 1 : 0));
    all.add(
        seconds(
            handle,
            "fenghuo_queued_to_sent_seconds",
            "From the row to the provider's answer, last hour.",
            "finished_at - created_at",
            ""));
    all.add(
        seconds(
            handle,
            "fenghuo_start_to_sent_seconds",
            "From an alert's start to the provider's answer to the first word about it, last hour.",
            "finished_at - to_timestamp(cast(notice -> 'alerts' -> 0 ->> 'startsAt' as bigint) / 1000.0)",
            " and notice ->> 'reason' = 'first'"));
    return all;
  }

  private MetricFamilySamples seconds(
      Handle handle, String metric, String help, String interval, String condition) {
    SummaryMetricFamily family =
        new SummaryMetricFamily(metric, help, List.of(), List.of(0.5, 0.99));
    Map<String, Object> row =
        handle
            .createQuery(
                "select count(*) as n, coalesce(sum(s), 0) as total,"
                    + " coalesce(percentile_disc(0.5) within group (order by s), 0) as median,"
                    + " coalesce(percentile_disc(0.99) within group (order by s), 0) as high from"
                    + " (select cast(extract(epoch from "
                    + interval
                    + ") as float8) as s from notification"
                    + " where state = 'sent' and finished_at > :since"
                    + condition
                    + ") times")
            .bind("since", alerting.clock().instant().minusSeconds(3_600))
            .mapToMap()
            .one();
    family.addMetric(
        List.of(),
        number(row, "n"),
        number(row, "total"),
        List.of(number(row, "median"), number(row, "high")));
    return family;
  }

  private static double number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).doubleValue();
  }

  private static MetricFamilySamples tally(
      Handle handle, String name, String metric, String help, String... labels) {
    List<String> names = List.of(labels).stream().filter(label -> !label.isEmpty()).toList();
    CounterMetricFamily family = new CounterMetricFamily(metric, help, names);
    handle
        .createQuery(
            "select reason, sum(count) as count from tally where name = :name group by reason order by reason")
        .bind("name", name)
        .map((row, context) -> Map.entry(row.getString("reason"), row.getLong("count")))
        .forEach(
            each ->
                family.addMetric(
                    names.isEmpty() ? List.of() : List.of(each.getKey().split("\\|", names.size())),
                    each.getValue()));
    return family;
  }

  private static MetricFamilySamples gauge(
      Handle handle, String metric, String help, String query) {
    return new GaugeMetricFamily(metric, help, handle.createQuery(query).mapTo(Double.class).one());
  }
}
