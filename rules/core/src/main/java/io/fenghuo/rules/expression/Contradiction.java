package io.fenghuo.rules.expression;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Conditions that can never hold. Finds what authors get wrong, a name that would have to be two
 * things at once or outside its range; it does not prove theorems.
 */
final class Contradiction {

  private final Map<String, Set<String>> possible = new HashMap<>();
  private final Map<String, Double> least = new HashMap<>();
  private final Map<String, Double> greatest = new HashMap<>();
  private final Set<String> absent = new HashSet<>();
  private final Set<String> needed = new HashSet<>();
  private final Predicate<String> neverNegative;
  private boolean found;

  private Contradiction(Predicate<String> neverNegative) {
    this.neverNegative = neverNegative;
  }

  static boolean in(List<Term> conjuncts, Predicate<String> neverNegative) {
    Contradiction contradiction = new Contradiction(neverNegative);
    conjuncts.forEach(contradiction::look);
    Threshold.of(conjuncts).forEach(contradiction::bound);
    return contradiction.found
        || contradiction.absent.stream().anyMatch(contradiction.needed::contains);
  }

  private void look(Term term) {
    if (term instanceof Term.Literal literal) {
      found |= !literal.text().equals("true");
    }
    if (!(term instanceof Term.Operation operation)) {
      return;
    }
    List<Term> operands = operation.operands();
    if (operation.operator().equals("or")) {
      found |= operands.stream().allMatch(one -> in(List.of(one), neverNegative));
    }
    if (operands.get(0) instanceof Term.Name name) {
      switch (operation.operator()) {
        case "is null" -> absent.add(name.text());
        case "=", "in" -> {
          needed.add(name.text());
          Set<String> constants = constants(operands.subList(1, operands.size()));
          if (constants != null) {
            possible.merge(name.text(), constants, Contradiction::both);
            found |= possible.get(name.text()).isEmpty();
          }
        }
        case "<", "<=", ">", ">=", "between", "like" -> needed.add(name.text());
        default -> {
          // Says nothing that is kept here.
        }
      }
    }
  }

  /** Texts and enum constants; null when one of them is something else. */
  private static Set<String> constants(List<Term> terms) {
    Set<String> constants = new HashSet<>();
    for (Term term : terms) {
      if (term instanceof Term.Literal literal && !Character.isDigit(literal.text().charAt(0))) {
        constants.add(literal.text());
      } else if (term instanceof Term.Name name && Character.isUpperCase(name.text().charAt(0))) {
        constants.add(name.text());
      } else {
        return null;
      }
    }
    return constants;
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    Set<String> both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }

  private void bound(Threshold threshold) {
    if (!(threshold.constant() instanceof Number number)) {
      return;
    }
    String name = threshold.name();
    double bound = number.doubleValue();
    String comparison = threshold.comparison();
    if (!comparison.startsWith("<")) {
      least.merge(name, bound, Math::max);
    }
    if (!comparison.startsWith(">")) {
      greatest.merge(name, bound, Math::min);
    }
    double low =
        least.getOrDefault(name, neverNegative.test(name) ? 0.0 : Double.NEGATIVE_INFINITY);
    double high = greatest.getOrDefault(name, Double.POSITIVE_INFINITY);
    found |= low > high || low == high && (comparison.equals("<") || comparison.equals(">"));
  }
}
