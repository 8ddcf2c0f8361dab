package io.fenghuo.pipelines;

import io.fenghuo.rules.EventType;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * How event time moves: with the events of each partition, less the bound; dead letters and list
 * entries do not move it.
 *
 * <p>A partition that falls silent stops holding the others back. So does one nothing has come from
 * yet, but not at once: after a start its first records may just take longer than those of the
 * others. What happens when all are silent is up to {@link SilentTime}.
 */
final class EventClock implements WatermarkStrategy<Arrival> {

  private static final long serialVersionUID = 1L;
  private static final long NONE = Long.MIN_VALUE;

  private final long bound;
  private final long idle;

  EventClock(JobSettings<?> settings) {
    this.bound = settings.bound().toMillis();
    this.idle = settings.idle().toMillis();
  }

  @Override
  public TimestampAssigner<Arrival> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return (arrival, kafkaTime) -> arrival.event() == null ? kafkaTime : arrival.event().time();
  }

  @Override
  public WatermarkGenerator<Arrival> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    return new OfPartition(context.getInputActivityClock(), InStep.opening());
  }

  private final class OfPartition implements WatermarkGenerator<Arrival> {

    /** Stands still while the reader may not read on: a partition kept waiting is not silent. */
    private final RelativeClock clock;

    private final InStep.Partition partition;

    private long latest = NONE;
    private long heardAt;

    /**
     * @param partition null when it is no partition's, or nobody keeps partitions in step
     */
    OfPartition(RelativeClock clock, InStep.Partition partition) {
      this.clock = clock;
      this.partition = partition;
      this.heardAt = clock.relativeTimeMillis();
    }

    @Override
    public void onEvent(Arrival arrival, long time, WatermarkOutput output) {
      // A dead letter is as old as Kafka says, also where last year's events are read again.
      if (arrival.event() != null && arrival.event().type() != EventType.DEAD_LETTER) {
        latest = Math.max(latest, time);
        heardAt = clock.relativeTimeMillis();
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (partition != null && partition.waits()) {
        // Silent because it was told to be; others must not pass it by meanwhile.
        heardAt = clock.relativeTimeMillis();
      }
      if (clock.relativeTimeMillis() - heardAt >= idle) {
        output.markIdle();
      } else if (latest != NONE) {
        output.emitWatermark(new Watermark(latest - bound - 1));
      }
    }
  }
}
