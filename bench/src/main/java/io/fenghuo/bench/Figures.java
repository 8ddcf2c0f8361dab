package io.fenghuo.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One quantity, measured several times. */
record Figures(List<Double> values) {

  Figures {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no figures (expected: at least 1)");
    }
  }

  static Figures of(double... values) {
    return new Figures(Arrays.stream(values).boxed().toList());
  }

  double median() {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double least() {
    return values.stream().mapToDouble(v -> v).min().orElseThrow();
  }

  double most() {
    return values.stream().mapToDouble(v -> v).max().orElseThrow();
  }

  /**
   * Ratios run by run: two neighbours in time share the machine's mood, so their ratio is steadier
   * than the ratio of the medians.
   */
  Figures per(Figures floor) {
    if (floor.values.size() != values.size()) {
      throw new IllegalArgumentException(
          values.size() + " runs against " + floor.values.size() + " (expected: pairs)");
    }
    double[] ratios = new double[values.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = values.get(i) / floor.values.get(i);
    }
    return of(ratios);
  }

  /** Median, and in brackets the least and the most when there are several. */
  String show(String format) {
    String median = String.format(Locale.ROOT, format, median());
    return values.size() == 1
        ? median
        : String.format(Locale.ROOT, "%s (" + format + "–" + format + ")", median, least(), most());
  }
}
