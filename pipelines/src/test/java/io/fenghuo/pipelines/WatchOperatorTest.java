package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operator says what the watches say when they are told everything in order: whatever the order
 * between two moments of event time, however many subtasks, and restarted in between.
 */
class WatchOperatorTest {

  private static final long START = 1_767_225_600_000L;
  private static final long MINUTE = 60_000;
  private static final int MINUTES = 240;

  private static final Map<String, String> FILES =
      Map.of(
          "host-cpu.yaml",
          """
          title: { zh: 主机处理器, en: Host CPU }
          tiers:
            measure: "ResourceSample.cpu"
            statistic: avg
            by: [host]
            limit: 1
            window: 1 minute
            at: { 70%: notice, 85%: warning, 95%: critical }
            for: 2 minutes
            clear: 5%
          owner: platform
          """,
          "payment-success.yaml",
          """
          title: { zh: 支付成功率, en: Payment success }
          objective:
            good: "PaymentEvent(status = PaymentStatus.SUCCEEDED)"
            total: "PaymentEvent(status != PaymentStatus.INITIATED)"
            by: [method]
            target: 99.5%
            period: 30 days
            floor: 100
          owner: payment
          """);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithWatchesToldInOrder(long seed) throws Exception {
    System.out.println("WatchOperatorTest: seed " + seed);
    Random random = new Random(seed);
    MonitorSettings settings = new MonitorSettings("nowhere:1", FILES);
    Watches watches = Watches.read(FILES, settings.zone());
    List<List<Reading>> minutes = readings(random);
    List<Alert> expected = inOrder(watches, minutes);
    assertThat(expected).as("alerts in the random course").isNotEmpty();

    List<Alert> found = new ArrayList<>();
    EventCodec codec = EventCodec.singleObject();
    try (Keyed<Watched, Outgoing> operator =
        new Keyed<>(
            () -> new WatchOperator(settings),
            Watched::place,
            () -> new EmbeddedRocksDBStateBackend(),
            1 + random.nextInt(4))) {
      for (int minute = 0; minute < MINUTES; minute++) {
        List<Reading> shuffled = new ArrayList<>(minutes.get(minute));
        Collections.shuffle(shuffled, random);
        for (Reading reading : shuffled) {
          for (Watches.Place place : watches.places(reading)) {
            operator.process(new Watched(place.key(), reading));
          }
        }
        if (random.nextInt(10) == 0) {
          operator.restart(1 + random.nextInt(4));
        }
        // Sometimes time stands still for a while, and then several minutes are judged together.
        if (random.nextInt(4) != 0 || minute == MINUTES - 1) {
          operator.watermark(START + (minute + 1) * MINUTE);
        }
        for (Outgoing out : operator.out()) {
          found.add(codec.decode(out.value(), Alert.class));
        }
      }
    }
    assertThat(found).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void anEditedWatchEndsItsAlertsAndBeginsAnewAndTheOthersGoOn() throws Exception {
    Map<String, String> edited = new HashMap<>(FILES);
    edited.compute("host-cpu.yaml", (path, text) -> text.replace(".cpu", ".memory"));
    try (Course course = new Course(FILES)) {
      course.minutes(10, 0.99, 0.5);
      assertThat(course.takeAlerts())
          .extracting(Alert::getFingerprint)
          .containsExactlyInAnyOrder("host-cpu|host=web1", "payment-success|method=alipay");

      course.restart(edited);
      course.minutes(1, 0.5, 0.5);
      Alert ended = course.takeAlerts().get(0);
      assertThat(ended.getFingerprint()).isEqualTo("host-cpu|host=web1");
      assertThat(ended.getEndsAt()).isNotNull();
      assertThat(ended.getAnnotations().get("summary_zh")).contains("规则已修改");
      assertThat(ended.getAnnotations().get("summary_en")).contains("edited");

      course.minutes(4, 0.99, 1);
      Alert again = course.takeAlerts().get(0);
      assertThat(again.getFingerprint()).isEqualTo("host-cpu|host=web1");
      assertThat(again.getStartsAt()).isGreaterThanOrEqualTo(ended.getEndsAt());

      course.minutes(70, 0.99, 1);
      Alert recovered = course.takeAlerts().get(0);
      assertThat(recovered.getFingerprint()).isEqualTo("payment-success|method=alipay");
      assertThat(recovered.getEndsAt()).isNotNull();
      assertThat(recovered.getStartsAt()).isLessThan(ended.getEndsAt());
    }
  }

  @Test
  void whatAnEditedWatchDerivesSaysSinceWhenAndWhatAnUntouchedOneDerivesDoesNot() throws Exception {
    Map<String, String> edited = new HashMap<>(FILES);
    edited.compute(
        "payment-success.yaml",
        (path, text) -> text.replace("(status != PaymentStatus.INITIATED)", ""));
    try (Course course = new Course(FILES)) {
      course.minutes(5, 0.5, 1);
      assertThat(course.takeDerived()).extracting(Reading::since).containsOnly(Reading.ALWAYS);
      course.restart(FILES);
      course.minutes(5, 0.5, 1);
      assertThat(course.takeDerived()).extracting(Reading::since).containsOnly(Reading.ALWAYS);
      long stopped = course.now();
      course.restart(edited);
      course.minutes(5, 0.5, 1);
      assertThat(course.takeDerived()).extracting(Reading::since).containsOnly(stopped);
      course.restart(edited);
      course.minutes(5, 0.5, 1);
      assertThat(course.takeDerived()).extracting(Reading::since).containsOnly(stopped);
    }
  }

  @Test
  void aWatchBeginsAnewWhenTheFigureItNamesIsEdited() throws Exception {
    String figure =
        """
        figures:
          logins:
            title: { zh: 登录, en: Logins }
            of: LoginEvent
            aggregate: count
            unit: count
        """;
    String watch =
        """
        title: { zh: 登录, en: Logins }
        anomaly: { figure: logins }
        """;
    Map<String, String> files = Map.of("figures/f.yaml", figure, "anomaly/a.yaml", watch);
    Map<String, String> titled =
        Map.of("figures/f.yaml", figure.replace("登录", "登入"), "anomaly/a.yaml", watch);
    Map<String, String> edited =
        Map.of(
            "figures/f.yaml",
            figure.replace("LoginEvent", "LoginEvent(success = true)"),
            "anomaly/a.yaml",
            watch);
    assertThat(forms(titled)).isEqualTo(forms(files));
    assertThat(forms(edited)).isNotEqualTo(forms(files));
  }

  private static Set<String> forms(Map<String, String> files) throws Exception {
    return MonitorSet.read(files, MonitorSettings.SHOP).watches().forms();
  }

  /** A host and a payment method, minute by minute, through restarts with other definitions. */
  private static final class Course implements AutoCloseable {

    private final Keyed<Watched, Outgoing> operator;
    private MonitorSettings settings;
    private int minute;

    Course(Map<String, String> files) throws Exception {
      settings = new MonitorSettings("nowhere:1", files);
      operator =
          new Keyed<>(
              () -> new WatchOperator(settings),
              Watched::place,
              () -> new EmbeddedRocksDBStateBackend(),
              2);
    }

    void restart(Map<String, String> files) throws Exception {
      settings = new MonitorSettings("nowhere:1", files);
      operator.restart(3);
    }

    long now() {
      return START + minute * MINUTE;
    }

    void minutes(int count, double load, double success) throws Exception {
      Watches watches = Watches.read(settings.rules(), settings.zone());
      for (int i = 0; i < count; i++) {
        read(watches, "host-cpu", "host", "web1", load * 4, 4);
        read(watches, "payment-success", "method", "alipay", success * 200, 200);
        minute++;
        operator.watermark(now());
      }
    }

    private void read(
        Watches watches, String figure, String by, String value, double numerator, double of)
        throws Exception {
      Reading reading =
          new Reading(
              figure,
              new TreeMap<>(Map.of(by, value)),
              now(),
              now() + MINUTE,
              numerator / of,
              numerator,
              of,
              1);
      for (Watches.Place place : watches.places(reading)) {
        operator.process(new Watched(place.key(), reading));
      }
    }

    List<Alert> takeAlerts() throws Exception {
      List<Alert> alerts = new ArrayList<>();
      for (Outgoing out : operator.out()) {
        Alert alert = EventCodec.singleObject().decode(out.value(), Alert.class);
        // An alert that climbs is told again; here it counts where it begins and where it ends.
        if (alert.getEndsAt() != null
            || alerts.stream().noneMatch(one -> one.getAlertId().equals(alert.getAlertId()))) {
          alerts.add(alert);
        }
      }
      return alerts;
    }

    List<Reading> takeDerived() {
      return operator.aside(WatchOperator.DERIVED);
    }

    @Override
    public void close() throws Exception {
      operator.close();
    }
  }

  /** What the watches themselves say, looked at every minute. */
  private static List<Alert> inOrder(Watches watches, List<List<Reading>> minutes) {
    List<Alert> alerts = new ArrayList<>();
    Findings findings =
        new Findings() {
          @Override
          public void alert(Alert alert) {
            alerts.add(alert);
          }

          @Override
          public void figure(Reading reading) {}
        };
    Map<String, WatchState> states = new TreeMap<>();
    for (int minute = 0; minute < MINUTES; minute++) {
      for (Reading reading : minutes.get(minute)) {
        for (Watches.Place place : watches.places(reading)) {
          Watch watch = place.watch();
          states.computeIfAbsent(place.key(), key -> watch.open(place.subject())).read(reading);
        }
      }
      for (WatchState state : states.values()) {
        state.time(START + (minute + 1) * MINUTE, findings);
      }
    }
    return alerts;
  }

  /** For each minute the readings of its windows, some of them revised while they fill. */
  private static List<List<Reading>> readings(Random random) {
    List<List<Reading>> minutes = new ArrayList<>();
    double[] load = {0.5, 0.6, 0.8};
    boolean broken = false;
    for (int minute = 0; minute < MINUTES; minute++) {
      List<Reading> readings = new ArrayList<>();
      long from = START + minute * MINUTE;
      for (int host = 0; host < load.length; host++) {
        load[host] = Math.min(1, Math.max(0, load[host] + random.nextGaussian() * 0.08));
        for (int revision = 1 + random.nextInt(3); revision > 0; revision--) {
          double value = revision == 1 ? load[host] : random.nextDouble();
          readings.add(
              new Reading(
                  "host-cpu",
                  new TreeMap<>(Map.of("host", "web" + host)),
                  from,
                  from + MINUTE,
                  value,
                  value * 4,
                  4,
                  10 - revision));
        }
      }
      broken = random.nextInt(30) == 0 ? !broken : broken;
      for (String method : List.of("alipay", "wechat")) {
        double total = 200;
        double good = method.equals("alipay") && broken ? 120 : 200 - random.nextInt(2);
        readings.add(
            new Reading(
                "payment-success",
                new TreeMap<>(Map.of("method", method)),
                from,
                from + MINUTE,
                good / total,
                good,
                total,
                1));
      }
      minutes.add(readings);
    }
    return minutes;
  }
}
