package io.fenghuo.rules.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a condition needs of single names, told before it is tested. */
class ThresholdTest {

  private static String needs(String condition) {
    return Expression.parse(condition).thresholds().stream()
        .map(t -> t.name() + " " + t.comparison() + " " + t.constant())
        .reduce((a, b) -> a + "; " + b)
        .orElse("nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a >= 5 | a >= 5",
        "5 < a | a > 5",
        "a >= 5 and b < 0.5 and c = true | a >= 5; b < 0.5; c = true",
        "a between 1 and 9 | a >= 1; a <= 9",
        "a = -3 | a = -3",
        // Of two ways, the weaker need; of one alone, none.
        "(a >= 600 and a >= 60 * b) or a >= 3000 | a >= 600",
        "a > 5 or a >= 5 | a >= 5",
        "a <= 5 or a < 7.5 | a < 7.5",
        "a >= 5 or b >= 5 | nothing",
        "a = 1 or a = 2 | nothing",
        "a = 1 or a = 1 | a = 1",
        "not (a >= 5) | nothing",
        "a + 1 >= 5 | nothing",
        "a >= b | nothing",
        "a = 'x' | nothing",
        "a in (1, 2) | nothing",
        "coalesce(a, 0) >= 1 | nothing",
      })
  void readsNeedsOffTheCondition(String condition, String needs) {
    assertThat(needs(condition)).isEqualTo(needs);
  }

  private static boolean reaches(String condition, Object value) {
    return Expression.parse(condition).thresholds().get(0).reachedBy(value);
  }

  @Test
  void comparesAsTheConditionWould() {
    assertThat(reaches("a >= 5", 5L)).isTrue();
    assertThat(reaches("a >= 5", 4L)).isFalse();
    assertThat(reaches("a > 5", 5L)).isFalse();
    assertThat(reaches("a <= 5", 5.5)).isFalse();
    assertThat(reaches("a >= 4.5", 5L)).isTrue();
    assertThat(reaches("a = 0", -0.0)).isTrue();
    assertThat(reaches("a >= 9007199254740993", 9007199254740992L)).isFalse();
    assertThat(reaches("a = true", true)).isTrue();
    assertThat(reaches("a = true", false)).isFalse();
  }

  @Test
  void nothingThatIsNotThereReachesAnything() {
    assertThat(reaches("a >= 0", null)).isFalse();
    assertThat(reaches("a < 0", Double.NaN)).isFalse();
    assertThat(reaches("a = false", null)).isFalse();
  }
}
