package io.fenghuo.rules.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for the smallest choice of events that fits the steps and ends with the slice's last event:
 * tries positions in ascending order, step by step, and takes the first choice that works out.
 */
final class SequenceSearch {

  private final List<RuleSet.Step> steps;
  private final List<Event> slice;

  /** Step, previous position, and the earlier events later steps name: from there none works. */
  private final Set<List<Integer>> deadEnds = new HashSet<>();

  /** What was found of a step, an event, and the earlier events the step names. */
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
  private List<Integer> search(int stepIndex, int previous, Map<String, Integer> aliases) {
    if (stepIndex == steps.size()) {
      return previous == slice.size() - 1 ? List.of() : null;
    }
    List<Integer> question = new ArrayList<>(List.of(stepIndex, previous));
    question.addAll(named(stepIndex, steps.size(), aliases));
    if (deadEnds.contains(question)) {
      return null;
    }
    List<Integer> found = tryEach(stepIndex, previous, aliases);
    if (found == null) {
      deadEnds.add(question);
    }
    return found;
  }

  private List<Integer> tryEach(int stepIndex, int previous, Map<String, Integer> aliases) {
    RuleSet.Step step = steps.get(stepIndex);
    int begin = previous + 1;
    int end = step.strictly() && stepIndex > 0 ? begin + 1 : slice.size();
    if (stepIndex == steps.size() - 1 && step.times() == 1) {
      // Only the trigger will do.
      begin = slice.size() - 1;
    }
    for (int first = Math.max(begin, previous + 1); first < Math.min(end, slice.size()); first++) {
      List<Integer> taken = run(stepIndex, first, aliases);
      if (taken != null) {
        int lastTaken = taken.get(taken.size() - 1);
        Map<String, Integer> bound = new HashMap<>(aliases);
        bound.put(step.alias(), lastTaken);
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
  private List<Integer> run(int stepIndex, int first, Map<String, Integer> aliases) {
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

  private boolean satisfies(int stepIndex, int position, Map<String, Integer> aliases) {
    List<Integer> question = new ArrayList<>(List.of(stepIndex, position));
    question.addAll(named(stepIndex, stepIndex + 1, aliases));
    Boolean answer = known.get(question);
    if (answer == null) {
      answer =
          steps
              .get(stepIndex)
              .filter()
              .matches(slice.get(position), name -> value(name, slice.get(position), aliases));
      known.put(question, answer);
    }
    return answer;
  }

  private Object value(String name, Event event, Map<String, Integer> aliases) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return Filter.property(event, name);
    }
    Integer earlier = aliases.get(name.substring(0, dot));
    if (earlier == null) {
      throw new IllegalArgumentException("no earlier step for " + name);
    }
    return Filter.property(slice.get(earlier), name.substring(dot + 1));
  }

  private boolean namesNoEarlierStep(int stepIndex) {
    return steps.get(stepIndex).filter().dotted().isEmpty();
  }

  /** Positions of the bound aliases that the steps name; nothing else decides what they choose. */
  private List<Integer> named(int fromStep, int toStep, Map<String, Integer> aliases) {
    List<Integer> positions = new ArrayList<>();
    for (RuleSet.Step step : steps.subList(fromStep, toStep)) {
      for (String name : step.filter().dotted()) {
        Integer position = aliases.get(name.substring(0, name.indexOf('.')));
        // Aliases of steps to come are not bound yet; the place is kept all the same.
        positions.add(position == null ? -1 : position);
      }
    }
    return positions;
  }
}
