package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.RaisedAlerts;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Last step beside the decisions, keyed by fingerprint: of the signals of one piece of time, one
 * alert.
 */
final class RaiseOperator extends RememberingOperator<AlertSignal, Outgoing, RaisedAlerts> {

  private static final long serialVersionUID = 1L;

  private static final int WEIGHT = 500;

  private final RiskSettings settings;
  private transient RiskMetrics metrics;
  private transient EventCodec plain;
  private transient EventCodec wire;

  RaiseOperator(RiskSettings settings) {
    super(settings, settings.waits());
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    metrics = new RiskMetrics(getMetricGroup());
    plain = codec();
    wire = Intake.wire(settings);
  }

  private EventCodec codec() {
    if (plain == null) {
      plain = EventCodec.singleObject();
    }
    return plain;
  }

  @Override
  public void processElement(StreamRecord<AlertSignal> element) throws Exception {
    AlertSignal signal = element.getValue();
    String fingerprint = signal.alert().getFingerprint();
    RaisedAlerts alerts = recall(fingerprint);
    alerts.hear(signal);
    if (!tooEarly(signal.alert().getStartsAt())) {
      alerts.raise(settleUpTo(), this::publish);
    }
    remember();
  }

  @Override
  void onTime(String fingerprint, long time) throws Exception {
    recall(fingerprint).raise(time, this::publish);
    remember();
  }

  private void publish(Alert alert) {
    metrics.alert(alert.getRuleId());
    send(new Outgoing(alert.getFingerprint(), wire.encode(alert)));
  }

  @Override
  public RaisedAlerts create(String key) {
    return new RaisedAlerts();
  }

  @Override
  public RaisedAlerts unpack(String key, byte[] bytes) {
    return RaisedAlerts.unpack(bytes, codec());
  }

  @Override
  public byte[] pack(String key, RaisedAlerts alerts) {
    return alerts.pack(packer, codec());
  }

  @Override
  void late() {
    metrics.late();
  }

  @Override
  double share() {
    return 0.05;
  }

  @Override
  int weigh(RaisedAlerts alerts) {
    return WEIGHT;
  }
}
