package io.fenghuo.rules.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static List<String> conjuncts(String text) {
    return Expression.parse(text).conjuncts().stream().map(Expression::toString).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=1 and b = 2 | (a = 1L);(b = 2L)",
        "a = 1, b = 2 or c = 3 | (a = 1L);((b = 2L) or (c = 3L))",
        "a = 1 or b = 2 and c = 3 | ((a = 1L) or ((b = 2L) and (c = 3L)))",
        "a between 1 and 2 and b = 2 | (a >= 1L and a <= 2L);(b = 2L)",
        "a between 1 and 2 and b not between c and d | (a >= 1L and a <= 2L);(not (b >= c and b <= d))",
        "(a = 1 and (b = 2, c = 3)) | refused",
        "(a = 1 and (b = 2 and c = 3)) | (a = 1L);(b = 2L);(c = 3L)",
        "not (a = 1 and b = 2) | (not ((a = 1L) and (b = 2L)))",
        "AMOUNT > 1.5 AND Not x IS null | (AMOUNT > 1.5);(not (x is null))",
        "a in (1, null) | (a = 1L or a = null)",
        "a not in ('x') | (not (a = 'x'))",
        "a % 2 = 1 | ((case when 2L = 0 then null else a % 2L end) = 1L)",
        "-a < -1 | ((0L - a) < -1L)",
        "a + 1 * 2 - 3 > 0 | (((a + (1L * 2L)) - 3L) > 0L)",
      })
  void aConditionFallsIntoThePartsThatMustAllHold(String text, String parts) {
    if (parts.equals("refused")) {
      assertThatThrownBy(() -> conjuncts(text)).isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(conjuncts(text)).containsExactly(parts.split(";"));
    }
  }

  @Test
  void partsJoinedAgainAreTheWhole() {
    Expression whole = Expression.parse("a = 1 and b between 2 and 3, (c = 4 or d = 5)");
    assertThat(Expression.all(whole.conjuncts())).isEqualTo(whole).hasToString(whole.toString());
    assertThat(Expression.all(List.of()).isAlways()).isTrue();
  }

  @Test
  void namesStandInOrderWithRepeats() {
    assertThat(Expression.parse("b = 1 or coalesce(a, user.x, b) in (Kind.ONE)").names())
        .containsExactly("b", "a", "user.x", "b", "Kind.ONE");
  }

  /** Every way out of the language that EPL, SQL or Java would know. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.Runtime.getRuntime().exec('id') is null",
        "Runtime.getRuntime() is not null",
        "System.exit(1) = 1",
        "java.lang.System.exit(1) = 1",
        "Class.forName('x') is null",
        "userId.getClass().getName() = 'x'",
        "userId.length() > 3",
        "new String('a') = 'a'",
        "new { a = 1 } is null",
        "expression js:f(x) [x] f(amount) = 1",
        "inlined_class \"\"\" class A {} \"\"\" A.f() = 1",
        "@Name('x') amount = 1",
        "(select amount from OrderEvent) = 1",
        "exists (select * from OrderEvent)",
        "amount = any (select amount from OrderEvent)",
        "userId = 'a' or /* */ true",
        "amount > 1 -- and false",
        "amount > 1 // and false",
        "`amount` > 1",
        "amount > 1; select * from OrderEvent",
        "amount > 1) or (true",
        "((amount > 1)",
        "userId = 'a",
        "userId = \"a'",
        "userId = 'a\\' or true'",
        "userId = \u2018a\u2019",
        "\u0430mount > 1",
        "amount \uff1e 1",
        "amount > \u0661",
        "amount > 0x10",
        "amount > 1e9",
        "amount > 99999999999999999999",
        "amount[0] > 1",
        "items.price.value > 1",
        "a.b.c = 1",
        "amount > ?",
        "amount > :x",
        "amount & 1 = 1",
        "userId regexp '.*'",
        "cast(amount, string) = '1'",
        "case when true then true end",
        "instanceof(amount, long)",
        "prev(1, amount) = 1",
        "current_timestamp() > 1",
        "amount >",
        "and amount > 1",
        "amount in ()",
        "amount between 1",
        "amount is 1",
        "(amount > 1) in (true, false)",
      })
  void whatIsNotInTheLanguageIsRefused(String text) {
    assertThatThrownBy(() -> Expression.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bracketsNestedTooDeepAreRefusedAndNotFollowed() {
    assertThatThrownBy(() -> Expression.parse("(".repeat(4_000) + "a = 1" + ")".repeat(4_000)))
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> Expression.parse("not ".repeat(2_000) + "a = 1"))
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> Expression.parse("- ".repeat(2_000) + "1 = 1"))
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> Expression.parse("a = 1 or ".repeat(2_000) + "a = 1"))
        .hasMessageContaining("characters");
  }
}
