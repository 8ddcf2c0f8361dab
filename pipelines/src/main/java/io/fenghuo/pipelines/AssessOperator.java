package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.Assessor;
import io.fenghuo.rules.assess.EntityState;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.schemas.EventCodec;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Third step, keyed by entity: visit → finding. Deadlines that pass leave to the side as alerts.
 */
final class AssessOperator extends TimekeepingOperator<Visit, Finding, EntityState> {

  private static final long serialVersionUID = 1L;
  private static final int SAMPLED = 64;

  static final OutputTag<AlertSignal> ALERTS = new OutputTag<>("alerts", PackedType.SIGNAL);

  private final RiskSettings settings;
  private final Expressions expressions;
  private transient RiskMetrics metrics;
  private transient Assessor assessor;
  private transient int touched;
  private transient long passed;

  AssessOperator(Expressions expressions, RiskSettings settings) {
    super(settings, settings.waits());
    this.settings = settings;
    this.expressions = expressions;
  }

  @Override
  public void open() throws Exception {
    super.open();
    metrics = new RiskMetrics(getMetricGroup());
    passed = NO_WATERMARK;
    assessor =
        new Assessor(
            expressions.plan(),
            expressions,
            EventCodec.singleObject(),
            settings.bound().toMillis(),
            metrics::failed);
    metrics.gauge("slices_capped", assessor::slicesCapped);
  }

  @Override
  void moved(long eventTime) {
    passed = eventTime;
    if (settings.mode() == RiskSettings.Mode.ARRIVAL && passed != Long.MAX_VALUE) {
      // A sender whose clock is ahead, as far as it is let in, must not make others forget.
      passed -= settings.future().toMillis();
    }
  }

  @Override
  public void processElement(StreamRecord<Visit> element) throws Exception {
    Visit visit = element.getValue();
    String entity = visit.entity();
    EntityState state = recall(entity);
    if (visit.type() != null && tooEarly(visit.time())) {
      assessor.arrange(state, visit.kind());
      state.hold(visit);
      remember();
    } else {
      assess(state, visit);
      if (assessor.changed()) {
        remember();
      }
    }
  }

  @Override
  void onTime(String entity, long time) throws Exception {
    EntityState state = recall(entity);
    assessor.arrange(state, Visit.kindOf(entity));
    for (Visit visit = state.ready(time); visit != null; visit = state.ready(time)) {
      assess(state, visit);
    }
    for (AlertSignal signal :
        assessor.due(state, Visit.kindOf(entity), Visit.keyOf(entity), time)) {
      sendAside(ALERTS, signal);
    }
    remember();
  }

  private void assess(EntityState state, Visit visit) {
    Finding finding = assessor.assess(state, visit);
    for (long met : assessor.stopped()) {
      callNoMore(met);
    }
    for (long due : assessor.opened()) {
      callAt(due);
    }
    if (finding != null) {
      send(finding);
    }
    if (touched++ % SAMPLED == 0) {
      metrics.journal(state.journal().size());
    }
  }

  @Override
  public EntityState create(String key) {
    return new EntityState();
  }

  @Override
  public EntityState unpack(String key, byte[] bytes) {
    return EntityState.unpack(bytes);
  }

  @Override
  public byte[] pack(String key, EntityState state) {
    if (passed != NO_WATERMARK) {
      assessor.trim(state, Visit.kindOf(key), passed);
    }
    return state.isEmpty() ? null : state.pack(packer);
  }

  @Override
  void late() {
    metrics.late();
  }

  @Override
  double share() {
    return 0.75;
  }

  @Override
  int weigh(EntityState state) {
    return state.weight();
  }

  @Override
  public void close() throws Exception {
    if (assessor != null) {
      assessor.close();
    }
    super.close();
  }
}
