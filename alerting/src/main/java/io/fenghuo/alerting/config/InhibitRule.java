package io.fenghuo.alerting.config;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import java.util.List;

/** While an alert that matches {@code source} burns, those that match {@code target} are held. */
public record InhibitRule(List<Matcher> source, List<Matcher> target, List<String> equal) {

  /**
   * Whether the first holds back the second. One that is both source and target holds no other
   * such.
   */
  public boolean holdsBack(Labels source, Labels target) {
    return Matcher.allMatch(this.source, source)
        && Matcher.allMatch(this.target, target)
        && equal.stream().allMatch(name -> source.get(name).equals(target.get(name)))
        && !(Matcher.allMatch(this.target, source) && Matcher.allMatch(this.source, target));
  }
}
