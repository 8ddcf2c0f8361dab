package io.fenghuo.console.rules;

import io.fenghuo.console.RuleInfo;

/** Why an approved mode is not applied: the rule is another than was looked at. */
final class WhyIgnored {

  private WhyIgnored() {}

  /**
   * @param rule as it is now; null when there is none
   */
  static String zh(ModeRequest request, RuleInfo rule) {
    return rule == null
        ? "规则已不存在，批准的状态不生效"
        : "规则已改为版本 " + rule.version() + "，批准的是版本 " + request.ruleVersion() + "，请重新申请";
  }

  static String en(ModeRequest request, RuleInfo rule) {
    return rule == null
        ? "The rule is gone; the approved mode is not applied"
        : "Approved for version "
            + request.ruleVersion()
            + "; the rule has version "
            + rule.version()
            + " now. Ask anew";
  }
}
