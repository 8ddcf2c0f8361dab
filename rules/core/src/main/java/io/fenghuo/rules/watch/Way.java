package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One way of a {@link Failover}: a payment method. Sequential tests (the CUSUM of the likelihood
 * ratio of "fallen" against "as usual") find a fall after as few attempts as can be sure of it, be
 * they three seconds or three minutes: one for the fall that is looked for, and others for steeper
 * ones, which are sure sooner.
 */
final class Way {

  private static final long NEVER = Long.MIN_VALUE;

  /** Natural logarithm of how much likelier "fallen" must be. */
  private static final double SURE = 16;

  /** How much likelier "as usual" must be for an alert to end. */
  private static final double SURE_OF_RECOVERY = 8;

  /** Success better than this is not told apart: a way that never fails may fail once. */
  private static final double LEAST_FAILURE = 0.02;

  /** Attempts that must be known before anything is judged. */
  private static final double KNOWN = 50;

  /** The usual looks back about half an hour, the recent five minutes; per second. */
  private static final double FADE = Math.exp(-1.0 / 1_800);

  /** Falls that are looked for beside the watch's own. */
  private static final double[] STEEPER = {0.5, 0.9};

  private static final double FADE_RECENT = Math.exp(-1.0 / 300);
  private static final double CRITICAL_FALL = 0.5;
  private static final int MOST_CODES = 64;

  /** Without attempts for so long a way was switched off, or is somebody else's alert. */
  private static final long SILENCE = 10 * Objective.MINUTE;

  private final Failover watch;
  private final String name;
  private final Incident incident;
  private OpenWindows attempts = new OpenWindows();
  private OpenWindows money = new OpenWindows();
  private final TreeMap<String, OpenWindows> codes = new TreeMap<>();
  private final TreeMap<String, Double> usualCodes = new TreeMap<>();
  private final TreeMap<String, Double> codesSince = new TreeMap<>();
  private long counted = NEVER;
  private long heard = NEVER;
  private double usualBad;
  private double usualTotal;
  private double usualMoney;
  private double usualSeconds;
  private double recentBad;
  private double recentTotal;
  private final List<Doubt> doubts = new ArrayList<>();
  private double trust;

  /** One of the tests. */
  private static final class Doubt {
    final double fall;
    double doubt;
    long since;
    double bad;
    double total;

    Doubt(double fall) {
      this.fall = fall;
    }

    /** Natural logarithm of how much likelier the window makes "fallen". */
    double evidence(OpenWindows.Window window, double usual) {
      double bad = window.numerator();
      double fallen = Math.min(0.98, usual + fall);
      return bad * Math.log(fallen / usual)
          + (window.denominator() - bad) * Math.log((1 - fallen) / (1 - usual));
    }

    void take(OpenWindows.Window window, double evidence) {
      if (doubt <= 0) {
        since = window.from();
        bad = 0;
        total = 0;
      }
      doubt = Math.min(2 * SURE, Math.max(0, doubt + evidence));
      bad += window.numerator();
      total += window.denominator();
    }

    void pack(Packer out) {
      out.real(doubt).number(since).real(bad).real(total);
    }

    void unpack(Unpacker in) {
      doubt = in.real();
      since = in.number();
      bad = in.real();
      total = in.real();
    }
  }

  Way(Failover watch, String name) {
    this.watch = watch;
    this.name = name;
    this.incident = new Incident(watch.about(), watch.way(name));
    doubts.add(new Doubt(watch.fall()));
    for (double fall : STEEPER) {
      doubts.add(new Doubt(fall));
    }
  }

  /** The test that is surest of a fall. */
  private Doubt surest() {
    Doubt surest = doubts.get(0);
    for (Doubt one : doubts) {
      surest = one.doubt > surest.doubt ? one : surest;
    }
    return surest;
  }

  void read(Reading reading) {
    attempts.read(reading);
  }

  void readMoney(Reading reading) {
    money.read(reading);
  }

  void readCode(String code, Reading reading) {
    if (codes.size() < MOST_CODES || codes.containsKey(code)) {
      codes.computeIfAbsent(code, any -> new OpenWindows()).read(reading);
    }
  }

