package io.fenghuo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.TrafficEvent;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The harness's own sums; what it measures is not tested, since it differs from machine to machine.
 */
class ArithmeticTest {

  @Test
  void medianIsTheMiddleOfAnOddNumberAndTheMeanOfTheTwoMiddlesOfAnEvenOne() {
    assertThat(Figures.of(9, 1, 5).median()).isEqualTo(5);
    assertThat(Figures.of(8, 2, 4, 100).median()).isEqualTo(6);
    assertThat(Figures.of(3).median()).isEqualTo(3);
  }

  @Test
  void ratiosAreTakenRunByRun() {
    Figures ratio = Figures.of(10, 30, 40).per(Figures.of(20, 40, 80));
    assertThat(ratio.values()).containsExactly(0.5, 0.75, 0.5);
    assertThat(ratio.median()).isEqualTo(0.5);
    assertThat(ratio.show("%.2f")).isEqualTo("0.50 (0.50–0.75)");
  }

  @Test
  void runsThatAreNotInPairsHaveNoRatio() {
    assertThatThrownBy(() -> Figures.of(1, 2).per(Figures.of(1)))
        .hasMessageContaining("expected: pairs");
  }

  @Test
  void theScheduleGoesOnWhileNobodyAnswers() {
    OpenLoop schedule = new OpenLoop(1_000, 1_000);
    assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
    assertThat(schedule.dueNanos(5)).isEqualTo(5_001_000);
    assertThat(schedule.dueBy(999)).isZero();
    assertThat(schedule.dueBy(1_000)).isEqualTo(1);
    assertThat(schedule.dueBy(5_001_000)).isEqualTo(6);
  }

  @Test
  void theScheduleKeepsItsRateOverHours() {
    OpenLoop schedule = new OpenLoop(0, 12_345.678);
    long n = 12_345_678L * 3_600 / 1_000;
    assertThat(schedule.dueNanos(n) / 1e9).isCloseTo(3_600, within(0.001));
  }

  @Test
  void theMetricsOfAllSubtasksOfTheSourceAreAddedUp() {
    String name = "flink_taskmanager_job_task_operator_numRecordsIn";
    String metrics =
        "# TYPE "
            + name
            + " gauge\n"
            + name
            + "{operator_name=\"Source:_read\",subtask_index=\"0\",} 1.5E3\n"
            + name
            + "{operator_name=\"Source:_read\",subtask_index=\"1\",} 7.0\n"
            + name
            + "{operator_name=\"assess\",subtask_index=\"1\",} 9.0\n";
    assertThat(JobProcess.events(metrics)).isEqualTo(1_507);
  }

  @Test
  void everybodyInTheCrowdActsOnceBeforeAnybodyActsAgain() {
    Crowd crowd = new Crowd(500, 1, 100, 0);
    Set<String> met = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      met.add(userOf(crowd.next()));
    }
    assertThat(met).hasSize(500);
  }

  @Test
  void aTapeGivesBackWhatWasRecorded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tape");
    Tape.record(file, new Crowd(50, 1, 100, 0), 1_000, n -> {});
    int orders = 0;
    int records = 0;
    try (Tape tape = Tape.open(file)) {
      for (Tape.Record record = tape.next(); record != null; record = tape.next()) {
        records++;
        if (record.orderId() != null) {
          orders++;
          assertThat(record.stream()).isEqualTo(Stream.ORDERS);
          assertThat(record.key()).startsWith("u");
        }
      }
    }
    assertThat(records).isEqualTo(1_000);
    assertThat(orders).isBetween(20, 100);
  }

  @Test
  void ruleSetsDifferInTheNumberOfRulesOnly() {
    Set<String> few = new HashSet<>(RuleFiles.generated(50).keySet());
    Set<String> many = new HashSet<>(RuleFiles.generated(500).keySet());
    assertThat(many).hasSize(few.size() + 450);
    assertThat(many).containsAll(few);
  }

  private static String userOf(SpecificRecord event) {
    if (event instanceof LoginEvent login) {
      return login.getUserId();
    } else if (event instanceof TrafficEvent traffic) {
      return traffic.getUserId();
    } else if (event instanceof OrderEvent order) {
      return order.getUserId();
    }
    return ((io.fenghuo.schemas.PaymentEvent) event).getUserId();
  }
}
