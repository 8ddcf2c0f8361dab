package io.fenghuo.rules.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for the smallest choice of events that fits the steps and ends with the slice's last event:
 * tries positions in ascending order, step by step, and takes the first choice that works out.
 */
final class SequenceSearch {

  private final List<RuleSet.Step> steps;
  private final List<Event> slice;

  /** What is known of steps that name no earlier one, and so can be asked once for each event. */
  private final Map<List<Integer>, Boolean> known = new HashMap<>();

  SequenceSearch(List<RuleSet.Step> steps, List<Event> slice) {
    this.steps = steps;
    this.slice = slice;
  }

  /** The events chosen, all of a step's {@code times} among them; empty when there is no choice. */
  List<Event> smallest() {
    int lastStep = steps.size() - 1;
    if (namesNoEarlierStep(lastStep) && !satisfies(lastStep, slice.size() - 1, Map.of())) {
      return List.of();
    }
    List<Integer> chosen = search(0, -1, Map.of());
    return chosen == null ? List.of() : chosen.stream().map(slice::get).toList();
  }

  /** Aliases of the last event of each step, as far as texts may name them. */
  static Map<String, Event> aliases(List<RuleSet.Step> steps, List<Event> chosen) {
    Map<String, Event> aliases = new HashMap<>();
    int end = 0;
    for (RuleSet.Step step : steps) {
      end += step.times();
      aliases.put(step.alias(), chosen.get(end - 1));
    }
    return aliases;
  }

  /** Positions for the steps from the given one on, all after the previous position; or null. */
  private List<Integer> search(int stepIndex, int previous, Map<String, Event> aliases) {
    if (stepIndex == steps.size()) {
      return previous == slice.size() - 1 ? List.of() : null;
    }
    RuleSet.Step step = steps.get(stepIndex);
    int begin = previous + 1;
    if (stepIndex == steps.size() - 1 && step.times() == 1) {
      // Only the trigger will do.
      begin = Math.max(begin, slice.size() - 1);
    }
    for (int first = begin; first < slice.size(); first++) {
      boolean directlyFollows = first == previous + 1;
      if (step.strictly() && stepIndex > 0 && !directlyFollows) {
        return null;
      }
      List<Integer> taken = run(stepIndex, first, aliases);
      if (taken != null) {
        int lastTaken = taken.get(taken.size() - 1);
        Map<String, Event> bound = new HashMap<>(aliases);
        bound.put(step.alias(), slice.get(lastTaken));
        List<Integer> rest = search(stepIndex + 1, lastTaken, bound);
        if (rest != null) {
          List<Integer> all = new ArrayList<>(taken);
          all.addAll(rest);
          return all;
        }
      }
    }
    return null;
  }

  /** The step's events, beginning at exactly the given position; or null. */
  private List<Integer> run(int stepIndex, int first, Map<String, Event> aliases) {
    RuleSet.Step step = steps.get(stepIndex);
    List<Integer> taken = new ArrayList<>();
    for (int i = first; i < slice.size() && taken.size() < step.times(); i++) {
      if (satisfies(stepIndex, i, aliases)) {
        taken.add(i);
      } else if (i == first || step.strictly()) {
        return null;
      }
    }
    return taken.size() == step.times() ? taken : null;
  }

  private boolean satisfies(int stepIndex, int position, Map<String, Event> aliases) {
    RuleSet.Step step = steps.get(stepIndex);
    if (!namesNoEarlierStep(stepIndex)) {
      return satisfies(step, slice.get(position), aliases);
    }
    return known.computeIfAbsent(
        List.of(stepIndex, position), key -> satisfies(step, slice.get(position), aliases));
  }

  private boolean namesNoEarlierStep(int stepIndex) {
    return steps.get(stepIndex).filter().dotted().isEmpty();
  }

  private static boolean satisfies(RuleSet.Step step, Event event, Map<String, Event> aliases) {
    return step.filter()
        .matches(
            event,
            name -> {
              int dot = name.indexOf('.');
              if (dot < 0) {
                return Filter.property(event, name);
              }
              Event earlier = aliases.get(name.substring(0, dot));
              if (earlier == null) {
                throw new IllegalArgumentException("no earlier step " + name);
              }
              return Filter.property(earlier, name.substring(dot + 1));
            });
  }
}
