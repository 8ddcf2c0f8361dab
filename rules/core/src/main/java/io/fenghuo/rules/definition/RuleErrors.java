package io.fenghuo.rules.definition;

import java.util.List;
import java.util.stream.Collectors;

/** A rule set that is refused at the door, with everything that is wrong with it. */
public final class RuleErrors extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<RuleError> errors;

  public RuleErrors(List<RuleError> errors) {
    super(errors.stream().map(RuleError::toString).collect(Collectors.joining("\n")));
    this.errors = List.copyOf(errors);
  }

  public List<RuleError> errors() {
    return errors;
  }
}
