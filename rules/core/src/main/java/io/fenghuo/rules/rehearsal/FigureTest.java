package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The test beside a file of figures: events in, expected figures out. See rules/README.md. */
public final class FigureTest {

  private static final String ENDING = ".test.yaml";
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  /** Makes a plan's filters ready to run. */
  @FunctionalInterface
  public interface Compiler {
    FigureFilters compile(FigurePlan plan, Map<String, String> lines) throws RuleErrors;
  }

  private record Expected(
      int line,
      String figure,
      Window window,
      long at,
      Map<String, String> by,
      String value,
      List<String> ranking) {}

  private final String file;
  private final Map<String, String> files;
  private final List<RuleError> errors = new ArrayList<>();
  private final TestEvents events;
  private final List<Expected> expected = new ArrayList<>();

  private FigureTest(String id, Map<String, String> files) {
    this.file = id + ENDING;
    this.files = Map.of(id + ".yaml", files.getOrDefault(id + ".yaml", ""));
    this.events = new TestEvents(file, errors);
    if (!files.containsKey(id + ".yaml")) {
      errors.add(new RuleError(file, 0, "a test of no file (expected: " + id + ".yaml beside it)"));
    }
    Section.parse(file, files.get(file), errors).ifPresent(this::read);
  }

  /** The files of figures, and tests without one, by path without ending. */
  public static List<String> filesIn(Map<String, String> files) {
    TreeSet<String> ids = new TreeSet<>();
    for (String path : files.keySet()) {
      if (RuleSet.isOfFigures(path)) {
        ids.add(path.replaceFirst("(\\.test)?\\.yaml$", ""));
      }
    }
    return List.copyOf(ids);
  }

  /** The test of a file of figures; empty when there is none. */
  public static Optional<FigureTest> of(String id, Map<String, String> files) {
    return files.containsKey(id + ENDING)
        ? Optional.of(new FigureTest(id, files))
        : Optional.empty();
  }

  private void read(Section section) {
    section.sections("events").forEach(events::read);
    for (Section item : section.sections("expect")) {
      Map<String, String> by = new TreeMap<>();
      if (item.has("by")) {
        item.values("by").ifPresent(all -> all.forEach((k, v) -> by.put(k, String.valueOf(v))));
      }
      expected.add(
          new Expected(
              item.line(),
              item.text("figure", true).orElse(""),
              item.choice("window", false, Window.DAY, Window.class),
              TestEvents.START + item.duration("at", false, 0, 0, TestEvents.LONGEST),
              by,
              item.parsed("value", !item.has("ranking"), null, FigureTest::number),
              item.texts("ranking").orElse(null)));
      item.refuseOthers();
    }
    section.refuseOthers();
    if (expected.isEmpty() && errors.isEmpty()) {
      errors.add(
          new RuleError(file, section.line("expect"), "expect: a test must expect something"));
    }
  }

  private static String number(String text) {
    if (!text.equals("none") && !text.matches("-?\\d+(\\.\\d+)?")) {
      throw new IllegalArgumentException(text + " (expected: a number, or none)");
    }
    return text;
  }

  /** Runs the events through the engine; what is wrong with the figures or the test, or nothing. */
  public List<RuleError> run(Compiler compiler) {
    if (!errors.isEmpty()) {
      return List.copyOf(errors);
    }
    try {
      FigureSet figures = FigureSet.read(files);
      FigurePlan plan = new FigurePlan(figures.definitions());
      try (FigurePath path = new FigurePath(compiler.compile(plan, figures.lines()), ZONE)) {
        events.records().forEach(path::add);
        path.publish();
        List<RuleError> failures = new ArrayList<>();
        expected.forEach(one -> compare(one, path.points().values(), failures));
        return failures;
      }
    } catch (RuleErrors wrong) {
      return wrong.errors();
    }
  }

  private void compare(Expected one, Iterable<KpiPoint> points, List<RuleError> failures) {
    for (KpiPoint point : points) {
      if (point.getName().equals(one.figure)
          && point.getWindow() == one.window
          && new TreeMap<>(point.getDimensions()).equals(one.by)
          && point.getFrom() <= one.at
          && one.at < point.getTo()) {
        String found = point.getValue() == null ? "none" : String.valueOf(point.getValue());
        if (one.value != null && !near(one.value, point)) {
          failures.add(failure(one, one.value, found));
        }
        List<String> ranking = point.getRanking().stream().map(RankedItem::getItem).toList();
        if (one.ranking != null && !ranking.equals(one.ranking)) {
          failures.add(failure(one, one.ranking.toString(), ranking.toString()));
        }
        return;
      }
    }
    failures.add(failure(one, one.value == null ? "a ranking" : one.value, "no such point"));
  }

  private static boolean near(String expected, KpiPoint point) {
    if (expected.equals("none") || point.getValue() == null) {
      return expected.equals("none") && point.getValue() == null;
    }
    double value = Double.parseDouble(expected);
    // What is written with three digits is meant to three digits.
    int dot = expected.indexOf('.');
    double digits = dot < 0 ? 1e-9 : 0.5 * Math.pow(10, -(expected.length() - dot - 1)) + 1e-9;
    return Math.abs(point.getValue() - value) <= digits;
  }

  private RuleError failure(Expected one, String expected, String found) {
    return new RuleError(
        file,
        one.line,
        one.figure
            + one.by
            + " of the "
            + one.window.name().toLowerCase(Locale.ROOT)
            + ": expected "
            + expected
            + "; found "
            + found);
  }
}
