package io.fenghuo.rules.figure;

import java.util.SortedMap;

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
    long revision) {}
