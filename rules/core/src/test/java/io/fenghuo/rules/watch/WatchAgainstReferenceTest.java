package io.fenghuo.rules.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Random series through the watches and through a naive recomputation that keeps every reading and
 * shares nothing with them. A failure prints its seed; {@code -Dfenghuo.seed=N} replays it.
 */
class WatchAgainstReferenceTest {

  private static final int WORLDS = Integer.getInteger("fenghuo.worlds", 10);
  private static final long M = 60_000L;
  private static final long H = 60 * M;
  private static final About ABOUT =
      new About("sla/x", new Words("题", "title"), "me", RuleMode.LIVE, ZoneId.of("Asia/Shanghai"));

  private static long firstSeed() {
    return Long.getLong("fenghuo.seed", System.nanoTime() % 1_000_000_007L);
  }

  private static int worlds() {
    return System.getProperty("fenghuo.seed") == null ? WORLDS : 1;
  }

  /** What was said at a time: the severity, or END. */
  private static final class Heard implements Findings {
    final List<String> lines = new ArrayList<>();
    final List<Double> budget = new ArrayList<>();
    private final Map<String, List<Double>> burns = new HashMap<>();
    long now;

    @Override
    public void alert(Alert alert) {
      lines.add(now / M + " " + (alert.getEndsAt() == null ? alert.getSeverity() : "END"));
    }

    @Override
    public void figure(Reading reading) {
      if (reading.figure().endsWith(".budget_left")) {
        budget.add(reading.value());
      } else {
        burns.computeIfAbsent(reading.figure(), figure -> new ArrayList<>()).add(reading.value());
      }
    }
  }

  @Test
  void objectivesBurnAsANaiveRecomputationSays() {
    long seed = firstSeed();
    for (int world = 0; world < worlds(); world++) {
      objective(seed + world);
    }
  }

  private static void objective(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double target = new double[] {0.9, 0.99, 0.995, 0.999}[random.nextInt(4)];
    Objective objective =
        new Objective(ABOUT, "g", "t", List.of(), target, 30 * 24 * H, 1 + random.nextInt(300));
    WatchState state = objective.open(Collections.emptySortedMap());
    Heard heard = new Heard();
    TreeMap<Long, double[]> all = new TreeMap<>();
    List<String> expected = new ArrayList<>();
    List<Double> budget = new ArrayList<>();
    Map<String, List<Double>> burns = new HashMap<>();
    int severity = -1;
    long start = 1_767_196_800_000L + random.nextInt(600) * M;
    int minutes = 60 * (2 + random.nextInt(80));
    double badShare = 0;
    int volume = 1 + random.nextInt(400);
    for (int i = 0; i < minutes; i++) {
      if (random.nextInt(90) == 0) {
        badShare = random.nextBoolean() ? 0 : Math.pow(10, -3.2 * random.nextDouble());
        volume = random.nextInt(400);
      }
      long from = start + i * M;
      if (random.nextInt(20) > 0 && volume > 0) {
        state = read(objective, state, random, all, from, volume, badShare);
      }
      if (i > 10 && random.nextInt(15) == 0) {
        // A late event revises a minute of the last five hours.
        long late = from - (1 + random.nextInt(Math.min(i, 300))) * M;
        state = read(objective, state, random, all, late, volume + 1, badShare);
      }
      heard.now = from + M;
      state.time(heard.now + random.nextInt(60_000), heard);
      severity = naive(objective, all, heard.now, severity, expected);
      budget.add(left(objective, all, heard.now));
      for (var window : Map.of("1h", H, "6h", 6 * H, "1d", 24 * H, "3d", 72 * H).entrySet()) {
        long begin = whole(heard.now - window.getValue(), window.getValue());
        burns
            .computeIfAbsent(
                ABOUT.id() + ".burn_rate_" + window.getKey(), figure -> new ArrayList<>())
            .add(badOver(all, begin, heard.now)[2] / (1 - target));
      }
    }
    assertThat(heard.lines).as("seed " + seed).isEqualTo(expected);
    for (int i = 0; i < budget.size(); i++) {
      assertThat(heard.budget.get(i)).as("budget, seed " + seed).isCloseTo(budget.get(i), near());
    }
    assertThat(heard.burns.keySet()).isEqualTo(burns.keySet());
    burns.forEach(
        (figure, expectedRates) -> {
          List<Double> rates = heard.burns.get(figure);
          assertThat(rates).as(figure + ", seed " + seed).hasSameSizeAs(expectedRates);
          for (int i = 0; i < rates.size(); i++) {
            assertThat(rates.get(i))
                .as(figure + ", seed " + seed)
                .isCloseTo(expectedRates.get(i), near());
          }
        });
  }

  private static Offset<Double> near() {
    return Offset.offset(1e-6);
  }

  private static WatchState read(
      Watch watch,
      WatchState state,
      SplittableRandom random,
      TreeMap<Long, double[]> all,
      long from,
      int volume,
      double badShare) {
    int total = 1 + random.nextInt(volume);
    int bad = 0;
    for (int n = 0; n < total; n++) {
      bad += random.nextDouble() < badShare ? 1 : 0;
    }
    all.put(from, new double[] {total - bad, total});
    state.read(
        new Reading(
            watch.about().id(),
            Collections.emptySortedMap(),
            from,
            from + M,
            (total - bad) / (double) total,
            total - bad,
            total,
            random.nextInt(1000)));
    return again(watch, state);
  }

