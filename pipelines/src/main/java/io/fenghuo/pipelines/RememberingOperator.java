package io.fenghuo.pipelines;

import io.fenghuo.rules.journal.Packer;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * What keyed operators share: one value for each key in RocksDB behind a write-back cache, and
 * event timers.
 *
 * @param <I> what comes in
 * @param <O> what goes out
 * @param <V> what is remembered for each key
 */
abstract class RememberingOperator<I, O, V> extends AbstractStreamOperator<O>
    implements OneInputStreamOperator<I, O>,
        Triggerable<String, VoidNamespace>,
        WriteBackCache.Form<V> {

  private static final long serialVersionUID = 1L;

  static final long NO_WATERMARK = Long.MIN_VALUE;

  /** Milliseconds. */
  private static final long MOMENT = 100;

  private final JobSettings<?> job;
  private final boolean waits;
  protected transient Packer packer;
  private transient WriteBackCache<V> cache;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient StreamRecord<O> outgoing;

  /**
   * @param waits whether things are settled when event time has come, and not at once
   */
  RememberingOperator(JobSettings<?> job, boolean waits) {
    this.job = job;
    this.waits = waits;
  }

  /** Something came when its event time had passed already. */
  abstract void late();

  /** The part of the cache's memory that is this operator's. */
  abstract double share();

  /** Rough size of a value in memory, bytes. */
  abstract int weigh(V value);

  /** A timer for this key has come: everything up to this event time may be settled. */
  abstract void onTime(String key, long time) throws Exception;

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    packer = new Packer();
    outgoing = new StreamRecord<>(null);
    ValueStateDescriptor<byte[]> descriptor =
        new ValueStateDescriptor<>("remembered", BytePrimitiveArraySerializer.INSTANCE);
    descriptor.enableTimeToLive(
        StateTtlConfig.newBuilder(job.retention())
            .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
            .setStateVisibility(StateTtlConfig.StateVisibility.ReturnExpiredIfNotCleanedUp)
            .cleanupInRocksdbCompactFilter(10_000)
            .build());
    ValueState<byte[]> state = context.getKeyedStateStore().getState(descriptor);
    cache =
        new WriteBackCache<>(
            state, this, this::weigh, this::setCurrentKey, (long) (job.cachedBytes() * share()));
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService("event-time", VoidNamespaceSerializer.INSTANCE, this);
    getProcessingTimeService().scheduleWithFixedDelay(now -> cache.tick(), MOMENT, MOMENT);
    gauge("cached_keys", () -> cache.size());
    gauge("cache_hits", () -> cache.hits());
    gauge("cache_misses", () -> cache.misses());
    metrics.gauge(
        "watermark_lag_ms",
        () ->
            timers.currentWatermark() == NO_WATERMARK
                ? -1
                : System.currentTimeMillis() - timers.currentWatermark());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    cache.flush();
    super.snapshotState(context);
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    onTime(timer.getKey(), timer.getTimestamp());
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no processing-time timer is ever set");
  }

  protected final V recall(String key) throws Exception {
    return cache.get(key);
  }

  /** Notes that the value recalled last was altered. */
  protected final void remember() throws Exception {
    cache.changed();
  }

  /** Drops what is stored of a key that was never recalled, since nobody can read it any more. */
  protected final void forget() throws Exception {
    cache.erase();
  }

  /** True when this subtask is given the key. */
  protected final boolean isOurs(String key) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  /** How far event time has come, milliseconds; {@link #NO_WATERMARK} before it has begun. */
  protected final long eventTime() {
    return timers.currentWatermark();
  }

  /** True when this time is waited for and has not come yet; then a timer is set for it. */
  protected final boolean tooEarly(long time) {
    if (!waits) {
      return false;
    }
    if (time > timers.currentWatermark()) {
      callAt(time);
      return true;
    }
    late();
    return false;
  }

  /** Up to which event time things may be settled now. */
  protected final long settleUpTo() {
    return waits ? timers.currentWatermark() : Long.MAX_VALUE;
  }

  private void gauge(String name, LongSupplier value) {
    getMetricGroup().addGroup("fenghuo").gauge(name, (Gauge<Long>) value::getAsLong);
  }

  protected final void callAt(long time) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time);
  }

  protected final void callNoMore(long time) {
    timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, time);
  }

  protected final void send(O value) {
    output.collect(outgoing.replace(value));
  }

  protected final <S> void sendAside(OutputTag<S> tag, S value) {
    output.collect(tag, new StreamRecord<>(value));
  }
}
