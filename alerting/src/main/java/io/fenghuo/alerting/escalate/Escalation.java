package io.fenghuo.alerting.escalate;

import java.time.Duration;
import java.util.List;

/** Whom to tell, and when, while nobody answers. */
public record Escalation(String name, List<Step> steps) {

  /**
   * @param after counted from the opening of the incident
   * @param receiver told then
   */
  public record Step(Duration after, String receiver) {}
}
