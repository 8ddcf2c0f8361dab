package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Measurer;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Second step: arrival → what figures want to know of it.
 *
 * <p>What cannot be used becomes a dead letter only where the risk job does not read the topic too:
 * it writes the others, and nobody should find them twice.
 */
final class MeasureFunction extends ProcessFunction<Arrival, Measurement> {

  private static final long serialVersionUID = 1L;

  static final OutputTag<Outgoing> DEAD = new OutputTag<>("dead-letters", PackedType.OUTGOING);

  private final FigureFilters compiled;
  private final MonitorSettings settings;
  private transient EventFilters filters;
  private transient Measurer measurer;
  private transient EventCodec wire;
  private transient MonitorMetrics metrics;

  MeasureFunction(FigureFilters compiled, MonitorSettings settings) {
    this.compiled = compiled;
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    metrics = new MonitorMetrics(getRuntimeContext().getMetricGroup());
    filters = compiled.open(metrics::failed);
    measurer = new Measurer(compiled.plan(), filters);
    wire = Intake.wire(settings);
  }

  @Override
  public void processElement(Arrival arrival, Context context, Collector<Measurement> out) {
    if (arrival.event() != null) {
      metrics.event(arrival.event().type());
      Measurement measurement = measurer.measure(arrival.event());
      if (measurement != null) {
        out.collect(measurement);
      }
    } else if (arrival.dead() != null) {
      metrics.dead(arrival.dead().getReason());
      if (arrival.dead().getTopic().equals(Stream.RESOURCES.topic())) {
        context.output(DEAD, new Outgoing(null, wire.encode(arrival.dead())));
      }
    }
  }

  @Override
  public void close() {
    if (filters != null) {
      filters.close();
    }
  }
}
