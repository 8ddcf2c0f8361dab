package io.fenghuo.console.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.console.decide.RecentAnswers.Asked;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {

  private static final Instant BEGIN = Instant.parse("2026-11-11T12:00:00Z");

  private final RecentAnswers answers = new RecentAnswers(2, BEGIN);

  private static Instant at(int seconds) {
    return BEGIN.plusSeconds(seconds);
  }

  private Asked ask(String eventId, int seconds) {
    Asked fresh = new Asked(at(seconds), new CompletableFuture<>());
    Asked known = answers.putIfAbsent(eventId, fresh);
    return known == null ? fresh : known;
  }

  @Test
  void theSameEventHasTheSameAnswerWhileItIsRemembered() {
    Asked first = ask("a", 1);
    assertThat(ask("a", 2)).isSameAs(first);
    ask("b", 3);
    ask("c", 4);
    assertThat(ask("a", 5)).isNotSameAs(first);
  }

  @Test
  void onlyWhatHappenedSinceTheLastThatIsForgottenWasSurelyNotAskedBefore() {
    assertThat(answers.mayBeForgotten(at(-1), at(600))).as("before the begin").isTrue();
    assertThat(answers.mayBeForgotten(at(59), at(600))).as("by a clock ahead").isTrue();
    assertThat(answers.mayBeForgotten(at(61), at(600))).isFalse();
    assertThat(answers.mayBeForgotten(at(601), at(600))).as("not yet").isTrue();

    ask("a", 500);
    ask("b", 600);
    assertThat(answers.mayBeForgotten(at(61), at(700))).as("nothing is forgotten").isFalse();
    ask("c", 700);
    assertThat(answers.mayBeForgotten(at(560), at(700))).as("a is forgotten").isTrue();
    assertThat(answers.mayBeForgotten(at(561), at(700))).isFalse();
  }
}
