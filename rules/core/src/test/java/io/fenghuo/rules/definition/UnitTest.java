package io.fenghuo.rules.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "money; 2460000; 24,600.00",
        "money; 5; 0.05",
        "money; -123456789; -1,234,567.89",
        "money; 250.5; 2.51",
        "seconds; 10000; 10",
        "seconds; 1234; 1.23",
        "minutes; 90000; 1.5",
        "hours; 1; 0",
        "days; 2592000000; 30"
      })
  void aNumberIsShownInItsUnit(String unit, BigDecimal number, String shown) {
    assertThat(Unit.of(unit).orElseThrow().shown(number)).isEqualTo(shown);
  }
}
