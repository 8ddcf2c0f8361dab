package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One figure of one combination of dimension values over one window.
 *
 * @param figure its name
 * @param dimensions names and values; empty for the whole shop
 * @param from begin of the window {@code [from, to)}, event time, milliseconds
 * @param value numerator over denominator; NaN when the denominator is 0. For distinct counts and
 *     quantiles an estimate, see {@link Aggregate}
 * @param numerator in the figure's unit; money in minor units
 * @param denominator 1 for a figure that has none; for a quantile the number of values behind it
 * @param revision how many events have been counted: the same events give the same number, and more
 *     events a greater one, in whatever order and however often work was taken up again
 */
public record Reading(
    String figure,
    SortedMap<String, String> dimensions,
    long from,
    long to,
    double value,
    double numerator,
    double denominator,
    long revision) {

  public void pack(Packer out) {
    out.text(figure).number(dimensions.size());
    dimensions.forEach((name, text) -> out.text(name).text(text));
    out.number(from).number(to);
    out.word(Double.doubleToRawLongBits(value));
    out.word(Double.doubleToRawLongBits(numerator));
    out.word(Double.doubleToRawLongBits(denominator));
    out.number(revision);
  }

  public static Reading unpack(Unpacker in) {
    String figure = in.text();
    TreeMap<String, String> dimensions = new TreeMap<>();
    for (int n = in.count(); n > 0; n--) {
      dimensions.put(in.text(), in.text());
    }
    return new Reading(
        figure,
        Collections.unmodifiableSortedMap(dimensions),
        in.number(),
        in.number(),
        Double.longBitsToDouble(in.word()),
        Double.longBitsToDouble(in.word()),
        Double.longBitsToDouble(in.word()),
        in.number());
  }
}
