package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.Event;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventClockTest {

  private static final long TIME = 1_767_225_600_000L;

  private final ManualClock clock = new ManualClock();
  private final Heard heard = new Heard();
  private final WatermarkGenerator<Arrival> partition =
      new EventClock(
              new RiskSettings("none", Map.of())
                  .bound(Duration.ofSeconds(5))
                  .idle(Duration.ofSeconds(10)))
          .createWatermarkGenerator(
              new WatermarkGeneratorSupplier.Context() {
                @Override
                public MetricGroup getMetricGroup() {
                  return new UnregisteredMetricsGroup();
                }

                @Override
                public RelativeClock getInputActivityClock() {
                  return clock;
                }
              });

  @Test
  void followsTheLatestEventLessTheBound() {
    event(TIME);
    event(TIME - 3_000);
    partition.onPeriodicEmit(heard);
    assertThat(heard.said).containsExactly("at " + (TIME - 5_001));
  }

  @Test
  void aDeadLetterDoesNotMoveIt() {
    event(TIME);
    partition.onEvent(Arrival.of(dead()), TIME + 1_000_000, heard);
    partition.onPeriodicEmit(heard);
    assertThat(heard.said).containsExactly("at " + (TIME - 5_001));
  }

  @Test
  void aSilentPartitionStepsAsideAndComesBackWithItsNextEvent() {
    event(TIME);
    clock.advanceTime(Duration.ofSeconds(10));
    partition.onPeriodicEmit(heard);
    event(TIME + 20_000);
    partition.onPeriodicEmit(heard);
    assertThat(heard.said).containsExactly("idle", "at " + (TIME + 14_999));
  }

  @Test
  void aPartitionNotHeardOfYetIsWaitedForAWhile() {
    partition.onPeriodicEmit(heard);
    clock.advanceTime(Duration.ofSeconds(9));
    partition.onPeriodicEmit(heard);
    assertThat(heard.said).isEmpty();
    clock.advanceTime(Duration.ofSeconds(1));
    partition.onPeriodicEmit(heard);
    assertThat(heard.said).containsExactly("idle");
  }

  private void event(long time) {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId("e")
            .setEventTime(time)
            .setKind(LoginKind.LOGIN)
            .setSuccess(true)
            .build();
    Event event = new Event(login, EventCodec.singleObject().encode(login));
    partition.onEvent(Arrival.of(event), time, heard);
  }

  private static DeadLetter dead() {
    return DeadLetter.newBuilder()
        .setTopic("orders")
        .setPartition(0)
        .setOffset(0)
        .setTimestamp(0)
        .setReason("malformed")
        .setDetail("")
        .setValue(ByteBuffer.wrap(new byte[0]))
        .setValueLength(0)
        .build();
  }

  private static final class Heard implements WatermarkOutput {

    final List<String> said = new ArrayList<>();

    @Override
    public void emitWatermark(Watermark watermark) {
      said.add("at " + watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      said.add("idle");
    }

    @Override
    public void markActive() {
      said.add("active");
    }
  }
}
