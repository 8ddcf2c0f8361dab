package io.fenghuo.rules.expression;

import java.util.ArrayList;
import java.util.List;

/**
 * Two names that a condition needs to be equal, or to differ, both being there: {@code deviceId !=
 * a.deviceId}.
 */
public record Link(String left, boolean equal, String right) {

  static List<Link> of(List<Term> conjuncts) {
    List<Link> links = new ArrayList<>();
    for (Term term : conjuncts) {
      if (term instanceof Term.Operation operation
          && (operation.operator().equals("=") || operation.operator().equals("!="))
          && operation.operands().get(0) instanceof Term.Name left
          && operation.operands().get(1) instanceof Term.Name right) {
        links.add(new Link(left.text(), operation.operator().equals("="), right.text()));
      }
    }
    return links;
  }
}
