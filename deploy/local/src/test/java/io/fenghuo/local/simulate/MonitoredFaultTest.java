package io.fenghuo.local.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.rehearsal.MonitorPath;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the shipped watches say of each simulated fault: exactly what is named here. Two ordinary
 * days go before, once for all, and are where the watches learn what is usual.
 *
 * <p>Takes minutes, so not in every build: {@code mvn -o -pl deploy/local test
 * -Dtest=MonitoredFaultTest -Dfenghuo.scenarios=true}.
 */
@EnabledIfSystemProperty(named = "fenghuo.scenarios", matches = "true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoredFaultTest {

  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final long SEED = Long.getLong("fenghuo.seed", 1);
  private static final double RATE = 30;
  private static final long MINUTE = 60_000;

  /** A Monday. What breaks does so two days later, when the shop is busy. */
  private static final Instant START =
      OffsetDateTime.parse("2026-03-02T18:30:00+08:00").toInstant();

  private static final Duration ONSET = Duration.ofHours(49).plusMinutes(30);
  private static final long BROKEN = START.plus(ONSET).toEpochMilli();
  private static final long ENOUGH = 60 * MINUTE;

  private MonitorPath usual;
  private long eventsOfUsual;

  @BeforeAll
  void twoOrdinaryDays() throws Exception {
    System.out.println("seed " + SEED + " (replay: -Dfenghuo.seed=" + SEED + ")");
    usual = path(RulePacks.shipped());
    Simulator simulator = simulator("ordinary");
    for (SimulatedEvent event = simulator.next(); time(event) < BROKEN; event = simulator.next()) {
      usual.add(event.event());
      eventsOfUsual++;
    }
  }

  @AfterAll
  void done() {
    usual.close();
  }

  private static MonitorPath path(Map<String, String> files) throws Exception {
    MonitorSet set = MonitorSet.read(files, ZONE);
    return new MonitorPath(set, filters(set), ZONE);
  }

  private static FigureFilters filters(MonitorSet set) throws Exception {
    return EsperCompiler.compile(set.watchedPlan(), set.figures().lines());
  }

  private static Simulator simulator(String scenario) {
    return new Simulator(
        Scenario.named(scenario).beginningAfter(ONSET), SEED, RATE, START.toEpochMilli(), 10_000);
  }

  private static long time(SimulatedEvent event) {
    return (Long) event.event().get(event.event().getSchema().getField("eventTime").pos());
  }

  /** Goes on from the ordinary day with what the scenario does to it. */
  private List<MonitorPath.Raised> happens(String scenario) {
    return happens(scenario, usual.fork());
  }

  private List<MonitorPath.Raised> happens(String scenario, MonitorPath from) {
    try (MonitorPath path = from) {
      Simulator simulator = simulator(scenario);
      for (long i = 0; i < eventsOfUsual; i++) {
        simulator.next();
      }
      SimulatedEvent event = simulator.next();
      while (time(event) < BROKEN + ENOUGH) {
        path.add(event.event());
        event = simulator.next();
      }
      path.raised().forEach(one -> System.out.println(scenario + ": " + spelled(one)));
      return path.raised();
    }
  }

  private static String spelled(MonitorPath.Raised one) {
    Alert alert = one.alert();
    return "%s %s %s after %.1f min: %s"
        .formatted(
            alert.getFingerprint(),
            alert.getSeverity(),
            alert.getEndsAt() == null ? "" : "ended",
            (one.seen() - BROKEN) / (double) MINUTE,
            alert.getAnnotations().get("summary_zh"));
  }

  /** The most severe each alert has been, by rule and key. */
  private static Map<String, Severity> worst(List<MonitorPath.Raised> raised) {
    Map<String, Severity> worst = new TreeMap<>();
    for (MonitorPath.Raised one : raised) {
      worst.merge(
          one.alert().getFingerprint(),
          one.alert().getSeverity(),
          (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
    return worst;
  }

  @Test
  void ordinaryDaysAlarmNobody() {
    usual.raised().forEach(one -> System.out.println("ordinary: " + spelled(one)));
    assertThat(worst(usual.raised())).isEmpty();
    assertThat(worst(happens("ordinary"))).isEmpty();
  }

  @Test
  void aPeakThatTheCalendarKnowsAlarmsNobody() throws Exception {
    Map<String, String> files = new HashMap<>(RulePacks.shipped());
    files.put("campaign/singles-day.yaml", CAMPAIGN);
    MonitorSet announced = MonitorSet.read(files, ZONE);
    assertThat(worst(happens("promotion", usual.fork(announced, filters(announced))))).isEmpty();
  }

  @Test
  void aPaymentMethodThatFails() {
    assertThat(worst(happens("payment-down")))
        .isEqualTo(
            Map.of(
                "sla/payment-failover|method=alipay", Severity.CRITICAL,
                "sla/payment-success|method=alipay", Severity.CRITICAL,
                "anomaly/payment-success|", Severity.CRITICAL));
  }

  @Test
  void aPaymentMethodThatFailsIsNamedWithinTenSecondsOfEventTime() throws Exception {
    Duration onset = Duration.ofMinutes(12);
    long start = BROKEN - onset.toMillis();
    Simulator simulator =
        new Simulator(
            Scenario.named("payment-down").beginningAfter(onset), SEED, 300, start, 10_000);
    try (MonitorPath path = path(RulePacks.shipped())) {
      SimulatedEvent event = simulator.next();
      while (time(event) < BROKEN + 10_000) {
        path.add(event.event());
        event = simulator.next();
      }
      path.raised().forEach(one -> System.out.println("in haste: " + spelled(one)));
      assertThat(path.raised()).hasSize(1);
      Alert alert = path.raised().get(0).alert();
      assertThat(alert.getFingerprint()).isEqualTo("sla/payment-failover|method=alipay");
      assertThat(alert.getSeverity()).isEqualTo(Severity.CRITICAL);
      assertThat(alert.getAnnotations()).containsEntry("failure_code", Fault.CODE);
      assertThat(alert.getAnnotations().get("money_per_minute")).matches("[1-9][0-9,.]*");
      assertThat(alert.getAnnotations().get("fallback")).isIn("wechat", "unionpay", "card");
    }
  }

  @Test
  void aPageThatBecomesSlow() {
    assertThat(worst(happens("slow-page")))
        .isEqualTo(Map.of("sla/page-load-p95|pageType=product", Severity.CRITICAL));
  }

  @Test
  void aSourceThatIsLost() {
    assertThat(worst(happens("source-lost")))
        .isEqualTo(
            Map.of(
                "anomaly/uv|", Severity.WARNING,
                "anomaly/orders|", Severity.CRITICAL,
                "anomaly/gmv|", Severity.CRITICAL));
  }

  @Test
  void aHostThatIsOverloaded() {
    assertThat(worst(happens("host-overloaded")))
        .isEqualTo(Map.of("sla/host-cpu|host=order-1", Severity.CRITICAL));
  }

  @Test
  void aStreamThatFallsSilent() {
    assertThat(worst(happens("silent-stream")))
        .isEqualTo(
            Map.of(
                "sla/payments-silent|", Severity.CRITICAL,
                "anomaly/gmv|", Severity.CRITICAL));
  }

  private static final String CAMPAIGN =
      """
      title: { zh: 春季大促, en: Spring sale }
      campaign:
        from: 2026-03-04T20:00
        to: 2026-03-05T20:00
        warm-up: 2026-03-04T19:30
        peaks:
          - { at: 2026-03-04T20:00, for: 10 minutes, times: 8 }
        targets:
          - name: orders
            title: { zh: 订单数, en: orders }
            figure: orders
            total: 24000
            curve: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        behind: { 5%: notice, 10%: warning, 20%: critical }
        capacity:
          - name: order-load
            title: { zh: 下单负载, en: Order load }
            of: "OrderEvent(type = OrderType.CREATED)"
            tested: 50
            at: { 70%: notice, 85%: warning, 95%: critical }
      owner: campaign
      """;
}
