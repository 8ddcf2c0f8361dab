package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Gathering;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Partial;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Third step, keyed by a shard of event ids: duplicates end here, the others are gathered and
 * handed on a few times a second.
 *
 * <p>Ids are kept by shard and minute of event time. Those of recent minutes are in memory; what is
 * new is appended to RocksDB before each checkpoint, 16 bytes for an event, and never read again
 * unless a late event comes or the job starts over. An id is forgotten when an event of its time
 * would be too late anyway, so no duplicate is ever counted.
 */
final class GatherOperator extends AbstractStreamOperator<Partial>
    implements OneInputStreamOperator<Measurement, Partial>, Triggerable<Integer, Long> {

  private static final long serialVersionUID = 1L;
  private static final long MINUTE = 60_000L;
  private static final int MOST_PIECES = 20_000;

  /** Before figures are published, milliseconds: enough to be on their way by then. */
  private static final long AHEAD = 50;

  private final FigureFilters filters;
  private final MonitorSettings settings;
  private transient Gathering gathering;
  private transient MonitorMetrics metrics;
  private transient ListStateDescriptor<byte[]> descriptor;
  private transient InternalTimerService<Long> timers;
  private transient Map<Place, SeenIds> seen;
  private transient long weight;
  private transient StreamRecord<Partial> outgoing;
  private transient Watermark held;

  private record Place(Integer shard, long minute) {}

  GatherOperator(FigureFilters filters, MonitorSettings settings) {
    this.filters = filters;
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    gathering = new Gathering(filters.plan(), settings.zone());
    metrics = new MonitorMetrics(getMetricGroup());
    descriptor = new ListStateDescriptor<>("seen", BytePrimitiveArraySerializer.INSTANCE);
    timers = getInternalTimerService("forget", LongSerializer.INSTANCE, this);
    seen = new LinkedHashMap<>(256, 0.75f, true);
    outgoing = new StreamRecord<>(null);
    long every = settings.gather().toMillis();
    // By the clock, as figures are published: what is published has just been gathered.
    long now = getProcessingTimeService().getCurrentProcessingTime();
    long ahead = every - (now + Math.min(every - 1, AHEAD)) % every;
    getProcessingTimeService().scheduleAtFixedRate(time -> handOn(), ahead, every);
    metrics.gauge("remembered_minutes", () -> seen.size());
  }

  @Override
  public void processElement(StreamRecord<Measurement> element) throws Exception {
    Measurement event = element.getValue();
    if (event.time() < oldest()) {
      metrics.tooLate();
    } else if (!seen(event)) {
      metrics.repeated();
    } else {
      metrics.gathered();
      gathering.add(event);
      if (gathering.size() > MOST_PIECES) {
        handOn();
      }
    }
  }

  private long oldest() {
    long watermark = timers.currentWatermark();
    return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE
        ? Long.MIN_VALUE
        : watermark - settings.late().toMillis();
  }

  /** False when the event was here before. */
  private boolean seen(Measurement event) throws Exception {
    Place place = new Place((Integer) getCurrentKey(), Math.floorDiv(event.time(), MINUTE));
    SeenIds ids = seen.get(place);
    if (ids == null) {
      ids = recall(place);
    }
    int before = ids.weight();
    boolean first = ids.add(event.high(), event.low());
    weight += ids.weight() - before;
    if (weight > settings.rememberedBytes()) {
      makeRoom(place);
    }
    return first;
  }

  private SeenIds recall(Place place) throws Exception {
    SeenIds ids = new SeenIds();
    Iterable<byte[]> written = state(place).get();
    if (written != null) {
      written.forEach(ids::recall);
    }
    seen.put(place, ids);
    weight += ids.weight();
    timers.registerEventTimeTimer(place.minute, due(place.minute));
    return ids;
  }

  /** When an event of that minute is too late. */
  private long due(long minute) {
    return (minute + 1) * MINUTE + settings.late().toMillis();
  }

  private ListState<byte[]> state(Place place) throws Exception {
    return getKeyedStateBackend()
        .getPartitionedState(place.minute, LongSerializer.INSTANCE, descriptor);
  }

  private void makeRoom(Place current) throws Exception {
    Iterator<Map.Entry<Place, SeenIds>> oldestUse = seen.entrySet().iterator();
    while (weight > settings.rememberedBytes() / 2 && seen.size() > 1 && oldestUse.hasNext()) {
      Map.Entry<Place, SeenIds> entry = oldestUse.next();
      if (!entry.getKey().equals(current)) {
        setCurrentKey(entry.getKey().shard);
        write(entry.getKey(), entry.getValue());
        weight -= entry.getValue().weight();
        oldestUse.remove();
      }
    }
    setCurrentKey(current.shard);
  }

  private void write(Place place, SeenIds ids) throws Exception {
    int before = ids.weight();
    byte[] fresh = ids.takeFresh();
    weight += ids.weight() - before;
    if (fresh != null) {
      state(place).add(fresh);
    }
  }

  private void handOn() throws Exception {
    gathering.drain(partial -> output.collect(outgoing.replace(partial)));
    if (held != null) {
      Watermark mark = held;
      held = null;
      super.processWatermark(mark);
    }
  }

  /**
   * Who looks at figures takes a window for complete when time has passed it: time goes on behind
   * what was gathered. It comes here several times as often as that is handed on.
   */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    held = mark;
    if (mark.getTimestamp() == Long.MAX_VALUE) {
      handOn();
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    handOn();
    super.processWatermarkStatus(status);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) throws Exception {
    handOn();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    for (Map.Entry<Place, SeenIds> entry : seen.entrySet()) {
      setCurrentKey(entry.getKey().shard);
      write(entry.getKey(), entry.getValue());
    }
    super.snapshotState(context);
  }

  @Override
  public void finish() throws Exception {
    handOn();
    super.finish();
  }

  @Override
  public void onEventTime(InternalTimer<Integer, Long> timer) throws Exception {
    Place place = new Place(timer.getKey(), timer.getNamespace());
    SeenIds ids = seen.remove(place);
    if (ids != null) {
      weight -= ids.weight();
    }
    state(place).clear();
  }

  @Override
  public void onProcessingTime(InternalTimer<Integer, Long> timer) {
    throw new IllegalStateException("no processing-time timer is ever set");
  }
}
