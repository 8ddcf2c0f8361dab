package io.fenghuo.rules.assess;

/**
 * Hears of conditions that failed while being evaluated. A failed condition does not hold; the
 * others still run.
 */
@FunctionalInterface
public interface Failures {

  /**
   * @param what the rule's id, or the text of a shared filter
   */
  void failed(String what, Throwable why);
}
