package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.schemas.Window;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that is monitored: figures, the watches that look at them, and the figures those need beside.
 */
public record MonitorSet(FigureSet figures, Watches watches, WatchFigures needed) {

  /**
   * Reads and checks the figures and watches among these files.
   *
   * @param zone the shop's time zone
   * @throws RuleErrors with file and line of everything that is wrong
   */
  public static MonitorSet read(Map<String, String> files, ZoneId zone) throws RuleErrors {
    List<RuleError> errors = new ArrayList<>();
    FigureSet figures = null;
    Watches watches = null;
    try {
      figures = FigureSet.read(files);
    } catch (RuleErrors wrong) {
      errors.addAll(wrong.errors());
    }
    try {
      watches = Watches.read(files, zone);
    } catch (RuleErrors wrong) {
      errors.addAll(wrong.errors());
    }
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors);
    }
    WatchFigures needed = WatchFigures.of(figures, watches);
    return new MonitorSet(figures, watches.lookingAt(needed::keyOf), needed);
  }

  /** Every figure, arranged for measuring. */
  public FigurePlan plan() {
    List<FigureDefinition> all = new ArrayList<>(figures.definitions());
    all.addAll(needed.definitions());
    return new FigurePlan(all);
  }

  /** Only the figures that watches look at, over no other windows. */
  public FigurePlan watchedPlan() {
    List<FigureDefinition> looked = new ArrayList<>(needed.definitions());
    for (FigureDefinition one : figures.definitions()) {
      Set<Window> windows = EnumSet.noneOf(Window.class);
      for (NeededFigure need : watches.needs()) {
        if (need.name().equals(one.name()) && need.by().equals(one.by())) {
          windows.add(WatchFigures.window(need));
        }
      }
      if (!windows.isEmpty()) {
        looked.add(
            new FigureDefinition(
                one.name(),
                one.title(),
                one.unit(),
                one.numerator(),
                one.denominator(),
                one.by(),
                one.cap(),
                windows));
      }
    }
    return new FigurePlan(looked);
  }
}
