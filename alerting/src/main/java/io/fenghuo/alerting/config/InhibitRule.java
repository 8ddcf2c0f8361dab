package io.fenghuo.alerting.config;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import java.util.List;

/** While an alert that matches {@code source} burns, those that match {@code target} are held. */
public record InhibitRule(List<Matcher> source, List<Matcher> target, List<String> equal) {

  /** Whether an alert may hold back others. */
  public boolean isSource(Labels labels) {
    return Matcher.allMatch(source, labels);
  }

  /** Whether an alert may hold back some of those that share these labels. */
  public boolean mayConcern(Labels source, Labels shared) {
    return isSource(source)
        && Matcher.mayMatch(target, shared)
        && equal.stream()
            .filter(shared::has)
            .allMatch(name -> source.get(name).equals(shared.get(name)));
  }

  /**
   * Whether the first holds back the second. One that is both source and target holds no other
   * such.
   */
  public boolean holdsBack(Labels source, Labels target) {
    return isSource(source)
        && Matcher.allMatch(this.target, target)
        && equal.stream().allMatch(name -> source.get(name).equals(target.get(name)))
        && !(Matcher.allMatch(this.target, source) && Matcher.allMatch(this.source, target));
  }
}