  private static WatchState again(Watch watch, WatchState state) {
    Packer packer = new Packer();
    state.pack(packer);
    return watch.unpack(new Unpacker(packer.toBytes()));
  }

  /** Bad, total and bad share of all minutes in [from, to). */
  private static double[] badOver(TreeMap<Long, double[]> all, long from, long to) {
    double bad = 0;
    double total = 0;
    for (var minute : all.entrySet()) {
      if (minute.getKey() >= from && minute.getKey() < to) {
        bad += minute.getValue()[1] - minute.getValue()[0];
        total += minute.getValue()[1];
      }
    }
    return new double[] {bad, total, total == 0 ? 0 : bad / total};
  }

  private static long whole(long from, long window) {
    return window >= 24 * H ? from / H * H : from;
  }

  private static int naive(
      Objective objective,
      TreeMap<Long, double[]> all,
      long now,
      int severity,
      List<String> expected) {
    long[][] windows = {{H, 5 * M}, {6 * H, 30 * M}, {24 * H, 2 * H}, {72 * H, 6 * H}};
    double[] factors = {14.4, 6, 3, 1};
    int[] severities = {2, 2, 1, 0};
    double budget = 1 - objective.target();
    // What is known begins with a full hour once it has become one.
    long first = all.isEmpty() ? now : all.firstKey();
    if (first < (now - 7 * H) / H * H) {
      first = first / H * H;
    }
    int worst = -1;
    for (int i = 0; i < 4; i++) {
      double[] big = badOver(all, whole(now - windows[i][0], windows[i][0]), now);
      double[] small = badOver(all, now - windows[i][1], now);
      double limit = factors[i] * budget;
      boolean fires =
          big[2] > limit
              && small[2] > limit
              && big[1] >= objective.floor()
              && wilson(big[0], big[1]) > limit
              && (i == 0 || first <= now - windows[i][0]);
      worst = fires ? Math.max(worst, severities[i]) : worst;
    }
    String[] names = {"NOTICE", "WARNING", "CRITICAL"};
    if (worst > severity) {
      // Pairs are looked at from the quickest on, so one alert says the worst at once.
      expected.add(now / M + " " + names[worst]);
      return worst;
    }
    if (worst < 0 && severity >= 0) {
      expected.add(now / M + " END");
      return -1;
    }
    return severity;
  }

  private static double wilson(double hits, double n) {
    double z = 1.96;
    double p = hits / n;
    double root = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return (p + z * z / (2 * n) - root) / (1 + z * z / n);
  }

  private static double left(Objective objective, TreeMap<Long, double[]> all, long now) {
    long first = all.isEmpty() ? now : all.firstKey();
    if (first < (now - 7 * H) / H * H) {
      first = first / H * H;
    }
    double known = (double) (now - first) / objective.period();
    double share = badOver(all, (now - objective.period()) / H * H, now)[2];
    return 1 - Math.min(1, known) * share / (1 - objective.target());
  }

  @Test
  void tiersClimbAsANaiveRecomputationSays() {
    long seed = firstSeed();
    for (int world = 0; world < worlds() * 5; world++) {
      tiers(seed + world);
    }
  }

  private static void tiers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long hold = random.nextInt(4) * M;
    Tiers tiers =
        new Tiers(
            ABOUT,
            "x",
            "y",
            "avg",
            List.of(),
            1,
            M,
            List.of(
                new Tiers.Tier(0.7, Severity.NOTICE),
                new Tiers.Tier(0.85, Severity.WARNING),
                new Tiers.Tier(0.95, Severity.CRITICAL)),
            hold,
            0.05,
            1);
    WatchState state = tiers.open(Collections.emptySortedMap());
    Heard heard = new Heard();
    List<double[]> all = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    int severity = -1;
    double level = random.nextDouble();
    for (int i = 0; i < 300; i++) {
      level = Math.max(0, Math.min(1, level + 0.1 * random.nextGaussian()));
      heard.now = (i + 1) * M;
      if (random.nextInt(10) > 0) {
        for (int revision = random.nextInt(3); revision >= 0; revision--) {
          double value = revision == 0 ? level : random.nextDouble();
          state.read(
              new Reading(
                  ABOUT.id(),
                  Collections.emptySortedMap(),
                  i * M,
                  (i + 1) * M,
                  value,
                  value,
                  1,
                  3 - revision));
        }
        all.add(new double[] {i * M, level});
        state = again(tiers, state);
        severity = naiveTiers(all, hold, severity, (i + 1) * M, expected);
      }
      state.time(heard.now, heard);
    }
    assertThat(heard.lines).as("seed " + seed).isEqualTo(expected);
  }

  private static int naiveTiers(
      List<double[]> all, long hold, int severity, long now, List<String> expected) {
    double[] limits = {0.7, 0.85, 0.95};
    double value = all.get(all.size() - 1)[1];
    int worst = -1;
    for (int tier = 0; tier < 3; tier++) {
      int first = all.size();
      while (first > 0 && all.get(first - 1)[1] >= limits[tier]) {
        first--;
      }
      boolean reached = first < all.size() && now - all.get(first)[0] >= hold;
      worst = reached ? tier : worst;
    }
    String[] names = {"NOTICE", "WARNING", "CRITICAL"};
    if (worst > severity) {
      expected.add(now / M + " " + names[worst]);
      return worst;
    }
    if (value < 0.65 && severity >= 0) {
      expected.add(now / M + " END");
      return -1;
    }
    return severity;
  }
}
