package io.fenghuo.rules.reference;

import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Holds published figures against those computed anew. */
public final class FigureAgreement {

  private static final double SHARE = 0.01;

  private FigureAgreement() {}

  /**
   * Everything on which the two differ, in words; empty when they agree: counts, sums and their
   * ratios exactly, distinct counts within 1 %, quantiles within 1 % of the rank.
   *
   * @param points what a consumer holds that upserts by key
   */
  public static List<String> differences(Map<String, KpiPoint> points, NaiveFigures naive) {
    List<String> differences = new ArrayList<>();
    for (KpiPoint point : points.values()) {
      String figure = figure(point.getName(), naive);
      NaiveFigures.Answer answer =
          naive.at(figure, new TreeMap<>(point.getDimensions()), point.getFrom(), point.getTo());
      String wrong = wrong(point, naive.aggregate(figure), answer);
      if (wrong != null) {
        differences.add(Stream.KPIS.keyOf(point) + ": " + wrong);
      }
    }
    for (NaiveFigures.Place place : naive.places()) {
      String name = place.figure();
      if (naive.aggregate(name).equals("quantile")) {
        name += "_p50";
      }
      KpiPoint key = new KpiPoint();
      key.setName(name);
      key.setDimensions(place.dimensions());
      key.setWindow(Window.valueOf(place.window().toUpperCase(Locale.ROOT)));
      key.setFrom(place.from());
      if (!points.containsKey(Stream.KPIS.keyOf(key))) {
        differences.add(Stream.KPIS.keyOf(key) + ": not published");
      }
    }
    return differences;
  }

  private static String figure(String name, NaiveFigures naive) {
    return naive.names().contains(name) ? name : name.substring(0, name.lastIndexOf('_'));
  }

  private static String wrong(KpiPoint point, String aggregate, NaiveFigures.Answer answer) {
    boolean spansDays = point.getWindow() == Window.WEEK || point.getWindow() == Window.MONTH;
    if (point.getRevision() != answer.events()) {
      return "of " + point.getRevision() + " events (expected: " + answer.events() + ")";
    }
    if (aggregate.equals("quantile")) {
      int percent = Integer.parseInt(point.getName().substring(point.getName().length() - 2));
      return near(point.getValue(), percent / 100.0, answer.values());
    }
    if (aggregate.equals("top")) {
      return ranking(point.getRanking(), answer.weights());
    }
    double bound = point.getError() == 0 && !spansDays ? 0 : SHARE;
    if (off(point.getNumerator(), answer.numerator(), bound)
        || off(point.getDenominator(), answer.denominator(), bound)) {
      return point.getNumerator()
          + "/"
          + point.getDenominator()
          + " (expected: "
          + answer.numerator()
          + "/"
          + answer.denominator()
          + ")";
    }
    Double expected =
        point.getDenominator() == 0
            ? null
            : (Double) (point.getNumerator() / point.getDenominator());
    return java.util.Objects.equals(point.getValue(), expected)
        ? null
        : point.getValue() + " (expected: " + expected + ")";
  }

  private static boolean off(double found, double expected, double bound) {
    // Sums of real numbers are kept in millionths; nothing here has more digits.
    return Math.abs(found - expected) > Math.abs(expected) * bound + 1e-6;
  }

  private static String near(Double found, double share, List<Double> values) {
    if (values.isEmpty()) {
      return found == null ? null : found + " (expected: none)";
    }
    long below = values.stream().filter(value -> value < found).count();
    long upTo = values.stream().filter(value -> value <= found).count();
    // The bound is on the rank; of few values one place is more than 1 %.
    double slack = SHARE * values.size() + 1;
    boolean near =
        below <= share * values.size() + slack
            && upTo >= share * values.size() - slack
            && upTo > below;
    return near
        ? null
        : found
            + " is at "
            + below
            + " to "
            + upTo
            + " of "
            + values.size()
            + " (expected: "
            + share
            + ")";
  }

  private static String ranking(List<RankedItem> found, Map<String, Long> weights) {
    List<String> expected =
        weights.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(50)
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .toList();
    List<String> places =
        found.stream().map(item -> item.getItem() + "=" + (long) item.getValue()).toList();
    return places.equals(expected) ? null : places + " (expected: " + expected + ")";
  }
}
