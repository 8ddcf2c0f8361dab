package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.schemas.Alert;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** From a rule and the entity it speaks of to an alert, with derived ids. */
final class Alerts {

  private Alerts() {}

  /**
   * @param time event time of the hit, or of the deadline, milliseconds
   * @param piece what tells one alert of this rule and entity from the next
   */
  static Alert alert(
      Rule rule,
      EntityKind entity,
      String key,
      long time,
      long piece,
      Function<String, Object> values) {
    String fingerprint = rule.id() + "|" + key;
    String severity = rule.alert().severity().name().toLowerCase(Locale.ROOT);
    return Alert.newBuilder()
        .setAlertId(fingerprint + "|" + piece)
        .setFingerprint(fingerprint)
        .setRuleId(rule.id())
        .setMode(rule.mode())
        .setSeverity(rule.alert().severity())
        .setLabels(
            Map.of("rule", rule.id(), "entity", entity.label(), "key", key, "severity", severity))
        .setAnnotations(
            Map.of(
                "summary_zh", Wording.fill(rule.alert().summary().zh(), values),
                "summary_en", Wording.fill(rule.alert().summary().en(), values)))
        .setStartsAt(time)
        .build();
  }
}
