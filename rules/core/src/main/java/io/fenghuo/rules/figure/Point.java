package io.fenghuo.rules.figure;

import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.util.List;
import java.util.TreeMap;

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
    return KpiPoint.newBuilder()
        .setName(reading.figure())
        .setDimensions(new TreeMap<>(reading.dimensions()))
        .setWindow(window)
        .setFrom(reading.from())
        .setTo(reading.to())
        .setValue(Double.isNaN(reading.value()) ? null : (Double) reading.value())
        .setNumerator(reading.numerator())
        .setDenominator(reading.denominator())
        .setUnit(figure.unit())
        .setError(error)
        .setRanking(ranking)
        .setRevision(reading.revision())
        .build();
  }
}
