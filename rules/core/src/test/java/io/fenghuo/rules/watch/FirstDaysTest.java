package io.fenghuo.rules.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.Alert;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped watches can say of a shop that was never watched before. */
class FirstDaysTest {

  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  /** A Monday evening. */
  private static final long START =
      OffsetDateTime.parse("2026-03-02T18:30:00+08:00").toInstant().toEpochMilli();

  private static Watch shipped(String id) throws Exception {
    String file = id + ".yaml";
    return Watches.read(Map.of(file, RulePacks.in(Path.of("..", "packs")).get(file)), SHANGHAI)
        .watch(id)
        .get();
  }

  /** How much of its busiest the shop is: least at four in the night, most at nine. */
  private static double busy(long since) {
    double hour = (18.5 + (double) since / HOUR) % 24;
    double wave = 0.5 - 0.5 * Math.cos((hour - 4) / 24 * 2 * Math.PI);
    return 0.06 + 0.64 * wave + 0.3 * Math.exp(-(hour - 21) * (hour - 21) / 4);
  }

  private static double chance(double mean, SplittableRandom random) {
    if (mean > 50) {
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    int count = 0;
    for (double left = random.nextDouble(); left > limit; left *= random.nextDouble()) {
      count++;
    }
    return count;
  }

  /**
   * The alerts of a watch of the whole shop, as they begin.
   *
   * @param mean events in a window, by the time since the start
   */
  private static List<Alert> watched(
      Watch watch, long window, long length, LongToDoubleFunction mean, long seed) {
    System.out.println(watch.about().id() + ", seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Alert> begun = new ArrayList<>();
    Findings findings =
        new Findings() {
          @Override
          public void alert(Alert alert) {
            if (alert.getEndsAt() == null) {
              begun.add(alert);
            }
          }

          @Override
          public void figure(Reading reading) {}
        };
    WatchState state = watch.open(Collections.emptySortedMap());
    for (long since = 0; since < length; since += window) {
      double count = chance(mean.applyAsDouble(since), random);
      long from = START + since;
      if (count > 0) {
        state.read(
            new Reading(
                watch.needs().get(0).name(),
                Collections.emptySortedMap(),
                from,
                from + window,
                count,
                count,
                1,
                1));
      }
      state.time(from + window, findings);
    }
    return begun;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aFallOnTheSecondDayIsTold(long seed) throws Exception {
    long broken = 26 * HOUR;
    List<Alert> begun =
        watched(
            shipped("anomaly/orders"),
            MINUTE,
            broken + HOUR,
            since -> 60 * busy(since) * (since < broken ? 1 : 0.3),
            seed);
    assertThat(begun).hasSize(1);
    assertThat(begun.get(0).getStartsAt() - START - broken).isBetween(-5 * MINUTE, 5 * MINUTE);
  }

  /** Half of 40 orders a minute is less than three deviations: most minutes are inside the band. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aLossThatLastsIsToldOnceThoughItsMinutesAreInsideTheBand(long seed) throws Exception {
    long broken = 26 * HOUR;
    List<Alert> begun =
        watched(
            shipped("anomaly/orders"),
            MINUTE,
            broken + HOUR,
            since -> 50 * busy(since) * (since < broken ? 1 : 0.5),
            seed);
    assertThat(begun).hasSize(1);
    assertThat(begun.get(0).getStartsAt() - START - broken).isBetween(-15 * MINUTE, 15 * MINUTE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void twoOrdinaryDaysOfWhichTheSecondIsAFifthBusierAlarmNobody(long seed) throws Exception {
    assertThat(
            watched(
                shipped("anomaly/orders"),
                MINUTE,
                48 * HOUR,
                since -> 60 * busy(since) * (since < 24 * HOUR ? 1 : 1.2),
                seed))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aStreamThatStopsOnTheFirstDayIsTold(long seed) throws Exception {
    long stopped = 3 * HOUR;
    List<Alert> begun =
        watched(
            shipped("sla/payments-silent"),
            SECOND,
            stopped + 3 * MINUTE,
            since -> since < stopped ? busy(since) : 0,
            seed);
    assertThat(begun).hasSize(1);
    assertThat(begun.get(0).getStartsAt()).isBetween(START + stopped - MINUTE, START + stopped);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFirstNightIsNoSilence(long seed) throws Exception {
    assertThat(
            watched(
                shipped("sla/payments-silent"),
                SECOND,
                24 * HOUR,
                since -> 0.5 * busy(since),
                seed))
        .isEmpty();
  }
}
