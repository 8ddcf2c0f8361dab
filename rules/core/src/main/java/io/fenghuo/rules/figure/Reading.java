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
 * @param since event time from which on everything was counted, milliseconds: where a definition
 *     that is new or was edited began; {@link #ALWAYS} when it was there from the first event on
 */
public record Reading(
    String figure,
    SortedMap<String, String> dimensions,
    long from,
    long to,
    double value,
    double numerator,
    double denominator,
    long revision,
    long since) {

  /** Nothing that came before is missing. */
  public static final long ALWAYS = 0;

  /** Of a definition that was there from the first event on. */
  public Reading(
      String figure,
      SortedMap<String, String> dimensions,
      long from,
      long to,
      double value,
      double numerator,
      double denominator,
      long revision) {
    this(figure, dimensions, from, to, value, numerator, denominator, revision, ALWAYS);
  }

  /** False when the definition began within the window, which so lacks what came before. */
  public boolean isWhole() {
    return from >= since;
  }

  /** The same under another name. */
  public Reading named(String name) {
    return new Reading(name, dimensions, from, to, value, numerator, denominator, revision, since);
  }

  /** The same of a definition that began then. */
  public Reading since(long begin) {
    return new Reading(
        figure, dimensions, from, to, value, numerator, denominator, revision, begin);
  }

  public void pack(Packer out) {
    out.text(figure).number(dimensions.size());
    dimensions.forEach((name, text) -> out.text(name).text(text));
    out.number(from).number(to);
    out.word(Double.doubleToRawLongBits(value));
    out.word(Double.doubleToRawLongBits(numerator));
    out.word(Double.doubleToRawLongBits(denominator));
    out.number(revision).number(since);
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
        in.number(),
        in.number());
  }
}
