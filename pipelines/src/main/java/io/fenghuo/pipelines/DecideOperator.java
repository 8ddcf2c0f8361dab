package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.Decider;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.OrderCase;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import java.util.OptionalLong;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Fourth step, keyed by order: findings → decision. Alerts leave to the side. */
final class DecideOperator extends RememberingOperator<Finding, Outgoing, OrderCase>
    implements Decider.Verdicts {

  private static final long serialVersionUID = 1L;

  private final RiskSettings settings;
  private final Expressions expressions;
  private transient RiskMetrics metrics;
  private final PublishedDecisions.Lookup lookup;
  private transient Decider decider;
  private transient EventCodec plain;
  private transient EventCodec wire;
  private transient ListState<Long> checkpointTime;
  private transient PublishedDecisions published;

  DecideOperator(Expressions expressions, RiskSettings settings, PublishedDecisions.Lookup lookup) {
    super(settings, settings.waits());
    this.settings = settings;
    this.expressions = expressions;
    this.lookup = lookup;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    checkpointTime =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("checkpoint-time", Types.LONG));
    OptionalLong checkpoint = OptionalLong.empty();
    for (long time : checkpointTime.get()) {
      checkpoint = OptionalLong.of(Math.min(time, checkpoint.orElse(time)));
    }
    published = lookup.find(checkpoint, settings, this::isOurs);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpointTime.clear();
    checkpointTime.add(System.currentTimeMillis());
  }

  @Override
  public void open() throws Exception {
    super.open();
    metrics = new RiskMetrics(getMetricGroup());
    plain = EventCodec.singleObject();
    wire = Intake.wire(settings);
    decider =
        new Decider(
            expressions.plan(), expressions, plain, System::currentTimeMillis, metrics::failed);
  }

  @Override
  public void processElement(StreamRecord<Finding> element) throws Exception {
    Finding finding = element.getValue();
    String group = finding.group();
    if (!finding.type().bearsOnOrder() && Integer.bitCount(finding.expected()) <= 1) {
      // Of no order and complete by itself: nothing to remember.
      OrderCase passing = new OrderCase();
      decider.hear(passing, finding);
      decider.settle(passing, Long.MAX_VALUE, this);
      return;
    }
    OrderCase order = recall(group);
    adopt(order, group);
    decider.hear(order, finding);
    if (!tooEarly(finding.time())) {
      decider.settle(order, settleUpTo(), this);
    }
    remember();
  }

  @Override
  void onTime(String group, long time) throws Exception {
    OrderCase order = recall(group);
    adopt(order, group);
    decider.settle(order, time, this);
    remember();
  }

  /** What was said about the order before a restart stands. */
  private void adopt(OrderCase order, String group) {
    published
        .take(group)
        .filter(said -> decider.adopt(order, said))
        .ifPresent(said -> metrics.standing());
  }

  @Override
  public void decision(Decision decision, OrderCase order) {
    metrics.decision(decision, decision.getDecisionTime() - decision.getEventTime());
    byte[] encoded = settings.registry() == null ? order.decision() : wire.encode(decision);
    send(new Outgoing(decision.getOrderId(), encoded));
  }

  @Override
  public void alert(AlertSignal signal) {
    sendAside(AssessOperator.ALERTS, signal);
  }

  @Override
  public void hit(Rule rule) {
    metrics.hit(rule);
  }

  @Override
  public void repeat() {
    metrics.repeat();
  }

  @Override
  public OrderCase create(String key) {
    return new OrderCase();
  }

  @Override
  public OrderCase unpack(String key, byte[] bytes) {
    return OrderCase.unpack(bytes);
  }

  @Override
  public byte[] pack(String key, OrderCase order) {
    return order.isEmpty() ? null : order.pack(packer);
  }

  @Override
  void late() {
    metrics.late();
  }

  @Override
  double share() {
    return 0.2;
  }

  @Override
  int weigh(OrderCase order) {
    return order.weight();
  }

  @Override
  public void close() throws Exception {
    if (decider != null) {
      decider.close();
    }
    super.close();
  }
}
