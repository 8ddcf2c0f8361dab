package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One figure of one subject: its baseline, what has been unusual about it so far, and whom to
 * blame. Two things raise the alert: a distance from the baseline that the detector finds
 * surprising among all distances there have been, and a smaller one that does not go away (CUSUM),
 * even when each of its minutes is inside the band.
 */
final class AnomalyState implements WatchState {

  private static final byte FORM = 2;

  /** Its baseline knew less. */
  private static final byte FIRST_FORM = 1;

  private static final long NEVER = Long.MIN_VALUE;

  /** News above this raises the alert. */
  private static final double SURPRISING = 4.5;

  /** A distance counts from this many deviations on. */
  private static final double BAND = 3;

  /** Deviations a minute that are put down to the baseline's own error. */
  private static final double DRIFT = 1;

  /** What is kept of the sum from minute to minute, so that a small error never adds up to much. */
  private static final double KEPT = 0.93;

  /** From this sum on what is seen is held apart, in case it turns out to be the beginning. */
  private static final double SUSPECT = 2;

  /** Sum of deviations beyond the drift that is no chance. */
  private static final double PERSISTENT = 14;

  /**
   * So long what seems to have begun is not learnt, milliseconds: a loss that is within the band
   * minute by minute would else become today's level before it is seen to last.
   */
  private static final long DOUBT = Objective.HOUR;

  /** Most a single minute adds to the sum: two are the least that persist. */
  private static final double MOST = 8;

  /** Minutes in a row inside the band that end an alert, when the sum has halved meanwhile. */
  private static final int CALM = 3;

  /** What stays different for so long is the new usual, milliseconds; and for so many windows. */
  private static final long NEW_USUAL = 6 * Objective.HOUR;

  private static final long NEW_USUAL_WINDOWS = 24;

  /** A subject silent for so long is forgotten. */
  private static final long FORGOTTEN = 8 * Objective.DAY;

  /** Minutes filled with nothing after a gap; what is older is left out. */
  private static final long GAP = 2 * Objective.HOUR;

  private final Anomaly watch;
  private final SortedMap<String, String> subject;
  private final Incident incident;
  private final Baseline baseline;
  private final Blame blame;
  private OpenWindows windows = new OpenWindows();
  private Detector detector = new Detector();
  private long judged = NEVER;
  private long heard = NEVER;
  private double low;
  private double high;
  private boolean dropped;

  /** Which way it seems to be off: -1 below, 1 above, 0 not. */
  private int side;

  private long since;
  private int calm;
  private double expectedSince;
  private double actualSince;
  private double averageExpected;

  AnomalyState(Anomaly watch, SortedMap<String, String> subject) {
    this.watch = watch;
    this.subject = subject;
    this.incident = new Incident(watch.about(), subject);
    this.baseline = new Baseline(watch.nature(), watch.about().zone());
    this.blame = new Blame(watch);
  }

  @Override
  public void read(Reading reading) {
    if (reading.dimensions().size() > subject.size()) {
      blame.read(reading);
    } else {
      windows.read(reading);
    }
  }

  @Override
  public void time(long now, Findings findings) {
    for (OpenWindows.Window window : windows.complete(now)) {
      nothingUntil(window.from(), findings);
      minute(window.from(), window.value(), window.numerator(), window.denominator(), findings);
      heard = window.to();
    }
    nothingUntil(Math.floorDiv(now, watch.window()) * watch.window(), findings);
  }

  /** A count without a reading is 0; a rate of nothing is nothing. */
  private void nothingUntil(long until, Findings findings) {
    if (judged == NEVER || watch.nature() != Anomaly.Nature.COUNT) {
      return;
    }
    judged = Math.max(judged, until - Math.max(GAP, watch.window()));
    while (judged < until) {
      minute(judged, 0, 0, 1, findings);
    }
  }

