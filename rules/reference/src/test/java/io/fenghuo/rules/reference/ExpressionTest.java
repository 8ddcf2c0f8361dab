package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fenghuo.schemas.OrderType;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {

  private static Object eval(String text) {
    Map<String, Object> names = new HashMap<>();
    names.put("five", 5L);
    names.put("half", 0.5);
    names.put("zero", 0L);
    names.put("word", "apple");
    names.put("yes", true);
    names.put("no", false);
    names.put("none", null);
    names.put("created", OrderType.CREATED);
    return Parser.condition(text).eval(names::get);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "five = 5 | true",
        "five = 5.0 | true",
        "five <> 5 | false",
        "five >= 5L and five <= 5 | true",
        "five + 1 * 2 = 7 | true",
        "(five + 1) * 2 = 12 | true",
        "five - 1 - 1 = 3 | true",
        "five / 2 = 2.5 | true",
        "five % 3 = 2 | true",
        "-five < -4.5 | true",
        "five / zero > 1000000 | null",
        "zero / zero <= 1 | null",
        "not half / 0.0 > 1 | null",
        "five % zero = 0 | null",
        "half < 1 | true",
        "word = 'apple' | true",
        "word = \"apple\" | true",
        "word in ('pear', 'apple') | true",
        "word not in ('pear', 'apple') | false",
        "word in ('pear', none) | null",
        "word in ('apple', none) | true",
        "word like 'a%' | true",
        "word like 'a%e' | true",
        "word like '_pple' | true",
        "word like 'a' | false",
        "word not like 'b%' | true",
        "five between 5 and 6 | true",
        "five between 4 and 5 | true",
        "five between 6 and 4 | false",
        "five not between 6 and 8 | true",
        "none between 1 and 2 | null",
        "none = null | null",
        "none != 1 | null",
        "not none = 1 | null",
        "none is null | true",
        "five is not null | true",
        "none like 'a%' | null",
        "none + 1 > 0 | null",
        "none = 1 or yes | true",
        "none = 1 or no | null",
        "none = 1 and no | false",
        "none = 1 and yes | null",
        "yes or no and no | true",
        "(yes or no) and no | false",
        "not no and no | false",
        "yes or no, no | false",
        "yes = true, no != true | true",
        "five > 3 = yes | true",
        "coalesce(none, none, 7) = 7 | true",
        "coalesce(none, none) = 7 | null",
        "created = OrderType.CREATED | true",
        "created in (OrderType.SHIPPED, OrderType.CANCELLED) | false",
        "kilometres(0, 0, none, 0) > 1 | null",
        "yes = TRUE AND five IN (5) | true",
      })
  void conditionsFollowThreeValuedLogic(String text, Boolean expected) {
    assertThat(eval(text)).isEqualTo(expected);
  }

  @Test
  void aQuarterOfTheEquatorIsAQuarterOfTheSphere() {
    assertThat((Double) eval("kilometres(0, 0, 0, 90)"))
        .isCloseTo(Math.PI / 2 * 6371, within(1e-6));
    assertThat((Double) eval("kilometres(39.9, 116.4, 31.2, 121.5)")).isBetween(1060.0, 1080.0);
  }

  @Test
  void longsStayLongs() {
    assertThat(eval("five * 2")).isEqualTo(10L);
    assertThat(eval("five * 2.0")).isEqualTo(10.0);
    assertThat(eval("five / 5")).isEqualTo(1.0);
  }

  @Test
  void differentKindsCannotBeCompared() {
    assertThatThrownBy(() -> eval("five = 'five'")).hasMessageContaining("cannot compare");
    assertThatThrownBy(() -> eval("created = 'CREATED'")).hasMessageContaining("cannot compare");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"five =", "five = 5)", "foo(1)", "five ; 3", "OrderType.NONE = created"})
  void nonsenseIsRefused(String text) {
    assertThatThrownBy(() -> eval(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void doublesPrintWithUpToTwoDecimals() {
    assertThat(Texts.print(2.0)).isEqualTo("2");
    assertThat(Texts.print(2.505)).isEqualTo("2.51");
    assertThat(Texts.print(-0.001)).isEqualTo("0");
    assertThat(Texts.print(1.5e12)).isEqualTo("1500000000000");
    assertThat(Texts.print(120.5)).isEqualTo("120.5");
    assertThat(Texts.print(null)).isEqualTo("-");
  }
}
