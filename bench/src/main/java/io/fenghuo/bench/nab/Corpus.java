package io.fenghuo.bench.nab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of the Numenta Anomaly Benchmark that are there, with their labelled windows. */
final class Corpus {

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .toFormatter(java.util.Locale.ROOT);

  /**
   * One file.
   *
   * @param windows pairs of row numbers, both ends included
   */
  record Series(String name, long[] times, double[] values, List<int[]> windows) {}

  private Corpus() {}

  /**
   * @param folder with data/ and combined_windows.json
   */
  static List<Series> read(Path folder) throws IOException {
    Map<String, List<List<String>>> labels = new TreeMap<>();
    // JSON is YAML.
    Map<?, ?> windows =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(folder.resolve("combined_windows.json")));
    windows.forEach((file, list) -> labels.put(file.toString(), texts((List<?>) list)));
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder.resolve("data"))) {
      paths = walk.filter(path -> path.toString().endsWith(".csv")).sorted().toList();
    }
    List<Series> corpus = new ArrayList<>();
    for (Path path : paths) {
      String name = folder.resolve("data").relativize(path).toString().replace('\\', '/');
      if (!labels.containsKey(name)) {
        throw new IOException(name + ": no windows (expected in combined_windows.json)");
      }
      corpus.add(series(name, Files.readAllLines(path), labels.get(name)));
    }
    return corpus;
  }

  private static List<List<String>> texts(List<?> list) {
    return list.stream()
        .map(pair -> ((List<?>) pair).stream().map(Object::toString).toList())
        .toList();
  }

  private static Series series(String name, List<String> lines, List<List<String>> labels) {
    int rows = lines.size() - 1;
    long[] times = new long[rows];
    double[] values = new double[rows];
    for (int i = 0; i < rows; i++) {
      String[] cells = lines.get(i + 1).split(",");
      times[i] = millis(cells[0]);
      values[i] = Double.parseDouble(cells[1]);
    }
    List<int[]> windows = new ArrayList<>();
    for (List<String> label : labels) {
      windows.add(new int[] {row(times, label.get(0)), row(times, label.get(1))});
    }
    return new Series(name, times, values, windows);
  }

  private static int row(long[] times, String time) {
    long wanted = millis(time);
    for (int i = 0; i < times.length; i++) {
      if (times[i] == wanted) {
        return i;
      }
    }
    throw new IllegalStateException(time + ": no such row");
  }

  private static long millis(String time) {
    return LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
