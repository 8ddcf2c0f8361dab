package io.fenghuo.rules.figure;

import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Failures;
import java.io.Serializable;

/** A plan's filters, compiled: what travels to wherever events are measured. */
public interface FigureFilters extends Serializable {

  /** The plan whose filters these are. */
  FigurePlan plan();

  /** For one thread. */
  EventFilters open(Failures failures);
}
