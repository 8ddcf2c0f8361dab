package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Last step of service levels, keyed by watch and subject: readings in; alerts out, and to the side
 * the figures that watches derive. What a watch knows is judged when event time has come, so the
 * order in which readings arrive does not matter.
 *
 * <p>The state of a subject is found as long as the watch looks at the same figures. One that looks
 * at others begins anew, and the alerts that are open then are ended.
 */
final class WatchOperator extends TimekeepingOperator<Watched, Outgoing, WatchState>
    implements Findings {

  private static final long serialVersionUID = 1L;

  /** What watches derive: what is left of a budget, an expected band, a forecast. */
  static final OutputTag<Reading> DERIVED = new OutputTag<>("derived", PackedType.READING);

  private final MonitorSettings settings;
  private transient Watches watches;
  private transient Beginnings beginnings;
  private transient MapState<String, byte[]> openAlerts;
  private transient EventCodec plain;
  private transient EventCodec wire;
  private transient MonitorMetrics metrics;
  private transient boolean begun;
  private transient String current;
  private transient SortedMap<String, String> subject;

  WatchOperator(MonitorSettings settings) {
    super(settings, true);
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watches = MonitorSet.read(settings.rules(), settings.zone()).watches();
    beginnings = new Beginnings(context.getOperatorStateStore(), watches.forms());
    openAlerts =
        context
            .getKeyedStateStore()
            .getMapState(
                new MapStateDescriptor<>(
                    "open-alerts",
                    StringSerializer.INSTANCE,
                    BytePrimitiveArraySerializer.INSTANCE));
  }

  @Override
  public void open() throws Exception {
    super.open();
    plain = EventCodec.singleObject();
    wire = Intake.wire(settings);
    metrics = new MonitorMetrics(getMetricGroup());
    if (subtask() == 0) {
      beginnings.fresh().forEach(metrics::begins);
    }
  }

  private int subtask() {
    return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    if (eventTime() != NO_WATERMARK && eventTime() != Long.MAX_VALUE) {
      beginnings.reach(eventTime());
    }
    beginnings.save(subtask());
    super.snapshotState(context);
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

  @Override
  void onTime(String place, long time) throws Exception {
    Optional<Watch> watch = watches.watchOf(place);
    if (watch.isEmpty()) {
      orphaned(time);
      return;
    }
    current = place;
    subject = new TreeMap<>();
    WatchState state = recall(place);
    state.time(time, this);
    remember();
    if (!state.isEmpty() || watch.get().fromTheStart()) {
      callNext(watch.get(), time);
    }
  }

  /**
   * The definition is gone or looks at something else now. What it knew is forgotten, and nobody
   * would ever end the alerts it began.
   */
  private void orphaned(long time) throws Exception {
    for (byte[] bytes : openAlerts.values()) {
      Alert alert = plain.decode(bytes, Alert.class);
      alert.setEndsAt(Math.max(time, alert.getStartsAt()));
      alert.getAnnotations().put("summary_zh", "规则已修改或删除，告警随之结束");
      alert
          .getAnnotations()
          .put("summary_en", "its definition was edited or removed, and this alert ends with it");
      metrics.orphaned();
      send(new Outgoing(alert.getFingerprint(), wire.encode(alert)));
    }
    openAlerts.clear();
    forget();
  }

  @Override
  public void alert(Alert alert) {
    metrics.alert(alert.getRuleId());
    try {
      if (alert.getEndsAt() == null) {
        openAlerts.put(alert.getFingerprint(), plain.encode(alert));
      } else {
        openAlerts.remove(alert.getFingerprint());
      }
    } catch (Exception unwritable) {
      throw new IllegalStateException("open alerts of " + current, unwritable);
    }
    send(new Outgoing(alert.getFingerprint(), wire.encode(alert)));
  }

  @Override
  public void figure(Reading reading) {
    sendAside(DERIVED, reading.since(beginnings.of(Watches.formOf(current))));
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
    return state.weight();
  }
}
