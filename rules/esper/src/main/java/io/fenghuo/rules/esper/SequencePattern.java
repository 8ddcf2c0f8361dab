package io.fenghuo.rules.esper;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.definition.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * The EPL pattern of a sequence, written from its steps so that no author can get brackets or
 * guards wrong.
 *
 * <p>A slice holds only events within the sequence's time, so the guard is there for one purpose:
 * when the clock jumps before the next slice, everything left of the last one ends. A step is tried
 * with <b>every</b> event that fits only where a later step looks back at it, or it begins a run
 * that must end at a certain event; otherwise the first that fits does as well as any.
 */
final class SequencePattern {

  /** Between slices the clock jumps by this much, milliseconds: longer than any guard. */
  static final long JUMP = 2_000;

  private final EntityKind kind;
  private final PlannedSequence planned;
  private final List<Rule.Step> steps;

  SequencePattern(EntityKind kind, PlannedSequence planned) {
    this.kind = kind;
    this.planned = planned;
    this.steps = planned.sequence().steps();
  }

  /** Tag of one event of a step, counted from 1. */
  private static String tag(Rule.Step step, int time) {
    return "e_" + step.alias() + "_" + time;
  }

  private static String lastTag(Rule.Step step) {
    return tag(step, step.times());
  }

  String epl() {
    List<String> places = new ArrayList<>();
    List<String> elements = new ArrayList<>();
    String before = null;
    for (int s = 0; s < steps.size(); s++) {
      Rule.Step step = steps.get(s);
      for (int time = 1; time <= step.times(); time++) {
        boolean last = s == steps.size() - 1 && time == step.times();
        List<String> conditions = new ArrayList<>();
        if (!step.of().condition().isAlways()) {
          conditions.add("(" + step.of().condition().render(this::spelling) + ")");
        }
        if (step.strictly() && before != null) {
          conditions.add(EplTypes.PLACE + " = " + before + "." + EplTypes.PLACE + " + 1");
        }
        // In a run the last event is what follows consecutively; which runs end in time, the
        // listener tells.
        if (last && step.times() == 1) {
          conditions.add(EplTypes.LAST + " = true");
        }
        String tag = tag(step, time);
        boolean every = elements.isEmpty() || (time == 1 && lookedBackAt(s));
        elements.add(
            (every ? "every " : "")
                + tag
                + "="
                + EplTypes.inSlice(kind, planned.figure(), step.of().type())
                + (conditions.isEmpty() ? "" : "(" + String.join(" and ", conditions) + ")"));
        places.add(tag + "." + EplTypes.PLACE + " as p" + places.size());
        before = tag;
      }
    }
    String pattern = elements.get(0);
    if (elements.size() > 1) {
      pattern +=
          " -> (("
              + String.join(" -> ", elements.subList(1, elements.size()))
              + ") where timer:within(1 second))";
    }
    return "select " + String.join(", ", places) + " from pattern [" + pattern + "]";
  }

  private boolean lookedBackAt(int s) {
    Rule.Step step = steps.get(s);
    boolean run = step.times() > 1;
    boolean runMustTouch = run && (step.strictly() || s == steps.size() - 1);
    boolean nextMustTouch = s + 1 < steps.size() && steps.get(s + 1).strictly();
    return runMustTouch
        || nextMustTouch
        || steps.stream()
            .flatMap(later -> later.of().condition().names().stream())
            .anyMatch(name -> name.startsWith(step.alias() + "."));
  }

  private String spelling(String name) {
    for (Rule.Step step : steps) {
      if (name.startsWith(step.alias() + ".")) {
        return lastTag(step) + name.substring(step.alias().length());
      }
    }
    return EsperCompiler.spelling(name);
  }
}