  private void minute(long from, double value, double numerator, double weight, Findings findings) {
    judged = from + watch.window();
    double expected = baseline.expected(from);
    boolean campaign = watch.calendar().isCampaign(from);
    if (Double.isNaN(value)) {
      return;
    }
    if (watch.lags() && watch.calendar().isPeak(from)) {
      blame.minute(judged, side != 0);
      return;
    }
    if (Double.isNaN(expected)) {
      blame.minute(judged, false);
      if (!campaign) {
        baseline.learn(from, value, weight);
        averageExpected += (value - averageExpected) / 720;
      }
      return;
    }
    double deviation = baseline.deviation(expected, weight);
    double z = (value - expected) / deviation;
    suspect(from, value, numerator, weight, expected, z);
    boolean enough =
        watch.nature() == Anomaly.Nature.RATE
            ? weight >= watch.floor()
            : watch.nature() == Anomaly.Nature.LEVEL || expected >= watch.floor() || z > 0;
    blame.minute(judged, side != 0);
    double news = 0;
    if (!incident.isOpen() && !campaign) {
      news = detector.judge(from, z).news();
    }
    boolean known = baseline.isKnown(from) && enough;
    if (incident.isOpen()) {
      settle(from, value, z, findings);
    } else if (known) {
      boolean drop = low > high;
      double sum = drop ? low : high;
      boolean wanted = drop ? watch.drops() : watch.spikes() && !campaign;
      boolean off = z < 0 == drop && isOff(value, expected, z);
      // A single minute may be a hiccup; half of what is sure must have added up.
      if (wanted && off && sum >= (news >= SURPRISING ? PERSISTENT / 2 : PERSISTENT)) {
        begin(drop, false, value, expected, deviation, findings);
      } else if (wanted && sum >= PERSISTENT && isOffSince()) {
        // Each minute may be inside the band, but not their mean.
        double minutes = (double) (judged - since) / watch.window();
        begin(
            drop,
            true,
            actualSince / minutes,
            expectedSince / minutes,
            deviation / Math.sqrt(minutes),
            findings);
      }
    }
    if (!incident.isOpen() && !campaign) {
      boolean doubtful =
          Math.max(low, high) >= PERSISTENT / 2
              && (isOff(value, expected, z) || isOffSince() && judged - since < DOUBT);
      if (!doubtful) {
        baseline.learn(from, value, weight);
        averageExpected += (expected - averageExpected) / 720;
      }
    }
    tell("expected", from, expected, findings);
    tell("low", from, expected - BAND * deviation, findings);
    tell("high", from, expected + BAND * deviation, findings);
  }

  private boolean isOff(double value, double expected, double z) {
    double share = Math.abs(value - expected) / Math.max(1e-9, Math.abs(expected));
    return Math.abs(z) >= BAND && share >= watch.least();
  }

  /** Whether all minutes since it began are off together; only a count has one for each window. */
  private boolean isOffSince() {
    return watch.nature() == Anomaly.Nature.COUNT
        && side != 0
        && Math.abs(expectedSince - actualSince) >= watch.least() * expectedSince;
  }

  /** Adds up how far it is off on either side, and what is lost or too much since it began. */
  private void suspect(
      long from, double value, double numerator, double weight, double expected, double z) {
    double step = Math.max(-MOST, Math.min(MOST, z));
    // Once it is sure, more of the same makes it no surer, and need not be waited for at its end.
    double most = incident.isOpen() ? PERSISTENT : Double.POSITIVE_INFINITY;
    low = Math.max(0, Math.min(most, KEPT * low - step - DRIFT));
    high = Math.max(0, Math.min(most, KEPT * high + step - DRIFT));
    int now = Math.max(low, high) < SUSPECT ? 0 : low > high ? -1 : 1;
    if (!incident.isOpen() && now != side) {
      side = now;
      since = from;
      expectedSince = 0;
      actualSince = 0;
      blame.restart();
    }
    if (side != 0) {
      boolean rate = watch.nature() == Anomaly.Nature.RATE;
      expectedSince += rate ? expected * weight : expected;
      actualSince += rate ? numerator : value;
    }
  }

  private void settle(long from, double value, double z, Findings findings) {
    double sum = dropped ? low : high;
    calm = sum < PERSISTENT && (dropped ? z > -BAND : z < BAND) ? calm + 1 : 0;
    if (calm >= CALM && sum < PERSISTENT / 2) {
      long back = judged - calm * watch.window();
      end(
          back,
          new Words("已恢复，现为 " + shown(value), "back to usual, now " + shown(value)),
          findings);
    } else if (judged - incident.startsAt()
        >= Math.max(NEW_USUAL, NEW_USUAL_WINDOWS * watch.window())) {
      end(
          judged,
          new Words("持续过久，视为新常态", "so for so long that it is taken as the new usual"),
          findings);
      // Yesterday's level would raise it again at once.
      baseline.level(from, value);
    }
  }

  private void end(long at, Words how, Findings findings) {
    Words title = Wording.subject(watch.about().title(), subject);
    incident.end(
        at, new Words(title.zh() + "：" + how.zh(), title.en() + ": " + how.en()), findings);
    low = 0;
    high = 0;
    calm = 0;
  }