  /** Takes in the seconds that are complete. */
  void count(long now) {
    double amount = 0;
    for (OpenWindows.Window window : money.complete(now)) {
      amount += window.value();
    }
    TreeMap<String, Double> reasons = new TreeMap<>();
    codes.forEach(
        (code, windows) -> {
          double times = 0;
          for (OpenWindows.Window window : windows.complete(now)) {
            times += window.value();
          }
          if (times > 0) {
            reasons.put(code, times);
          }
        });
    fade(now);
    for (OpenWindows.Window window : attempts.complete(now)) {
      heard = window.to();
      recentBad += window.numerator();
      recentTotal += window.denominator();
      test(window);
    }
    if (surest().doubt > 0 || incident.isOpen()) {
      reasons.forEach((code, times) -> codesSince.merge(code, times, Double::sum));
    } else {
      codesSince.clear();
    }
    if (isUsual()) {
      usualMoney += amount;
      reasons.forEach((code, times) -> usualCodes.merge(code, times, Double::sum));
    }
    codes.keySet().removeIf(code -> !usualCodes.containsKey(code) && codes.get(code).isEmpty());
  }

  /** What is seen while it may be falling must not become the usual. */
  private boolean isUsual() {
    return !incident.isOpen() && surest().doubt < SURE / 4;
  }

  private void fade(long now) {
    if (counted != NEVER && now > counted) {
      double seconds = (now - counted) / 1_000.0;
      double recent = Math.pow(FADE_RECENT, seconds);
      recentBad *= recent;
      recentTotal *= recent;
      if (isUsual()) {
        double fade = Math.pow(FADE, seconds);
        usualBad *= fade;
        usualTotal *= fade;
        usualMoney *= fade;
        usualSeconds = usualSeconds * fade + seconds;
        usualCodes.replaceAll((code, times) -> times * fade);
        usualCodes.values().removeIf(times -> times < 0.01);
      }
    }
    counted = now;
  }

  private double usualShare() {
    return usualTotal > 0 ? usualBad / usualTotal : 0;
  }

  private void test(OpenWindows.Window window) {
    double usual = Math.min(0.9, Math.max(LEAST_FAILURE, usualShare()));
    if (usualTotal >= KNOWN || incident.isOpen()) {
      for (Doubt one : doubts) {
        one.take(window, one.evidence(window, usual));
      }
      double evidence = doubts.get(0).evidence(window, usual);
      trust = incident.isOpen() ? Math.max(0, trust - evidence) : 0;
    }
    if (isUsual()) {
      usualBad += window.numerator();
      usualTotal += window.denominator();
    }
  }

  void judge(long now, Optional<Way> instead, Findings findings) {
    Doubt surest = surest();
    if (surest.doubt >= SURE && surest.bad >= watch.floor()) {
      double fall = surest.bad / surest.total - usualShare();
      Severity severity = fall >= CRITICAL_FALL ? Severity.CRITICAL : Severity.WARNING;
      if (incident.wouldClimb(severity)) {
        incident.raise(severity, surest.since, message(surest, instead), findings);
      }
    }
    if (incident.isOpen() && trust >= SURE_OF_RECOVERY) {
      end(now, new Words("已恢复", "recovered"), findings);
    } else if (incident.isOpen() && now - heard >= SILENCE) {
      end(now, new Words("十分钟内无支付尝试，情况不明", "no attempts for ten minutes, state unknown"), findings);
    }
  }

  private void end(long now, Words how, Findings findings) {
    Words title = Wording.subject(watch.about().title(), watch.way(name));
    incident.end(
        now, new Words(title.zh() + "：" + how.zh(), title.en() + ": " + how.en()), findings);
    doubts.forEach(one -> one.doubt = 0);
    trust = 0;
    codesSince.clear();
  }

