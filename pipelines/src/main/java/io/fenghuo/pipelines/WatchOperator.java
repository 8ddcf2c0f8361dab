package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Last step of service levels, keyed by watch and subject: readings in; alerts out, and to the side
 * the figures that watches derive. What a watch knows is judged when event time has come, so the
 * order in which readings arrive does not matter.
 */
final class WatchOperator extends TimekeepingOperator<Watched, Outgoing, WatchState>
    implements Findings {

  private static final long serialVersionUID = 1L;
  private static final int WEIGHT = 20_000;

  /** What watches derive: what is left of a budget, an expected band, a forecast. */
  static final OutputTag<Reading> DERIVED = new OutputTag<>("derived", PackedType.READING);

  private final MonitorSettings settings;
  private transient Watches watches;
  private transient EventCodec wire;
  private transient MonitorMetrics metrics;
  private transient boolean begun;
  private transient SortedMap<String, String> subject;

  WatchOperator(MonitorSettings settings) {
    super(settings, true);
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    watches = Watches.read(settings.rules(), settings.zone());
    wire = Intake.wire(settings);
    metrics = new MonitorMetrics(getMetricGroup());
  }

  @Override
  public void processElement(StreamRecord<Watched> element) throws Exception {
    Watched watched = element.getValue();
    Watch watch = watches.watchOf(watched.place()).orElseThrow();
    subject = watch.subject(watched.reading()).orElseThrow();
    recall(watched.place()).read(watched.reading());
    remember();
    // What is complete already, because it comes late or again, is judged at the next look.
    callNext(watch, Math.max(watched.reading().to() - 1, eventTime()));
  }

  /** The next look after this event time. */
  private void callNext(Watch watch, long time) {
    callAt((Math.floorDiv(time, watch.every()) + 1) * watch.every());
  }

  @Override
  void moved(long time) throws Exception {
    if (begun || time == Long.MAX_VALUE) {
      return;
    }
    begun = true;
    for (Watch watch : watches.all()) {
      String place = watches.place(watch, new TreeMap<>()).key();
      if (watch.fromTheStart() && isOurs(place)) {
        setCurrentKey(place);
        callNext(watch, time);
      }
    }
  }

  private boolean isOurs(String place) {
    int most = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
    int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(place, most, subtasks)
        == getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
  }

  @Override
  void onTime(String place, long time) throws Exception {
    Optional<Watch> watch = watches.watchOf(place);
    if (watch.isEmpty()) {
      // Its definition is gone or was edited; what it knew expires.
      return;
    }
    subject = new TreeMap<>();
    WatchState state = recall(place);
    state.time(time, this);
    remember();
    if (!state.isEmpty() || watch.get().fromTheStart()) {
      callNext(watch.get(), time);
    }
  }

  @Override
  public void alert(Alert alert) {
    metrics.alert(alert.getRuleId());
    send(new Outgoing(alert.getFingerprint(), wire.encode(alert)));
  }

  @Override
  public void figure(Reading reading) {
    sendAside(DERIVED, reading);
  }

  @Override
  public WatchState create(String place) {
    return watches.watchOf(place).orElseThrow().open(subject);
  }

  @Override
  public WatchState unpack(String place, byte[] bytes) {
    return watches.watchOf(place).orElseThrow().unpack(new Unpacker(bytes));
  }

  @Override
  public byte[] pack(String place, WatchState state) {
    if (state.isEmpty()) {
      return null;
    }
    packer.reset();
    state.pack(packer);
    return packer.toBytes();
  }

  @Override
  void late() {
    // Readings are revised for as long as events are late.
  }

  @Override
  double share() {
    return 0.5;
  }

  @Override
  int weigh(WatchState state) {
    return WEIGHT;
  }
}
