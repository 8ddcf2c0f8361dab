package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Aggregate;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigureDefinition.Measure;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The figures that are computed because a watch needs them, beside those that are defined for their
 * own sake.
 */
public final class WatchFigures {

  private static final Map<Long, Window> WINDOWS =
      Map.of(
          Duration.ofSeconds(1).toMillis(), Window.SECOND,
          Duration.ofMinutes(1).toMillis(), Window.MINUTE,
          Duration.ofHours(1).toMillis(), Window.HOUR,
          Duration.ofDays(1).toMillis(), Window.DAY);

  private final Map<String, FigureDefinition> more = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<NeededFigure, String> keys = new HashMap<>();
  private final List<RuleError> errors = new ArrayList<>();

  private WatchFigures() {}

  /**
   * @param figures those that are defined for their own sake
   * @throws RuleErrors when a watch names a figure that is not there, or not over its window
   */
  public static WatchFigures of(FigureSet figures, Watches watches) throws RuleErrors {
    WatchFigures needed = new WatchFigures();
    for (Watch watch : watches.all()) {
      for (NeededFigure need : watch.needs()) {
        Window window = window(need);
        if (need.of() == null) {
          needed.find(figures, watch, need, window);
        } else {
          needed.add(need, window);
        }
      }
    }
    if (!needed.errors.isEmpty()) {
      throw new RuleErrors(needed.errors);
    }
    return needed;
  }

  static Window window(NeededFigure need) {
    return WINDOWS.get(need.window());
  }

  /** To be computed beside the others. */
  public List<FigureDefinition> definitions() {
    return List.copyOf(more.values());
  }

  /** The key of a figure that a watch only names; empty for one that the watch defines itself. */
  String keyOf(NeededFigure need) {
    return keys.getOrDefault(need, "");
  }

  /** The reading under the name by which watches asked for it. */
  public Reading named(Reading reading) {
    String name = names.get(reading.figure());
    return name == null ? reading : reading.named(name);
  }

  private void find(FigureSet figures, Watch watch, NeededFigure need, Window window) {
    List<FigureDefinition> cuts =
        figures.definitions().stream().filter(one -> one.name().equals(need.name())).toList();
    Optional<FigureDefinition> published =
        cuts.stream().filter(one -> one.windows().contains(window)).findFirst();
    if (published.isEmpty()) {
      errors.add(
          new RuleError(
              watch.about().id() + ".yaml",
              1,
              need.name()
                  + (cuts.isEmpty()
                      ? ": no such figure"
                      : ": not published by the "
                          + window.name().toLowerCase(Locale.ROOT)
                          + ", which is needed here")));
      return;
    }
    FigureDefinition whole = published.get();
    FigureDefinition cut =
        cuts.stream()
            .filter(one -> one.by().equals(need.by()))
            .findFirst()
            .orElseGet(
                () ->
                    add(
                        new FigureDefinition(
                            whole.name(),
                            whole.title(),
                            whole.unit(),
                            whole.numerator(),
                            whole.denominator(),
                            need.by(),
                            whole.cap(),
                            Set.of(window))));
    keys.put(need, cut.key());
  }

  private void add(NeededFigure need, Window window) {
    Filter of = Filter.parse(need.of());
    Measure numerator;
    Measure denominator = null;
    String unit = "count";
    switch (need.aggregate()) {
      case "count" -> numerator = Measure.count(of);
      case "ratio" -> {
        numerator = Measure.count(Filter.parse(need.good()));
        denominator = Measure.count(of);
        unit = "ratio";
      }
      case "avg" -> {
        numerator = Measure.of(of, Aggregate.SUM, need.field());
        denominator = Measure.of(of, Aggregate.COUNT, need.field());
      }
      case "sum", "min", "max" ->
          numerator =
              Measure.of(
                  of, Aggregate.valueOf(need.aggregate().toUpperCase(Locale.ROOT)), need.field());
      default -> {
        int percent = Integer.parseInt(need.aggregate().substring(1));
        numerator = new Measure(of, Aggregate.QUANTILE, need.field(), null, List.of(percent));
        names.put(need.name() + "_p" + percent, need.name());
      }
    }
    add(
        new FigureDefinition(
            need.name(),
            new Words(need.name(), need.name()),
            unit,
            numerator,
            denominator,
            need.by(),
            FigureDefinition.DEFAULT_CAP,
            Set.of(window)));
  }

  private FigureDefinition add(FigureDefinition definition) {
    more.putIfAbsent(definition.key(), definition);
    return definition;
  }
}
