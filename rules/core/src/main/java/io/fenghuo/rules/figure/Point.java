package io.fenghuo.rules.figure;

import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.util.List;

/**
 * A reading on its way out, with what only the public wants to know.
 *
 * @param error see KpiPoint
 * @param ranking highest first; empty for all but rankings
 */
public record Point(
    FigureDefinition figure,
    Window window,
    Reading reading,
    double error,
    List<RankedItem> ranking) {

  public KpiPoint toKpi() {
    // Thousands a second: Avro's builder would check and copy every field.
    return new KpiPoint(
        reading.figure(),
        reading.dimensions(),
        window,
        reading.from(),
        reading.to(),
        Double.isNaN(reading.value()) ? null : (Double) reading.value(),
        reading.numerator(),
        reading.denominator(),
        figure.unit(),
        error,
        ranking,
        reading.revision(),
        reading.since() == Reading.ALWAYS ? null : (Long) reading.since());
  }
}
