package io.fenghuo.bench;

import io.fenghuo.rules.rehearsal.RulePacks;
import java.util.Map;
import java.util.TreeMap;

/** Rule sets to measure with. */
final class RuleFiles {

  private static final String SHIPPED = "shipped";

  /** Conditions over features that ship; a rule takes one of them and a threshold of its own. */
  private static final String[] CONDITIONS = {
    "user.orders_10m >= %d",
    "user.spend_1h >= %d00000L",
    "user.spend_24h >= %d00000L",
    "user.cancels_24h >= %d",
    "user.devices_30d >= %d",
    "user.failed_logins_10m >= %d",
    "device.buyers_24h >= %d",
    "device.first_orders_24h >= %d",
    "address.first_orders_24h >= %d",
    "ip.first_orders_1h >= %d",
  };

  /** Thresholds begin here: a rule that hits now and then, as real ones do, and most never. */
  private static final int LEAST = 6;

  private RuleFiles() {}

  /**
   * Rule files by path.
   *
   * @param name {@code shipped}, or a number: so many decision rules on features that ship, the
   *     same features whatever the number (from 10)
   */
  static Map<String, String> of(String name) {
    return name.equals(SHIPPED) ? RulePacks.shipped() : generated(Integer.parseInt(name));
  }

  static Map<String, String> generated(int count) {
    Map<String, String> files = new TreeMap<>();
    RulePacks.shipped()
        .forEach(
            (path, text) -> {
              if (path.endsWith("features.yaml") || path.equals("policy.yaml")) {
                files.put(path, text);
              }
            });
    for (int i = 0; i < count; i++) {
      String condition =
          String.format(CONDITIONS[i % CONDITIONS.length], LEAST + i / CONDITIONS.length);
      String text =
          """
          title: { zh: 规则 %1$d, en: Rule %1$d }
          when: OrderEvent(type = OrderType.CREATED and %2$s)
          outcome: REVIEW
          score: 10
          reason: { zh: "规则 %1$d", en: "rule %1$d" }
          owner: bench
          mode: live
          version: 1
          """;
      files.put(String.format("bench/rule-%04d.yaml", i), String.format(text, i, condition));
    }
    return files;
  }
}
