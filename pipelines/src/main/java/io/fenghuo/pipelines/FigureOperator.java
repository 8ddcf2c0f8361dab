package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.FigureBook;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Partial;
import io.fenghuo.rules.figure.Point;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.figure.Shelf;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Last step of figures, keyed by the definition: merges what was gathered, and each second
 * publishes what has changed. Everything that has changed is also published before a checkpoint, so
 * that what the checkpoint holds is never newer than what the world was told.
 *
 * <p>State is found by the definition's key, which changes with what it computes, and by when it
 * began: an edited figure begins anew, and what it left behind goes as its drawers fall due, also
 * when the edit is taken back before.
 *
 * <p>Whoever looks at figures is given whole windows only: one within which a figure began would
 * look like a fall. And they are given what is not published because its day has not begun: they go
 * by event time.
 */
final class FigureOperator extends AbstractStreamOperator<Outgoing>
    implements OneInputStreamOperator<Partial, Outgoing>, Triggerable<String, Long> {

  private static final long serialVersionUID = 1L;

  static final OutputTag<Reading> READINGS = new OutputTag<>("readings", PackedType.READING);

  /** Nothing came for so long, milliseconds: all of what was gathered together is here. */
  private static final long QUIET = 20;

  private final FigureFilters filters;
  private final MonitorSettings settings;
  private transient Map<String, FigureBook> books;
  private transient Map<String, Set<Long>> drawers;
  private transient MapStateDescriptor<String, byte[]> descriptor;
  private transient InternalTimerService<Long> timers;
  private transient Packer packer;
  private transient EventCodec wire;
  private transient MonitorMetrics metrics;
  private transient StreamRecord<Outgoing> outgoing;
  private transient Watermark held;
  private transient long merged;
  private transient Beginnings beginnings;

  FigureOperator(FigureFilters filters, MonitorSettings settings) {
    this.filters = filters;
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    beginnings =
        new Beginnings(
            context.getOperatorStateStore(),
            filters.plan().figures().stream().map(FigureDefinition::key).toList());
  }

  private int subtask() {
    return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
  }

  @Override
  public void open() throws Exception {
    super.open();
    books = new HashMap<>();
    drawers = new HashMap<>();
    descriptor =
        new MapStateDescriptor<>(
            "pieces", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);
    timers = getInternalTimerService("empty", LongSerializer.INSTANCE, this);
    packer = new Packer();
    wire = Intake.wire(settings);
    metrics = new MonitorMetrics(getMetricGroup());
    for (FigureDefinition figure : filters.plan().figures()) {
      if (isOurs(figure)) {
        books.put(figure.key(), open(figure));
      }
    }
    outgoing = new StreamRecord<>(null);
    long every = settings.publish().toMillis();
    long next = every - getProcessingTimeService().getCurrentProcessingTime() % every;
    getProcessingTimeService().scheduleAtFixedRate(this::publishWhenMerged, next, every);
    metrics.gauge(
        "pieces_at_hand", () -> books.values().stream().mapToLong(FigureBook::size).sum());
    if (subtask() == 0) {
      beginnings.fresh().forEach(metrics::begins);
    }
  }

  @Override
  public void processElement(StreamRecord<Partial> element) throws Exception {
    Partial partial = element.getValue();
    books.get(partial.figure()).absorb(partial);
    merged++;
    beginnings.reach(partial.time() + 1);
  }

  /** Whether what is gathered of a figure comes to this subtask. */
  private boolean isOurs(FigureDefinition figure) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            figure.key(), task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == subtask();
  }

  private FigureBook open(FigureDefinition figure) {
    return new FigureBook(
        figure,
        settings.zone(),
        settings.late().toMillis(),
        beginnings.of(figure.key()),
        new StateShelf(figure.key(), beginnings.of(figure.key())),
        () -> metrics.beyondCap(figure.name()));
  }

  private MapState<String, byte[]> drawer(long drawer) throws Exception {
    return getKeyedStateBackend().getPartitionedState(drawer, LongSerializer.INSTANCE, descriptor);
  }

  /** The keyed state of one figure; each drawer is emptied by a timer. */
  private final class StateShelf implements Shelf {

    private final String figure;
    private final String generation;

    StateShelf(String figure, long since) {
      this.figure = figure;
      this.generation = since == Reading.ALWAYS ? "" : since + ":";
    }

    @Override
    public byte[] read(long drawer, String key) {
      try {
        setCurrentKey(figure);
        return drawer(drawer).get(generation + key);
      } catch (Exception unreadable) {
        throw new IllegalStateException("state of " + figure + ", " + key, unreadable);
      }
    }

    @Override
    public void write(long drawer, String key, byte[] piece) {
      try {
        setCurrentKey(figure);
        drawer(drawer).put(generation + key, piece);
        if (drawers.computeIfAbsent(figure, f -> new HashSet<>()).add(drawer)) {
          timers.registerEventTimeTimer(drawer, books.get(figure).keepUntil(drawer));
        }
      } catch (Exception unwritable) {
        throw new IllegalStateException("state of " + figure + ", " + key, unwritable);
      }
    }
  }

  /**
   * Time goes on only when what belongs before it was published: who looks at figures takes a
   * window for complete when time has passed it.
   */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    held = mark;
    if (mark.getTimestamp() == Long.MAX_VALUE) {
      publishAndMove();
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    publishAndMove();
    super.processWatermarkStatus(status);
  }

  /** What was gathered for this second may still be on its way, and would wait for the next. */
  private void publishWhenMerged(long second) {
    long before = merged;
    long now = getProcessingTimeService().getCurrentProcessingTime();
    getProcessingTimeService()
        .registerTimer(
            now + QUIET,
            time -> {
              if (merged == before || time > second + patience()) {
                publishAndMove();
              } else {
                publishWhenMerged(second);
              }
            });
  }

  private long patience() {
    return settings.gather().toMillis();
  }

  private void publishAndMove() throws Exception {
    publish();
    if (held != null) {
      Watermark mark = held;
      held = null;
      super.processWatermark(mark);
    }
  }

  private void publish() {
    books.values().forEach(this::publish);
  }

  private void publish(FigureBook book) {
    book.publish(System.currentTimeMillis(), this::publish, this::look);
  }

  private void publish(Point point) {
    KpiPoint kpi = point.toKpi();
    metrics.published();
    if (point.window() == Window.MINUTE || point.window() == Window.DAY) {
      metrics.current(point);
    }
    output.collect(outgoing.replace(new Outgoing(Stream.KPIS.keyOf(kpi), wire.encode(kpi))));
    look(point);
  }

  private void look(Point point) {
    if (point.reading().isWhole()) {
      output.collect(READINGS, new StreamRecord<>(point.reading()));
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) {
    publish();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    books.values().forEach(book -> book.write(packer));
    beginnings.save(subtask());
    super.snapshotState(context);
  }

  @Override
  public void finish() throws Exception {
    publishAndMove();
    super.finish();
  }

  @Override
  public void onEventTime(InternalTimer<String, Long> timer) throws Exception {
    FigureBook book = books.get(timer.getKey());
    // Null for what an edit left behind.
    if (book != null) {
      publish(book);
      book.forget(timer.getNamespace());
    }
    drawers.getOrDefault(timer.getKey(), new HashSet<>()).remove(timer.getNamespace());
    drawer(timer.getNamespace()).clear();
  }

  @Override
  public void onProcessingTime(InternalTimer<String, Long> timer) {
    throw new IllegalStateException("no processing-time timer is ever set");
  }
}
