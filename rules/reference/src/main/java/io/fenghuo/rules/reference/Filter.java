package io.fenghuo.rules.reference;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Types with a condition each; an event matches when one of the branches holds.
 *
 * @param dotted what the conditions name beside the event's properties, in order of name: features
 *     and sequences in a rule, properties of earlier steps in a sequence
 */
record Filter(List<Branch> branches, SortedSet<String> dotted) {

  record Branch(String type, Expression condition, SortedSet<String> names) {}

  Filter(List<Branch> branches) {
    this(branches, dotted(branches));
  }

  boolean matches(Event event) {
    return matches(event, name -> property(event, name));
  }

  boolean matches(Event event, Function<String, Object> names) {
    for (Branch branch : branches) {
      if (branch.type.equals(event.type()) && Boolean.TRUE.equals(branch.condition.eval(names))) {
        return true;
      }
    }
    return false;
  }

  boolean namesType(String type) {
    return branches.stream().anyMatch(branch -> branch.type.equals(type));
  }

  private static SortedSet<String> dotted(List<Branch> branches) {
    SortedSet<String> dotted = new TreeSet<>();
    for (Branch branch : branches) {
      branch.names.stream().filter(name -> name.contains(".")).forEach(dotted::add);
    }
    return dotted;
  }

  static Object property(Event event, String name) {
    if (!event.has(name)) {
      throw new IllegalArgumentException(event.type() + " has no property " + name);
    }
    return event.get(name);
  }
}
