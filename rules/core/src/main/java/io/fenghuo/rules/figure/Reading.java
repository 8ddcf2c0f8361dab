package io.fenghuo.rules.figure;

import java.util.SortedMap;

/**
 * One figure of one combination of dimension values over one window. It comes again and again, with
 * a growing revision, while the window fills, and afterwards when late events change it.
 *
 * @param figure name of the figure
 * @param from beginning of the window, event time in milliseconds, included
 * @param to end of the window, event time in milliseconds, excluded
 * @param value numerator over denominator, or what the figure is otherwise; NaN when the
 *     denominator is 0
 * @param denominator of a ratio; of an average or a quantile how many values it is of
 * @param revision grows with every change of this figure, these dimensions and this window
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
