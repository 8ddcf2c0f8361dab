package io.fenghuo.bench.nab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NabScoreTest {

  private static final Corpus.Series SERIES =
      new Corpus.Series("x/y", new long[1000], new double[1000], List.of(new int[] {400, 499}));

  private static NabScore.Result best(int... alarms) {
    double[] anomalies = new double[1000];
    for (int alarm : alarms) {
      anomalies[alarm] = 1;
    }
    NabScore score = new NabScore();
    score.add(SERIES, anomalies);
    return score.at(1);
  }

  @Test
  void anAlarmAtTheBeginningOfTheWindowIsPerfect() {
    assertThat(best(400).score()).isEqualTo(100);
  }

  @Test
  void aLateAlarmCountsLess() {
    assertThat(best(450).score()).isCloseTo(100 * (1 + 0.8483 / 0.98661) / 2, within(0.1));
    assertThat(best(499).score()).isLessThan(55);
  }

  @Test
  void aFalseAlarmCostsElevenPercentOfAWindow() {
    assertThat(best(300, 400).score()).isCloseTo(100 - 100 * 0.11 / 2, within(1e-9));
    assertThat(best(300, 400).falseAlarms()).isEqualTo(1);
  }

  @Test
  void aFalseAlarmJustBehindAWindowCostsLess() {
    assertThat(best(400, 505).score()).isGreaterThan(best(400, 700).score());
  }

  @Test
  void theFirstFifteenPercentCountForNothing() {
    assertThat(best(10, 149, 400).score()).isEqualTo(100);
    assertThat(NabScore.probation(10_000)).isEqualTo(750);
  }

  @Test
  void onlyTheFirstAndBestAlarmInAWindowCounts() {
    assertThat(best(400, 420, 440).score()).isEqualTo(best(400).score());
  }
}
