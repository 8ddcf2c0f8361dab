package io.fenghuo.bench.nab;

import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Faults put into simulated order curves: three weeks of a shop by the minute, with its day, its
 * weekend, weather that makes one day better than another, scatter beyond chance, and from the
 * second week on a fault or two a day. The shipped watch must find them and nothing else.
 */
public final class Faults {

  private static final long MINUTE = 60_000L;
  private static final int DAY = 1440;
  private static final int DAYS = 21;
  private static final int LEARNING = 7;

  /** A Monday, midnight in Shanghai. */
  private static final long START = 1_767_542_400_000L;

  private record Fault(int from, int to, double times) {}

  private record Raised(int at, int end) {}

  private Faults() {}

  /**
   * @param files the shipped watches
   * @param shops how many curves of each size
   * @return lines of a table: precision, recall, delay by kind of fault and size of shop
   */
  public static List<String> table(Map<String, String> files, int shops, long seed)
      throws RuleErrors {
    Map<String, String> own = new TreeMap<>(files);
    own.keySet().removeIf(path -> !path.equals("anomaly/orders.yaml"));
    Watch watch = Watches.read(own, ZoneId.of("Asia/Shanghai")).all().get(0);
    List<String> lines = new ArrayList<>();
    lines.add(
        "| orders in the busiest minute | faults | recall | precision | delay, median / p90 |");
    lines.add("|---|---|---|---|---|");
    for (int busiest : new int[] {50, 300, 3_000}) {
      lines.add(row(watch, busiest, shops, seed));
    }
    return lines;
  }

  private static String row(Watch watch, int busiest, int shops, long seed) {
    int faults = 0;
    int found = 0;
    int raised = 0;
    int right = 0;
    List<Integer> delays = new ArrayList<>();
    for (int shop = 0; shop < shops; shop++) {
      SplittableRandom random = new SplittableRandom(seed + shop);
      List<Fault> labelled = faults(random);
      List<Raised> alerts = run(watch, curve(random, labelled, busiest));
      faults += labelled.size();
      raised += alerts.size();
      for (Fault fault : labelled) {
        // An alert counts while the fault lasts and for five minutes after.
        int first =
            alerts.stream()
                .filter(alert -> alert.at() > fault.from() && alert.at() <= fault.to() + 5)
                .mapToInt(Raised::at)
                .min()
                .orElse(-1);
        if (first >= 0) {
          found++;
          delays.add(first - fault.from());
        }
      }
      for (Raised alert : alerts) {
        right +=
            labelled.stream()
                    .anyMatch(fault -> alert.at() > fault.from() && alert.at() <= fault.to() + 5)
                ? 1
                : 0;
      }
    }
    Collections.sort(delays);
    String delay =
        delays.isEmpty()
            ? "–"
            : delays.get(delays.size() / 2) + " / " + delays.get(delays.size() * 9 / 10) + " min";
    return String.format(
        Locale.ROOT,
        "| %,d | %d | %.3f | %.3f | %s |",
        busiest,
        faults,
        (double) found / faults,
        raised == 0 ? 1 : (double) right / raised,
        delay);
  }

  /**
   * One or two a day, by daylight and in the evening: falls of 40 % to all, rises to 2 to 4 times.
   */
  private static List<Fault> faults(SplittableRandom random) {
    List<Fault> faults = new ArrayList<>();
    for (int day = LEARNING; day < DAYS; day++) {
      int at = day * DAY + 8 * 60 + random.nextInt(5 * 60);
      int length = 10 + random.nextInt(50);
      double times =
          random.nextInt(4) > 0 ? 0.6 * random.nextDouble() : 2 + 2 * random.nextDouble();
      faults.add(new Fault(at, at + length, times));
      if (random.nextBoolean()) {
        int evening = day * DAY + 18 * 60 + random.nextInt(4 * 60);
        faults.add(
            new Fault(evening, evening + 10 + random.nextInt(50), 0.5 * random.nextDouble()));
      }
    }
    return faults;
  }

  private static double[] curve(SplittableRandom random, List<Fault> faults, int busiest) {
    double[] curve = new double[DAYS * DAY];
    double today = 1;
    double yesterday = 1;
    double drift = 0;
    for (int i = 0; i < curve.length; i++) {
      if (i % DAY == 0) {
        yesterday = today;
        today = (i / DAY % 7 >= 5 ? 1.25 : 1) * Math.exp(0.12 * random.nextGaussian());
      }
      // A slow wander of a few percent, as crowds have.
      drift = 0.98 * drift + 0.006 * random.nextGaussian();
      double hour = i % DAY / 60.0;
      double shape =
          0.06
              + 0.64 * (0.5 - 0.5 * Math.cos((hour - 4) / 24 * 2 * Math.PI))
              + 0.3 * Math.exp(-(hour - 21) * (hour - 21) / 4);
      // A new day does not begin at the stroke of midnight, but in its first hours.
      double dawn = Math.min(1, i % DAY / 300.0);
      double level = yesterday + dawn * (today - yesterday);
      double mean = busiest * shape * level * Math.exp(drift);
      for (Fault fault : faults) {
        mean *= i >= fault.from() && i < fault.to() ? fault.times() : 1;
      }
      curve[i] = Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    return curve;
  }

  private static List<Raised> run(Watch watch, double[] curve) {
    WatchState state = watch.open(Collections.emptySortedMap());
    Map<String, Raised> raised = new TreeMap<>();
    int[] now = new int[1];
    Findings findings =
        new Findings() {
          @Override
          public void alert(Alert alert) {
            raised.merge(
                alert.getAlertId(),
                new Raised(now[0], now[0]),
                (first, later) -> new Raised(first.at(), later.at()));
          }

          @Override
          public void figure(Reading reading) {
            // The band is for the screen.
          }
        };
    String figure = watch.needs().get(0).name();
    for (int i = 0; i < curve.length; i++) {
      long from = START + i * MINUTE;
      state.read(
          new Reading(
              figure, Collections.emptySortedMap(), from, from + MINUTE, curve[i], curve[i], 1, 1));
      now[0] = i + 1;
      state.time(from + MINUTE, findings);
    }
    return raised.values().stream().filter(alert -> alert.at() > LEARNING * DAY).toList();
  }
}
