package io.fenghuo.local;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.prometheus.AbstractPrometheusReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Flink's metrics for Prometheus, on the loopback address. Flink's own reporter knows only a port
 * and listens on every address of the machine. Figures stand there under a plain name, see {@link
 * FigureCollector}.
 */
public final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {

  private final FigureCollector figures = new FigureCollector();
  private HTTPServer server;

  @Override
  public void open(MetricConfig config) {
    super.open(config);
    registry().register(figures);
    int port = config.getInteger("port", 9249);
    try {
      boolean daemonThreads = true;
      server =
          new HTTPServer(new InetSocketAddress(LoopbackPort.HOST, port), registry(), daemonThreads);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot listen on port " + port, e);
    }
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (!figures.add(metric, group)) {
      super.notifyOfAddedMetric(metric, name, group);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    if (!figures.remove(metric)) {
      super.notifyOfRemovedMetric(metric, name, group);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop();
    }
    super.close();
  }

  /** The super class fills it and shows it to its own package only. */
  private CollectorRegistry registry() {
    try {
      Field field = AbstractPrometheusReporter.class.getDeclaredField("registry");
      field.setAccessible(true);
      return (CollectorRegistry) field.get(this);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another Flink than this was written for", e);
    }
  }

  /** Makes the reporter; Flink finds it by META-INF/services. */
  public static final class Factory implements MetricReporterFactory {

    @Override
    public LoopbackPrometheusReporter createMetricReporter(Properties properties) {
      return new LoopbackPrometheusReporter();
    }
  }
}
