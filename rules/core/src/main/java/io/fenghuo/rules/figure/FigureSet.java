package io.fenghuo.rules.figure;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.EventType.ValueKind;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Names;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.FigureDefinition.Measure;
import io.fenghuo.schemas.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * All figures of some rule files: from YAML texts to definitions in which every name is known.
 *
 * @param definitions in order of name, the whole before its cuts
 * @param lines where each figure stands: "file:line" by name
 */
public record FigureSet(List<FigureDefinition> definitions, Map<String, String> lines) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final List<String> UNITS = List.of("count", "fen", "ratio", "ms");
  private static final int MOST_CAP = 100_000;

  /** What the door lets in only from 0 on, see Admission. */
  private static final Set<String> NEVER_NEGATIVE =
      Set.of("amount", "discount", "latencyMs", "loadMs", "firstScreenMs", "cityTier", "score");

  /**
   * Reads and checks the figures among these files.
   *
   * @throws RuleErrors with file and line of everything that is wrong
   */
  public static FigureSet read(Map<String, String> files) throws RuleErrors {
    Reader reader = new Reader();
    new TreeMap<>(files)
        .forEach(
            (path, text) -> {
              if (RuleSet.isOfFigures(path) && !path.endsWith(".test.yaml")) {
                reader.file(path, text);
              }
            });
    if (!reader.errors.isEmpty()) {
      throw new RuleErrors(reader.errors);
    }
    return new FigureSet(
        reader.figures.values().stream().flatMap(List::stream).toList(), Map.copyOf(reader.lines));
  }

  /**
   * Refuses a field that figures cannot take from events of a type.
   *
   * @param number whether it must be a number
   */
  public static void require(
      Section section, String key, EventType type, String name, boolean number) {
    Optional<Column> column = Column.of(type, name);
    if (column.isEmpty()) {
      section.error(
          key,
          name
              + ": "
              + type.label()
              + " has no such property"
              + Section.suggestion(name, Column.names(type)));
    } else if (number
        && column.get().kind() != ValueKind.WHOLE
        && column.get().kind() != ValueKind.REAL) {
      section.error(key, name + " is not a number, which is needed here");
    }
  }

  private static final class Reader {

    final List<RuleError> errors = new ArrayList<>();
    final Map<String, List<FigureDefinition>> figures = new TreeMap<>();
    final Map<String, String> lines = new HashMap<>();

    void file(String path, String text) {
      Section.parse(path, text, errors)
          .ifPresent(
              file -> {
                file.section("figures", true)
                    .ifPresent(
                        all -> {
                          for (String name : all.keys()) {
                            all.section(name, true).ifPresent(section -> figure(name, section));
                          }
                        });
                file.refuseOthers();
              });
    }

    private void figure(String name, Section section) {
      if (!NAME.matcher(name).matches()) {
        errors.add(
            new RuleError(
                section.file(),
                section.line(),
                name + ": expected a name of small letters, digits and _"));
      }
      int before = errors.size();
      Words title = section.words("title", new Words("-", "-"), true);
      String unit = section.parsed("unit", true, "count", Reader::unit);
      Measure numerator = measure(section, true);
      Optional<Section> per = section.section("per", false);
      Measure denominator = per.map(one -> measure(one, false)).orElse(null);
      per.ifPresent(Section::refuseOthers);
      int cap = section.number("cap", FigureDefinition.DEFAULT_CAP, 1, MOST_CAP);
      Set<Window> windows = windows(section);
      List<List<String>> cuts = cuts(section);
      section.refuseOthers();
      if (lines.put(name, section.file() + ":" + section.line()) != null) {
        errors.add(new RuleError(section.file(), section.line(), name + ": defined twice"));
      }
      if (errors.size() > before) {
        return;
      }
      checkWindows(section, numerator, denominator, windows);
      for (List<String> cut : cuts) {
        checkCut(section, cut, numerator, "");
        if (denominator != null) {
          checkCut(
              section,
              cut,
              denominator,
              ", so the denominator of each of its values can only be zero");
        }
      }
      if (errors.size() == before) {
        figures.put(
            name,
            cuts.stream()
                .map(
                    cut ->
                        new FigureDefinition(
                            name, title, unit, numerator, denominator, cut, cap, windows))
                .toList());
      }
    }

    private static String unit(String text) {
      if (!UNITS.contains(text)) {
        throw new IllegalArgumentException(
            text + " (expected one of " + String.join(", ", UNITS) + ")");
      }
      return text;
    }

    /** Null when something is wrong with it, which has been said then. */
    private Measure measure(Section section, boolean numerator) {
      int before = errors.size();
      Filter of = section.parsed("of", true, null, Filter::parse);
      Aggregate aggregate = section.choice("aggregate", true, null, Aggregate.class);
      Optional<String> field =
          section.text("field", aggregate != null && aggregate != Aggregate.COUNT);
      Optional<String> weight = section.text("weight", false);
      List<Integer> percents = percents(section, aggregate);
      if (of == null || aggregate == null) {
        return null;
      }
      for (Filter.Alternative one : of.alternatives()) {
        Names.check(section, "of", one.condition().names(), one.type());
        if (one.condition().isImpossible(NEVER_NEGATIVE::contains)) {
          section.error(
              "of",
              one
                  + " can never hold"
                  + (numerator ? "" : ", so this denominator can only be zero"));
        }
        field.ifPresent(name -> require(section, "field", one.type(), name, aggregate.ofNumber()));
        weight.ifPresent(name -> require(section, "weight", one.type(), name, true));
      }
      if (weight.isPresent() && aggregate != Aggregate.TOP) {
        section.error("weight", "only top weighs");
      }
      if (!numerator && (aggregate == Aggregate.TOP || aggregate == Aggregate.QUANTILE)) {
        section.error(
            "aggregate", "a denominator is one number (expected: count, sum, distinct, …)");
      }
      return errors.size() > before
          ? null
          : new Measure(of, aggregate, field.orElse(null), weight.orElse(null), percents);
    }

    private List<Integer> percents(Section section, Aggregate aggregate) {
      List<Integer> percents = new ArrayList<>();
      for (String text : section.texts("percents").orElse(List.of())) {
        if (text.matches("[1-9][0-9]?")) {
          percents.add(Integer.valueOf(text));
        } else {
          section.error("percents", text + " (expected: whole numbers from 1 to 99)");
        }
      }
      if (aggregate == Aggregate.QUANTILE && percents.isEmpty()) {
        section.error("percents", "expected such as [50, 95, 99]");
      } else if (aggregate != Aggregate.QUANTILE && !percents.isEmpty()) {
        section.error("percents", "only quantile has them");
      }
      return List.copyOf(percents);
    }

    private Set<Window> windows(Section section) {
      Optional<List<String>> texts = section.texts("windows");
      if (texts.isEmpty()) {
        return FigureDefinition.DEFAULT_WINDOWS;
      }
      EnumSet<Window> windows = EnumSet.noneOf(Window.class);
      for (String text : texts.get()) {
        Optional<Window> window =
            Arrays.stream(Window.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
        window.ifPresent(windows::add);
        if (window.isEmpty()) {
          section.error(
              "windows",
              text
                  + Section.suggestion(
                      text,
                      Arrays.stream(Window.values())
                          .map(one -> one.name().toLowerCase(Locale.ROOT))
                          .toList()));
        }
      }
      if (windows.isEmpty()) {
        section.error("windows", "expected at least one");
      }
      return Set.copyOf(windows);
    }

    private static void checkWindows(
        Section section, Measure numerator, Measure denominator, Set<Window> windows) {
      for (Measure measure : Arrays.asList(numerator, denominator)) {
        if (measure == null) {
          continue;
        }
        if (measure.aggregate() == Aggregate.FRESH && !windows.equals(Set.of(Window.DAY))) {
          section.error("windows", "fresh looks at days (expected: [day])");
        }
        if (measure.aggregate() == Aggregate.REPEATED
            && windows.stream().anyMatch(window -> window.compareTo(Window.DAY) < 0)) {
          section.error("windows", "repeated looks at days (expected: day, week or month)");
        }
      }
    }

    /** The whole, then each cut; {@code channel+province} is one by both. */
    private List<List<String>> cuts(Section section) {
      List<List<String>> cuts = new ArrayList<>();
      cuts.add(List.of());
      for (String text : section.texts("by").orElse(List.of())) {
        List<String> cut = Arrays.stream(text.split("\\+")).map(String::strip).toList();
        if (cuts.contains(cut)) {
          section.error("by", text + ": stands twice");
        }
        cuts.add(cut);
      }
      return cuts;
    }

    private static void checkCut(Section section, List<String> cut, Measure measure, String why) {
      for (String name : cut) {
        for (EventType type : measure.of().types()) {
          if (Column.of(type, name).isEmpty()) {
            section.error(
                "by",
                name
                    + ": "
                    + type.label()
                    + " has no such property"
                    + why
                    + Section.suggestion(name, Column.names(type)));
          }
        }
      }
    }
  }
}
