package io.fenghuo.rules.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.schemas.Alert;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a campaign publishes of itself each minute. */
class CampaignTest {

  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** Midnight in the shop's zone. */
  private static final long BEGIN =
      OffsetDateTime.parse("2026-11-11T00:00:00+08:00").toInstant().toEpochMilli();

  private static final String FOUR_HOURS =
      """
      title: { zh: 小活动, en: Small campaign }
      campaign:
        from: 2026-11-11T00:00
        to: 2026-11-11T04:00
        peaks:
          - { at: 2026-11-11T02:00, for: 30 minutes, times: 3 }
        targets:
          - { name: gmv, figure: gmv_paid, money: true, total: 1000, curve: [1, 1, 2, 4] }
        behind: { 10%: notice, 20%: warning, 30%: critical }
      """;

  private final Map<String, Double> told = new HashMap<>();
  private final Findings findings =
      new Findings() {
        @Override
        public void alert(Alert alert) {}

        @Override
        public void figure(Reading reading) {
          assertThat(reading.dimensions()).isEqualTo(Map.of("target", "gmv"));
          told.put(reading.figure().replace("campaign/small.", ""), reading.value());
        }
      };

  private static WatchState open() throws Exception {
    Watch watch =
        Watches.read(Map.of("campaign/small.yaml", FOUR_HOURS), ZoneId.of("Asia/Shanghai"))
            .watch("campaign/small")
            .orElseThrow();
    return watch.open(Collections.emptySortedMap());
  }

  private static Reading hour(int number, double money) {
    long from = BEGIN + number * HOUR;
    return new Reading(
        "gmv_paid", Collections.emptySortedMap(), from, from + HOUR, money, money, 1, 1);
  }

  @Test
  void tellsWhatIsThereBesideWhatItsCurveExpectsByNow() throws Exception {
    WatchState state = open();
    state.time(BEGIN - MINUTE, findings);
    assertThat(told).isEmpty();
    state.read(hour(0, 100));
    state.read(hour(1, 150));
    state.read(hour(2, 60));
    // A quarter is due by two o'clock. The half hour after it weighs three times the other one.
    state.time(BEGIN + 2 * HOUR + 10 * MINUTE, findings);
    assertThat(told.get("due")).isCloseTo(250 + 250 * 30 / 120.0, within(1e-9));
    state.time(BEGIN + 2 * HOUR + 30 * MINUTE, findings);
    assertThat(told.get("due")).isCloseTo(250 + 250 * 90 / 120.0, within(1e-9));
    assertThat(told.get("so_far")).isEqualTo(310);
    assertThat(told.get("progress")).isCloseTo(310 / told.get("due"), within(1e-9));
    state.time(BEGIN + 4 * HOUR, findings);
    assertThat(told.get("due")).isCloseTo(1_000, within(1e-9));
  }

  @Test
  void isMeasuredAgainstTheHoursItWasThereFor() throws Exception {
    WatchState state = open();
    // Heard of when two hours were over already.
    state.time(BEGIN + 2 * HOUR, findings);
    state.read(hour(2, 200));
    state.time(BEGIN + 3 * HOUR, findings);
    assertThat(told.get("so_far")).isEqualTo(200);
    assertThat(told.get("due")).isCloseTo(250, within(1e-9));
  }
}
