package io.fenghuo.rules.assess;

import java.io.Serializable;

/**
 * The conditions of a plan, compiled: what travels to wherever they are evaluated. Each opened part
 * belongs to one thread.
 */
public interface Expressions extends Serializable {

  /** The plan whose conditions these are. */
  Plan plan();

  EventFilters openFilters(Failures failures);

  EntityConditions openEntities(Failures failures);

  RuleConditions openRules(Failures failures);
}
