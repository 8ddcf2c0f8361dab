package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilentTimeTest {

  private static final long PATIENCE = 5_000;

  @Test
  void runsOnByTheWallClockWhenAllAreSilentForLongEnough() {
    SilentTime time = new SilentTime(PATIENCE, SilentTime.NONE, 0);
    assertThat(time.move(1_000_000)).isTrue();
    time.silent(true, 100);
    assertThat(time.runOn(100 + PATIENCE - 1)).isFalse();
    assertThat(time.runOn(100 + PATIENCE)).isTrue();
    assertThat(time.stands()).isEqualTo(1_000_000 + PATIENCE);
    assertThat(time.runOn(100 + 2 * PATIENCE)).isTrue();
    assertThat(time.stands()).isEqualTo(1_000_000 + 2 * PATIENCE);
  }

  @Test
  void standsWhileSomebodySpeaks() {
    SilentTime time = new SilentTime(PATIENCE, SilentTime.NONE, 0);
    time.move(1_000_000);
    assertThat(time.runOn(1_000_000)).isFalse();
    time.silent(true, 0);
    time.silent(false, 1);
    assertThat(time.runOn(1_000_000)).isFalse();
  }

  @Test
  void neverGoesBackToEventsThatComeAfterItRanOn() {
    SilentTime time = new SilentTime(PATIENCE, SilentTime.NONE, 0);
    time.move(1_000_000);
    time.silent(true, 0);
    time.runOn(60_000);
    assertThat(time.move(1_010_000)).isFalse();
    assertThat(time.stands()).isEqualTo(1_060_000);
    assertThat(time.move(1_070_000)).isTrue();
    time.silent(true, 70_000);
    assertThat(time.runOn(70_000 + PATIENCE)).isTrue();
    assertThat(time.stands()).isEqualTo(1_070_000 + PATIENCE);
  }

  @Test
  void doesNotBeginBeforeTheFirstEvent() {
    SilentTime time = new SilentTime(PATIENCE, SilentTime.NONE, 0);
    time.silent(true, 0);
    assertThat(time.runOn(1_000_000)).isFalse();
  }

  @Test
  void runsOnAfterARestartInSilenceOnlyLater() {
    SilentTime time = new SilentTime(PATIENCE, 1_000_000, 0);
    assertThat(time.runOn(2 * PATIENCE)).isFalse();
    time.silent(true, PATIENCE);
    assertThat(time.runOn(6 * PATIENCE - 1)).isFalse();
    assertThat(time.runOn(6 * PATIENCE)).isTrue();
    assertThat(time.stands()).isEqualTo(1_000_000 + PATIENCE);
  }

  @Test
  void afterTheLastEventThereWillEverBeNothingMoves() {
    SilentTime time = new SilentTime(PATIENCE, SilentTime.NONE, 0);
    time.move(Long.MAX_VALUE);
    time.silent(true, 0);
    assertThat(time.runOn(1_000_000)).isFalse();
  }
}
