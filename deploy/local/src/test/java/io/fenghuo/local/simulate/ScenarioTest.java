package io.fenghuo.local.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScenarioTest {

  @Test
  void everyNameLeadsToItsScenario() {
    assertThat(Scenario.names())
        .contains("mixed", "ordinary", "promotion", "genuine", "account/credential-stuffing")
        .allSatisfy(name -> assertThat(Scenario.named(name).name()).isEqualTo(name));
  }

  @Test
  void untilSomethingBreaksItIsAnOrdinaryDay() {
    for (String name :
        new String[] {
          "promotion",
          "payment-down",
          "slow-page",
          "source-lost",
          "host-overloaded",
          "silent-stream"
        }) {
      Scenario scenario = Scenario.named(name).beginningAfter(Duration.ofMinutes(2));
      Simulator ordinary = new Simulator(Scenario.named("ordinary"), 5, 50, 0, 10_000);
      Simulator broken = new Simulator(scenario, 5, 50, 0, 10_000);
      long time = 0;
      while (time < 119_000) {
        SimulatedEvent event = broken.next();
        assertThat(event).as(name).isEqualTo(ordinary.next());
        time = (Long) event.event().get(event.event().getSchema().getField("eventTime").pos());
      }
    }
  }

  @Test
  void theStandardScenarioTriesEveryFraud() {
    assertThat(Scenario.standard().name()).isEqualTo("mixed");
    assertThat(Scenario.standard().frauds().keySet()).isEqualTo(Fraud.ALL.keySet());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNamesThereAre() {
    assertThatThrownBy(() -> Scenario.named("order/brust"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'order/brust'")
        .hasMessageContaining("order/burst");
  }

  @Test
  void theDailyCurveIsOneOnAverageAndPeaksInTheEveningOfShanghai() {
    Demand demand = Demand.daily();
    double sum = 0;
    for (int minute = 0; minute < 1440; minute++) {
      sum += demand.factor(0, minute * 60_000L);
    }
    long fourInTheMorning = 20 * 3_600_000L;
    long nineInTheEvening = 13 * 3_600_000L;

    assertThat(sum / 1440).isCloseTo(1, within(0.001));
    assertThat(demand.factor(0, nineInTheEvening)).isGreaterThan(1.6);
    assertThat(demand.factor(0, fourInTheMorning)).isLessThan(0.3);
  }

  @Test
  void aSaleOpensWithTenTimesTheTrafficWithinOneMinuteAndThenDecays() {
    Demand sale = Demand.saleOpening(60_000);
    Demand usual = Demand.daily();

    assertThat(sale.factor(0, 60_000) / usual.factor(0, 60_000)).isEqualTo(1);
    assertThat(sale.factor(0, 120_000) / usual.factor(0, 120_000)).isCloseTo(10, within(1e-9));
    assertThat(sale.factor(0, 840_000) / usual.factor(0, 840_000)).isCloseTo(6, within(0.01));
    assertThat(sale.factor(0, 10_800_000) / usual.factor(0, 10_800_000)).isCloseTo(2, within(0.01));
  }
}