  private Incident.Message message(Doubt surest, Optional<Way> instead) {
    Words title = Wording.subject(watch.about().title(), watch.way(name));
    double share = 1 - surest.bad / surest.total;
    double lost = Math.max(0, 1 - usualShare() - share) * moneyPerMinute();
    String code = grown(surest);
    String now = Wording.percent(share);
    String before = Wording.percent(1 - usualShare());
    String from = Wording.moment(surest.since, watch.about().zone());
    String money = Wording.money(lost);
    String other = instead.map(way -> way.name).orElse("-");
    String health = instead.map(way -> Wording.percent(way.recentGood())).orElse("-");
    Words words =
        new Words(
            "%s：成功率由 %s 降至 %s（%s 起，%s 次失败），主要失败码 %s，每分钟约 %s 元受影响；建议改用 %s（近 5 分钟 %s）"
                .formatted(
                    title.zh(),
                    before,
                    now,
                    from,
                    Wording.number(surest.bad),
                    code,
                    money,
                    other,
                    health),
            ("%s: success fell from %s to %s (since %s, %s failed), mostly %s, about %s yuan a"
                    + " minute at stake; use %s instead (%s in 5 minutes)")
                .formatted(
                    title.en(),
                    before,
                    now,
                    from,
                    Wording.number(surest.bad),
                    code,
                    money,
                    other,
                    health));
    double limit = 1 - usualShare() - watch.fall();
    return new Incident.Message(
        share,
        limit,
        words,
        Map.of(
            "value",
            now,
            "threshold",
            Wording.percent(limit),
            "failure_code",
            code,
            "money_per_minute",
            money,
            "fallback",
            other));
  }

  /** The code whose failures grew most against its usual share of the attempts. */
  private String grown(Doubt surest) {
    return codesSince.entrySet().stream()
        .max(
            Comparator.comparingDouble(
                entry ->
                    entry.getValue()
                        - usualCodes.getOrDefault(entry.getKey(), 0.0)
                            * surest.total
                            / Math.max(1, usualTotal)))
        .map(Map.Entry::getKey)
        .orElse("-");
  }

  private double moneyPerMinute() {
    return usualSeconds > 0 ? 60 * usualMoney / usualSeconds : 0;
  }

  boolean isHealthy() {
    return isUsual() && recentTotal >= watch.floor();
  }

  double recentGood() {
    return recentTotal > 0 ? 1 - recentBad / recentTotal : 0;
  }

  double surelyGood() {
    return Wilson.lower(recentTotal - recentBad, recentTotal, 1.96);
  }

  boolean isForgotten(long now) {
    return !incident.isOpen() && heard != NEVER && now - heard > Objective.DAY;
  }

  /** Rough size in memory, bytes. */
  int weight() {
    return 1_500 + 500 * codes.size() + attempts.weight() + money.weight();
  }

  void pack(Packer out) {
    attempts.pack(out);
    money.pack(out);
    out.number(codes.size());
    codes.forEach(
        (code, windows) -> {
          out.text(code);
          windows.pack(out);
        });
    pack(usualCodes, out);
    pack(codesSince, out);
    out.number(counted).number(heard);
    for (double value : numbers()) {
      out.real(value);
    }
    doubts.forEach(doubt -> doubt.pack(out));
    incident.pack(out);
  }

  private double[] numbers() {
    return new double[] {
      usualBad, usualTotal, usualMoney, usualSeconds, recentBad, recentTotal, trust
    };
  }

  private static void pack(TreeMap<String, Double> values, Packer out) {
    out.number(values.size());
    values.forEach((code, times) -> out.text(code).real(times));
  }

  /**
   * @param first true for the first form, which had the first of the tests only
   */
  static Way unpack(Failover watch, String name, Unpacker in, boolean first) {
    Way way = new Way(watch, name);
    way.attempts = OpenWindows.unpack(in);
    way.money = OpenWindows.unpack(in);
    for (int n = in.count(); n > 0; n--) {
      String code = in.text();
      way.codes.put(code, OpenWindows.unpack(in));
    }
    unpack(way.usualCodes, in);
    unpack(way.codesSince, in);
    way.counted = in.number();
    way.heard = in.number();
    Doubt one = way.doubts.get(0);
    if (first) {
      one.since = in.number();
    }
    way.usualBad = in.real();
    way.usualTotal = in.real();
    way.usualMoney = in.real();
    way.usualSeconds = in.real();
    way.recentBad = in.real();
    way.recentTotal = in.real();
    if (first) {
      one.doubt = in.real();
    }
    way.trust = in.real();
    if (first) {
      one.bad = in.real();
      one.total = in.real();
    } else {
      way.doubts.forEach(doubt -> doubt.unpack(in));
    }
    way.incident.unpack(in);
    return way;
  }

  private static void unpack(TreeMap<String, Double> values, Unpacker in) {
    for (int n = in.count(); n > 0; n--) {
      String code = in.text();
      values.put(code, in.real());
    }
  }
}
