package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** What watches derive from figures, for the same topic. */
final class DerivedFigures extends RichMapFunction<Reading, Outgoing> {

  private static final long serialVersionUID = 1L;
  private static final long MINUTE = 60_000;

  private final MonitorSettings settings;
  private transient EventCodec wire;

  DerivedFigures(MonitorSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    wire = Intake.wire(settings);
  }

  @Override
  public Outgoing map(Reading reading) {
    KpiPoint kpi =
        KpiPoint.newBuilder()
            .setName(reading.figure())
            .setDimensions(new TreeMap<>(reading.dimensions()))
            .setWindow(reading.to() - reading.from() < MINUTE ? Window.SECOND : Window.MINUTE)
            .setFrom(reading.from())
            .setTo(reading.to())
            .setValue(Double.isNaN(reading.value()) ? null : (Double) reading.value())
            .setNumerator(reading.numerator())
            .setDenominator(reading.denominator())
            .setUnit("ratio")
            .setError(0)
            .setRanking(List.of())
            .setRevision(reading.revision())
            .setSince(reading.since() == Reading.ALWAYS ? null : (Long) reading.since())
            .build();
    return new Outgoing(Stream.KPIS.keyOf(kpi), wire.encode(kpi));
  }
}
