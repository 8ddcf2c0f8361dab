package io.fenghuo.pipelines;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Extractor;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.EventCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Second step: arrival → visits to the entities it concerns. Dead letters leave to the side. */
final class ExtractFunction extends ProcessFunction<Arrival, Visit> {

  private static final long serialVersionUID = 1L;

  static final OutputTag<Outgoing> DEAD = new OutputTag<>("dead-letters", PackedType.OUTGOING);

  private final Expressions expressions;
  private final RiskSettings settings;
  private transient EventFilters filters;
  private transient Extractor extractor;
  private transient EventCodec plain;
  private transient EventCodec wire;
  private transient RiskMetrics metrics;

  ExtractFunction(Expressions expressions, RiskSettings settings) {
    this.expressions = expressions;
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    metrics = new RiskMetrics(getRuntimeContext().getMetricGroup());
    filters = expressions.openFilters(metrics::failed);
    extractor = new Extractor(expressions.plan(), filters);
    plain = EventCodec.singleObject();
    wire = Intake.wire(settings);
  }

  @Override
  public void processElement(Arrival arrival, Context context, Collector<Visit> out) {
    if (arrival.event() != null) {
      metrics.event(arrival.event().type());
      extractor.extract(arrival.event(), out::collect);
    } else if (arrival.entry() != null) {
      metrics.listEntry();
      EntityKind kind = EntityKind.ofLabel(arrival.entry().getEntity()).orElseThrow();
      out.collect(
          Visit.ofListEntry(kind, arrival.entry().getValue(), plain.encode(arrival.entry())));
    } else {
      DeadLetter dead = arrival.dead();
      metrics.dead(dead.getReason());
      context.output(DEAD, new Outgoing(null, wire.encode(dead)));
    }
  }

  @Override
  public void close() {
    if (filters != null) {
      filters.close();
    }
  }
}