  private void begin(
      boolean drop,
      boolean lasting,
      double value,
      double expected,
      double deviation,
      Findings findings) {
    dropped = drop;
    calm = 0;
    Words title = Wording.subject(watch.about().title(), subject);
    String from = shown(Math.max(0, expected - BAND * deviation));
    String to = shown(expected + BAND * deviation);
    String when = Wording.moment(since, watch.about().zone());
    String off = shownSum(Math.abs(expectedSince - actualSince));
    double ratio = averageExpected > 0 ? expected / averageExpected : 1;
    Optional<Blame.Culprit> culprit = blame.culprit(expectedSince, actualSince, ratio);
    String by = culprit.map(Blame.Culprit::name).orElse("-");
    String share = culprit.map(one -> Wording.percent(one.share())).orElse("-");
    Map<String, String> more = new HashMap<>();
    more.put("value", shown(value));
    more.put("threshold", drop ? from : to);
    more.put("expected", shown(expected));
    more.put("low", from);
    more.put("high", to);
    more.put("direction", drop ? "drop" : "spike");
    more.put("off", off);
    more.put("explained_by", by);
    more.put("explained_share", share);
    Words words =
        new Words(
            "%s：%s %s，预期 %s 至 %s，始于 %s，累计%s约 %s"
                    .formatted(
                        title.zh(),
                        lasting ? drop ? "持续偏低，平均" : "持续偏高，平均" : drop ? "骤降至" : "突增至",
                        shown(value),
                        from,
                        to,
                        when,
                        drop ? "少" : "多",
                        off)
                + culprit.map(one -> "；主要来自 " + by + "（" + share + "）").orElse(""),
            "%s: %s %s, expected %s to %s, since %s, about %s too %s so far"
                    .formatted(
                        title.en(),
                        (drop ? "down" : "up") + (lasting ? " for a while, on average" : " to"),
                        shown(value),
                        from,
                        to,
                        when,
                        off,
                        drop ? "few" : "many")
                + culprit.map(one -> "; mostly " + by + " (" + share + ")").orElse(""));
    incident.raise(
        watch.severity(),
        since,
        new Incident.Message(
            value, drop ? expected - BAND * deviation : expected + BAND * deviation, words, more),
        findings);
  }

  private String shown(double value) {
    if (watch.money()) {
      return Wording.money(value) + " 元";
    }
    return watch.nature() == Anomaly.Nature.RATE ? Wording.percent(value) : Wording.number(value);
  }

  private String shownSum(double sum) {
    return watch.money() ? Wording.money(sum) + " 元" : Wording.number(sum);
  }

  private void tell(String name, long from, double value, Findings findings) {
    findings.figure(
        new Reading(
            watch.about().id() + "." + name,
            subject,
            from,
            from + watch.window(),
            value,
            value,
            1,
            0));
  }

  @Override
  public boolean isEmpty() {
    return windows.isEmpty()
        && !incident.isOpen()
        && (heard == NEVER || judged - heard > FORGOTTEN);
  }

  @Override
  public int weight() {
    return 2_000 + Profile.WEIGHT + Detector.WEIGHT + windows.weight() + blame.weight();
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM);
    Wording.pack(subject, out);
    windows.pack(out);
    baseline.pack(out);
    blame.pack(out);
    detector.pack(out);
    out.number(judged).number(heard).real(low).real(high).number(since);
    out.truth(dropped)
        .number(side)
        .number(calm)
        .real(expectedSince)
        .real(actualSince)
        .real(averageExpected);
    incident.pack(out);
  }

  static AnomalyState unpack(Anomaly watch, Unpacker in) {
    byte form = in.get();
    if (form != FIRST_FORM) {
      Forms.check(watch.about().id(), form, FORM);
    }
    AnomalyState state = new AnomalyState(watch, Wording.unpackSubject(in));
    state.windows = OpenWindows.unpack(in);
    state.baseline.unpack(in, form == FIRST_FORM);
    state.blame.unpack(in);
    state.detector = Detector.unpack(in);
    state.judged = in.number();
    state.heard = in.number();
    state.low = in.real();
    state.high = in.real();
    state.since = in.number();
    state.dropped = in.truth();
    state.side = in.count();
    state.calm = in.count();
    state.expectedSince = in.real();
    state.actualSince = in.real();
    state.averageExpected = in.real();
    state.incident.unpack(in);
    return state;
  }
}
