package io.fenghuo.console;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.FeatureValue;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Text;
import io.fenghuo.schemas.Window;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records as the jobs and the shop write them, with what a test cares about. */
final class Records {

  private Records() {}

  static Decision decision(String order, int revision, Outcome outcome, int score, Instant at) {
    return Decision.newBuilder()
        .setDecisionId(order + "/" + revision)
        .setOrderId(order)
        .setRevision(revision)
        .setEventId("e-" + order)
        .setEventTime(at.toEpochMilli())
        .setDecisionTime(at.toEpochMilli() + 20)
        .setOutcome(outcome)
        .setScore(score)
        .setUserId("u-" + order)
        .setAmount(100_000)
        .setHits(
            outcome == Outcome.PASS
                ? List.of()
                : List.of(
                    new RuleHit(
                        "order/burst",
                        1,
                        RuleMode.LIVE,
                        outcome,
                        score,
                        "e-" + order,
                        List.of(new FeatureValue("user.orders_10m", 6L)),
                        new Text("10 分钟内下单 6 次", "6 orders in 10 minutes"))))
        .setEvidence(
            List.of(
                new EvidenceEvent(
                    "e-" + order,
                    at.toEpochMilli(),
                    "OrderEvent orderId=" + order + " ip=203.0.113.77 deviceId=device-123456")))
        .setReason(new Text("10 分钟内下单 6 次", "6 orders in 10 minutes"))
        .setRuleSetVersion("abc")
        .build();
  }

  static OrderEvent order(String order, String user, Instant at) {
    return OrderEvent.newBuilder()
        .setEventId("e-" + order)
        .setEventTime(at.toEpochMilli())
        .setOrderId(order)
        .setType(OrderType.CREATED)
        .setUserId(user)
        .setDeviceId("device-123456")
        .setIp("203.0.113.77")
        .setAccountToken("account-778899")
        .setAddressToken("address-445566")
        .setAmount(100_000)
        .build();
  }

  static LoginEvent login(String id, String user, Instant at) {
    return LoginEvent.newBuilder()
        .setEventId(id)
        .setEventTime(at.toEpochMilli())
        .setKind(LoginKind.LOGIN)
        .setSuccess(true)
        .setUserId(user)
        .setDeviceId("device-123456")
        .build();
  }

  static KpiPoint figure(
      String name, Map<String, String> dims, Window window, Instant from, double value, long rev) {
    long length =
        switch (window) {
          case SECOND -> 1_000L;
          case MINUTE -> 60_000L;
          case HOUR -> 3_600_000L;
          default -> 86_400_000L;
        };
    return KpiPoint.newBuilder()
        .setName(name)
        .setDimensions(dims)
        .setWindow(window)
        .setFrom(from.toEpochMilli())
        .setTo(from.toEpochMilli() + length)
        .setValue(value)
        .setNumerator(value)
        .setDenominator(1)
        .setUnit("fen")
        .setRevision(rev)
        .build();
  }

  static Alert alert(String rule, Severity severity, Instant from, Instant to) {
    return Alert.newBuilder()
        .setAlertId(rule + "|" + from)
        .setFingerprint(rule)
        .setRuleId(rule)
        .setMode(RuleMode.LIVE)
        .setSeverity(severity)
        .setLabels(Map.of("rule", rule, "severity", "critical"))
        .setAnnotations(Map.of("summary_zh", "出事了", "summary_en", "something happened"))
        .setStartsAt(from.toEpochMilli())
        .setEndsAt(to == null ? null : to.toEpochMilli())
        .build();
  }

  static DeadLetter deadLetter(long offset, byte[] value, Instant at) {
    return DeadLetter.newBuilder()
        .setTopic("orders")
        .setPartition(0)
        .setOffset(offset)
        .setTimestamp(at.toEpochMilli())
        .setReason("future")
        .setDetail("eventTime: 2099 (expected: not after now)")
        .setValue(ByteBuffer.wrap(value))
        .setValueLength(value.length)
        .build();
  }
}
