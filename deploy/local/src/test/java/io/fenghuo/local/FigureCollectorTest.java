package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FigureCollectorTest {

  private final int port = LoopbackPort.free();
  private final LoopbackPrometheusReporter reporter = new LoopbackPrometheusReporter();

  /** As the monitor job's, with what Flink adds to it. */
  private static final class FakeGroup extends UnregisteredMetricsGroup {
    private final Map<String, String> variables = new HashMap<>();

    FakeGroup(Map<String, String> labels) {
      variables.put("<host>", "taskmanager");
      variables.put("<job_name>", "monitor");
      labels.forEach((name, value) -> variables.put("<" + name + ">", value));
    }

    @Override
    public Map<String, String> getAllVariables() {
      return variables;
    }
  }

  @BeforeEach
  void open() {
    MetricConfig config = new MetricConfig();
    config.setProperty("port", String.valueOf(port));
    reporter.open(config);
  }

  @AfterEach
  void close() {
    reporter.close();
  }

  private List<String> figures() throws Exception {
    URI page = URI.create("http://" + LoopbackPort.HOST + ":" + port + "/metrics");
    return Metrics.of(page).lines().stream()
        .filter(line -> line.startsWith("fenghuo_figure{"))
        .sorted()
        .toList();
  }

  @Test
  void figuresWithDifferentDimensionsStandUnderOnePlainName() throws Exception {
    Gauge<Double> whole = () -> 12.5;
    Gauge<Double> ofHost = () -> 0.75;
    Gauge<Double> ofNothing = () -> Double.NaN;
    FakeGroup byHost =
        new FakeGroup(Map.of("figure", "cpu_peak", "window", "minute", "by_host", "主机 \"1\""));
    reporter.notifyOfAddedMetric(
        whole, "value", new FakeGroup(Map.of("figure", "gmv_paid", "window", "day")));
    reporter.notifyOfAddedMetric(ofHost, "value", byHost);
    reporter.notifyOfAddedMetric(
        ofNothing, "value", new FakeGroup(Map.of("figure", "refund_rate", "window", "day")));

    assertThat(figures())
        .containsExactly(
            "fenghuo_figure{name=\"cpu_peak\",window=\"minute\",host=\"主机 \\\"1\\\"\",} 0.75",
            "fenghuo_figure{name=\"gmv_paid\",window=\"day\",} 12.5");

    reporter.notifyOfRemovedMetric(ofHost, "value", byHost);
    assertThat(figures()).hasSize(1);
  }
}
