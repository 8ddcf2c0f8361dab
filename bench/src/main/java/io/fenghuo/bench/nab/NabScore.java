package io.fenghuo.bench.nab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The benchmark's own scoring, standard profile: a window found counts up to 1, more the earlier; a
 * window missed -1; a false alarm -0.11, less just behind a window. The first 15 % of a file, 750
 * rows at most, count for nothing. One threshold holds for all files: the one that scores best.
 * (Lavin and Ahmad, 2015; the arithmetic follows NAB's sweeper.)
 */
final class NabScore {

  private static final double FALSE_POSITIVE = 0.11;
  private static final double FALSE_NEGATIVE = 1;
  private static final int MOST_PROBATION = 750;

  /**
   * What one threshold gives over all files.
   *
   * @param score 100 for a perfect detector, 0 for one that never says anything
   */
  record Result(double threshold, double score, int found, int windows, int falseAlarms) {}

  /** A row: what it adds when it is an alarm. Window -1: none, and the weight is negative. */
  private record Row(double anomaly, int window, double weight) {}

  private final List<Row> rows = new ArrayList<>();
  private int windows;

  static int probation(int rows) {
    return Math.min((int) (0.15 * rows), MOST_PROBATION);
  }

  /** Adds a file with the anomaly score of each of its rows. */
  void add(Corpus.Series series, double[] anomalies) {
    int probation = probation(anomalies.length);
    int first = windows;
    windows += series.windows().size();
    int past = -1;
    for (int i = 0; i < anomalies.length; i++) {
      int in = -1;
      for (int w = 0; w < series.windows().size(); w++) {
        int[] window = series.windows().get(w);
        if (i >= window[0] && i <= window[1]) {
          in = w;
        } else if (i > window[1]) {
          past = Math.max(past, w);
        }
      }
      if (i >= probation) {
        rows.add(
            in >= 0
                ? new Row(anomalies[i], first + in, inside(series.windows().get(in), i))
                : new Row(
                    anomalies[i],
                    -1,
                    FALSE_POSITIVE * (past < 0 ? -1 : behind(series.windows().get(past), i))));
      }
    }
  }

  private static double inside(int[] window, int row) {
    double width = window[1] - window[0] + 1;
    return sigmoid(-(window[1] - row + 1) / width) / sigmoid(-1);
  }

  private static double behind(int[] window, int row) {
    double width = window[1] - window[0] + 1;
    return sigmoid((row - window[1]) / (width - 1));
  }

  /** From 1 far before the edge to -1 far behind it. */
  static double sigmoid(double position) {
    return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
  }

  /** What a threshold gives: rows at or above it are alarms. */
  Result at(double threshold) {
    return sweep().stream()
        .filter(result -> result.threshold() >= threshold)
        .min(Comparator.comparingDouble(Result::threshold))
        .orElse(new Result(threshold, 0, 0, windows, 0));
  }

  /** The threshold that scores best over all files together. */
  Result best() {
    return sweep().stream()
        .max(Comparator.comparingDouble(Result::score))
        .orElse(new Result(Double.POSITIVE_INFINITY, 0, 0, windows, 0));
  }

  private List<Result> sweep() {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(Row::anomaly).reversed());
    List<Result> results = new ArrayList<>();
    Map<Integer, Double> best = new HashMap<>();
    double raw = -FALSE_NEGATIVE * windows;
    int falseAlarms = 0;
    for (int i = 0; i < sorted.size(); i++) {
      Row row = sorted.get(i);
      if (row.window() < 0) {
        raw += row.weight();
        falseAlarms++;
      } else {
        double before = best.getOrDefault(row.window(), -FALSE_NEGATIVE);
        double after = Math.max(before, row.weight());
        best.put(row.window(), after);
        raw += after - before;
      }
      boolean last = i + 1 == sorted.size() || sorted.get(i + 1).anomaly() < row.anomaly();
      if (last) {
        results.add(
            new Result(
                row.anomaly(),
                100 * (raw + FALSE_NEGATIVE * windows) / ((1 + FALSE_NEGATIVE) * windows),
                best.size(),
                windows,
                falseAlarms));
      }
    }
    return results;
  }
}
