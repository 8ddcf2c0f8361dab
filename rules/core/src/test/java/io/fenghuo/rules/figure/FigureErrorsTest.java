package io.fenghuo.rules.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fenghuo.rules.definition.RuleErrors;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is wrong in a definition of a figure is said with file, line, field, value and expectation.
 */
class FigureErrorsTest {

  private static final String GOOD =
      """
      figures:
        paid:
          title: { zh: 支付, en: Paid }
          of: "PaymentEvent(status = PaymentStatus.SUCCEEDED)"
          aggregate: sum
          field: amount
          per: { of: "PaymentEvent(amount >= 0)", aggregate: count }
          unit: fen
          by: [method]
          windows: [minute, day]
      """;

  @Test
  void aGoodOneIsReadWithItsCuts() throws Exception {
    FigureSet figures = FigureSet.read(Map.of("figures/a.yaml", GOOD));

    assertThat(figures.definitions()).hasSize(2);
    assertThat(figures.definitions().get(1).by()).containsExactly("method");
    assertThat(figures.lines()).containsEntry("paid", "figures/a.yaml:3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "field: amount | field: amuont | figures/a.yaml:6: figures.paid.field: amuont: PaymentEvent has no such property (did you mean amount?)",
        "field: amount | field: method | figures/a.yaml:6: figures.paid.field: method is not a number, which is needed here",
        "status = Pay | stat = Pay | figures/a.yaml:4: figures.paid.of: stat: PaymentEvent has no such property (did you mean status?)",
        "minute, day | minute, fortnight | figures/a.yaml:10: figures.paid.windows: fortnight (expected one of second, minute, hour, day, week, month)",
        "amount >= 0 | amount < 0 | can never hold, so this denominator can only be zero",
        "amount >= 0 | status = PaymentStatus.FAILED and status = PaymentStatus.SUCCEEDED | so this denominator can only be zero",
        "amount >= 0 | amount > 5 and amount < 5 | so this denominator can only be zero",
        "amount >= 0 | method is null and method = 'card' | so this denominator can only be zero",
        "PaymentEvent(amount >= 0) | OrderEvent | figures/a.yaml:9: figures.paid.by: method: OrderEvent has no such property, so the denominator of each of its values can only be zero",
        "unit: fen | unit: yuan | figures/a.yaml:8: figures.paid.unit: yuan (expected one of count, fen, ratio, ms)",
        "aggregate: sum | aggregate: fresh | figures/a.yaml:10: figures.paid.windows: fresh looks at days (expected: [day])",
        "aggregate: count | aggregate: top | a denominator is one number",
        "aggregate: sum | aggregate: quantile | figures.paid.percents: expected such as [50, 95, 99]",
        "unit: fen | units: fen | figures.paid.units: unknown key (did you mean unit?)",
      })
  void aWrongOneIsRefused(String good, String wrong, String says) {
    assertThatThrownBy(
            () ->
                FigureSet.read(Map.of("figures/a.yaml", GOOD.replace(good.strip(), wrong.strip()))))
        .isInstanceOf(RuleErrors.class)
        .hasMessageContaining(says.strip());
  }
}
