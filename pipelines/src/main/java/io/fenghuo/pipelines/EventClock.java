package io.fenghuo.pipelines;

import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * How event time moves: with the events of each partition, less the bound; dead letters and list entries do not
 * move it.
 *
 * <p>A partition that falls silent stops holding the others back. When a whole reader has been silent for longer,
 * event time runs on by the wall clock from its last event, so that deadlines pass in a shop where nothing happens.
 */
final class EventClock implements WatermarkStrategy<Arrival> {

  private static final long serialVersionUID = 1L;
  private static final long NONE = Long.MIN_VALUE;

  private final long bound;
  private final long idle;

  /** Of all partitions of this reader. */
  private transient Seen together;

  EventClock(RiskSettings settings) {
    this.bound = settings.bound().toMillis();
    this.idle = settings.idle().toMillis();
  }

  private static final class Seen {
    long latest = NONE;
    long at = System.nanoTime();

    void event(long time) {
      latest = Math.max(latest, time);
      at = System.nanoTime();
    }

    long silence() {
      return (System.nanoTime() - at) / 1_000_000;
    }
  }

  @Override
  public TimestampAssigner<Arrival> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return (arrival, kafkaTime) -> arrival.event() == null ? kafkaTime : arrival.event().time();
  }

  @Override
  public WatermarkGenerator<Arrival> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    if (together == null) {
      together = new Seen();
    }
    Seen reader = together;
    Seen partition = new Seen();
    return new WatermarkGenerator<>() {
      @Override
      public void onEvent(Arrival arrival, long time, WatermarkOutput output) {
        if (arrival.event() != null) {
          partition.event(time);
          reader.event(time);
        }
      }

      @Override
      public void onPeriodicEmit(WatermarkOutput output) {
        if (partition.latest == NONE) {
          output.markIdle();
        } else if (partition.silence() < idle) {
          output.emitWatermark(new Watermark(partition.latest - bound - 1));
        } else if (reader.silence() < 2 * idle) {
          output.markIdle();
        } else {
          output.emitWatermark(new Watermark(reader.latest + reader.silence() - bound - 1));
        }
      }
    };
  }
}
