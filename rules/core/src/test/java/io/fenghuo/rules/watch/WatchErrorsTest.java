package io.fenghuo.rules.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fenghuo.rules.definition.RuleErrors;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an author is told, with the file, the line, the field, the value and what was expected. */
class WatchErrorsTest {

  private static String errors(String body) {
    String text = "title: { zh: 题, en: title }\n" + body;
    RuleErrors errors =
        catchThrowableOfType(
            RuleErrors.class,
            () -> Watches.read(Map.of("sla/x.yaml", text), ZoneId.of("Asia/Shanghai")));
    return errors.getMessage();
  }

  @Test
  void aMisspeltFieldIsNamedWithItsLine() {
    assertThat(
            errors(
                "objective:\n  good: \"PaymentEvent(methd = 'a')\"\n  total: PaymentEvent\n"
                    + "  target: 99%\n"))
        .contains("sla/x.yaml:3: objective.good: methd: PaymentEvent has no such property")
        .contains("did you mean method?");
  }

  @Test
  void aTargetThatIsNoShareIsRefused() {
    assertThat(errors("objective: { good: LoginEvent, total: PaymentEvent, target: 101% }\n"))
        .contains("objective.target: 101% (expected: a percentage from 50% to 99.999%)");
  }

  @Test
  void anObjectiveThatCannotFailIsRefused() {
    assertThat(errors("objective: { good: LoginEvent, total: LoginEvent, target: 99% }\n"))
        .contains("the same as total");
  }

  @Test
  void aTextIsNoMeasure() {
    assertThat(
            errors(
                "tiers: { measure: ResourceSample.host, statistic: avg, at: { 70%: notice } }\n"))
        .contains("tiers.measure: host is not a number");
  }

  @Test
  void anImpossibleWindowIsRefused() {
    assertThat(
            errors(
                "tiers: { measure: ResourceSample.cpu, statistic: avg, window: 7 seconds,"
                    + " at: { 70%: notice } }\n"))
        .contains("tiers.window: 7 seconds (expected: 1 second or 1 minute)");
  }

  @Test
  void twoKindsInOneFileAreRefused() {
    assertThat(errors("absence: { of: LoginEvent }\ntiers: { limit: 1 }\n"))
        .contains("expected exactly one of objective, tiers");
  }
}
