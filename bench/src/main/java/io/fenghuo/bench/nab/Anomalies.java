package io.fenghuo.bench.nab;

import io.fenghuo.rules.watch.Detector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The anomaly detector on the Numenta benchmark, as lines of a table. */
public final class Anomalies {

  private Anomalies() {}

  /**
   * @param folder with the benchmark's data/ and combined_windows.json
   * @return lines for people: the score of all files that are there, by group and by file
   */
  public static List<String> nab(Path folder) throws IOException {
    List<Corpus.Series> corpus = Corpus.read(folder);
    NabScore all = new NabScore();
    Map<String, NabScore> groups = new TreeMap<>();
    List<double[]> scores = new ArrayList<>();
    for (Corpus.Series series : corpus) {
      double[] anomalies = anomalies(series);
      scores.add(anomalies);
      all.add(series, anomalies);
      String group = series.name().substring(0, series.name().indexOf('/'));
      groups.computeIfAbsent(group, any -> new NabScore()).add(series, anomalies);
    }
    NabScore.Result best = all.best();
    List<String> lines = new ArrayList<>();
    lines.add("| files | score | windows found | false alarms |");
    lines.add("|---|---|---|---|");
    lines.add(line("all " + corpus.size(), best));
    groups.forEach((group, score) -> lines.add(line(group, score.at(best.threshold()))));
    for (int i = 0; i < corpus.size(); i++) {
      NabScore one = new NabScore();
      one.add(corpus.get(i), scores.get(i));
      lines.add(line(corpus.get(i).name(), one.at(best.threshold())));
    }
    return lines;
  }

  /** What the detector says of each row, having seen the rows before it and no others. */
  private static double[] anomalies(Corpus.Series series) {
    Detector detector = new Detector();
    double[] anomalies = new double[series.values().length];
    for (int i = 0; i < anomalies.length; i++) {
      anomalies[i] = detector.judge(series.times()[i], series.values()[i]).news();
    }
    return anomalies;
  }

  private static String line(String name, NabScore.Result result) {
    // A file without windows has nothing to find, and so no score.
    String score = result.windows() == 0 ? "–" : String.format(Locale.ROOT, "%.1f", result.score());
    return "| %s | %s | %d of %d | %d |"
        .formatted(name, score, result.found(), result.windows(), result.falseAlarms());
  }
}
