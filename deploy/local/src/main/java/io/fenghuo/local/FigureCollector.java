package io.fenghuo.local;

import io.fenghuo.pipelines.FigureLabels;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * The current figures under one plain name: {@code
 * fenghuo_figure{name="payment_success",window="minute",method="alipay"}}, with the dimensions as
 * they are, in any language. Flink's own reporter makes of them a name for each set of dimensions,
 * a dozen labels of where the figure is computed, and underscores of what is not ASCII.
 */
final class FigureCollector extends Collector {

  private static final String NAME = "fenghuo_figure";
  private static final String HELP =
      "Figures over their newest window: name, window (second, minute, hour, day) and dimensions.";

  private final Map<Metric, Labels> figures = new ConcurrentHashMap<>();

  private record Labels(List<String> names, List<String> values) {}

  /** Takes the metric if it is a figure. */
  boolean add(Metric metric, MetricGroup group) {
    Map<String, String> variables = group.getAllVariables();
    String figure = variables.get(variable(FigureLabels.FIGURE));
    String window = variables.get(variable(FigureLabels.WINDOW));
    if (!(metric instanceof Gauge<?>) || figure == null || window == null) {
      return false;
    }
    List<String> names = new ArrayList<>(List.of("name", "window"));
    List<String> values = new ArrayList<>(List.of(figure, window));
    new TreeMap<>(variables)
        .forEach(
            (variable, value) -> {
              String name = variable.substring(1, variable.length() - 1);
              if (name.startsWith(FigureLabels.DIMENSION)) {
                names.add(name.substring(FigureLabels.DIMENSION.length()));
                values.add(value);
              }
            });
    figures.put(metric, new Labels(names, values));
    return true;
  }

  /** Lets go of the metric if it is a figure. */
  boolean remove(Metric metric) {
    return figures.remove(metric) != null;
  }

  /** As Flink spells the name of a label. */
  private static String variable(String label) {
    return "<" + label + ">";
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    figures.forEach(
        (metric, labels) -> {
          double value = ((Number) ((Gauge<?>) metric).getValue()).doubleValue();
          // A rate of nothing has no value.
          if (!Double.isNaN(value)) {
            samples.add(
                new MetricFamilySamples.Sample(NAME, labels.names(), labels.values(), value));
          }
        });
    return List.of(new MetricFamilySamples(NAME, Type.GAUGE, HELP, samples));
  }
}
