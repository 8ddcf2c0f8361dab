package io.fenghuo.pipelines;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * A keyed operator that lets event time run on by the clock when all is silent, see {@link
 * SilentTime}, for itself and for those behind it.
 */
abstract class TimekeepingOperator<I, O, V> extends RememberingOperator<I, O, V> {

  private static final long serialVersionUID = 1L;

  private final JobSettings<?> job;
  private transient ListState<Long> eventTime;
  private transient SilentTime time;

  TimekeepingOperator(JobSettings<?> job, boolean waits) {
    super(job, waits);
    this.job = job;
  }

  /** Events have moved the time; it may stand there already. */
  void moved(long eventTime) throws Exception {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    eventTime =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("event-time", Types.LONG));
    long stood = SilentTime.NONE;
    for (Long of : eventTime.get()) {
      stood = stood == SilentTime.NONE ? of : Math.min(stood, of);
    }
    time = new SilentTime(job.idle().toMillis(), stood, wallClock());
  }

  private long wallClock() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    eventTime.clear();
    if (time.stands() != SilentTime.NONE && time.stands() != Long.MAX_VALUE) {
      eventTime.add(time.stands());
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    long look = Math.min(1000, job.idle().toMillis());
    getProcessingTimeService().scheduleWithFixedDelay(now -> runOn(now), look, look);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    moved(mark.getTimestamp());
    // Time that ran on by the clock may be ahead of the events that come then.
    if (time.move(mark.getTimestamp())) {
      super.processWatermark(mark);
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    time.silent(status.isIdle(), wallClock());
    super.processWatermarkStatus(status);
  }

  private void runOn(long now) throws Exception {
    if (time.runOn(now)) {
      super.processWatermarkStatus(WatermarkStatus.ACTIVE);
      super.processWatermark(new Watermark(time.stands()));
    }
  }
}
