package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Tiers of one subject: since when each is exceeded, and the one alert that climbs through them.
 */
final class TiersState implements WatchState {

  private static final byte FORM = 1;
  private static final long NEVER = Long.MIN_VALUE;

  /** A host that says nothing for so long is no longer there, or somebody else's alert. */
  private static final long SILENCE = Objective.HOUR;

  private final Tiers watch;
  private final SortedMap<String, String> subject;
  private final Incident incident;
  private final long[] since;
  private OpenWindows windows = new OpenWindows();
  private long heard = NEVER;

  TiersState(Tiers watch, SortedMap<String, String> subject) {
    this.watch = watch;
    this.subject = subject;
    this.incident = new Incident(watch.about(), subject);
    this.since = new long[watch.tiers().size()];
    Arrays.fill(since, NEVER);
  }

  @Override
  public void read(Reading reading) {
    windows.read(reading);
  }

  @Override
  public void time(long now, Findings findings) {
    for (OpenWindows.Window window : windows.complete(now)) {
      boolean enough = !(window.denominator() < watch.floor());
      if (!Double.isNaN(window.value()) && enough) {
        nothingUntil(window.from(), findings);
        heard = window.to();
        judge(window, findings);
      }
    }
    nothingUntil(now, findings);
    if (heard != NEVER && now - heard >= SILENCE) {
      Words title = Wording.subject(watch.about().title(), subject);
      incident.end(
          now,
          new Words(
              title.zh() + "：一小时无数据，情况不明", title.en() + ": no data for an hour, state unknown"),
          findings);
      Arrays.fill(since, NEVER);
      heard = NEVER;
    }
  }

  /** A count without a reading is 0; to judge the first of several is enough. */
  private void nothingUntil(long time, Findings findings) {
    if (watch.counts() && heard != NEVER && time - heard >= watch.window()) {
      judge(new OpenWindows.Window(heard, heard + watch.window(), 0, 0, 1, 0), findings);
    }
  }

  private void judge(OpenWindows.Window window, Findings findings) {
    double share = window.value() / watch.limit();
    for (int i = 0; i < since.length; i++) {
      Tiers.Tier tier = watch.tiers().get(i);
      if (!(share >= tier.share())) {
        since[i] = NEVER;
        continue;
      }
      if (since[i] == NEVER) {
        since[i] = window.from();
      }
      if (window.to() - since[i] >= watch.hold() && incident.wouldClimb(tier.severity())) {
        climb(i, window, findings);
      }
    }
    if (share < watch.tiers().get(0).share() - watch.clear()) {
      Words title = Wording.subject(watch.about().title(), subject);
      String value = shown(window.value());
      incident.end(
          window.to(),
          new Words(title.zh() + "：已恢复，现为 " + value, title.en() + ": recovered, now " + value),
          findings);
    }
  }

  private void climb(int reached, OpenWindows.Window window, Findings findings) {
    // Several tiers may be due at once: one alert at the highest of them, not one for each.
    for (int i = reached + 1; i < since.length; i++) {
      boolean higher =
          window.value() / watch.limit() >= watch.tiers().get(i).share()
              && window.to() - (since[i] == NEVER ? window.from() : since[i]) >= watch.hold();
      if (higher) {
        return;
      }
    }
    Tiers.Tier tier = watch.tiers().get(reached);
    Words title = Wording.subject(watch.about().title(), subject);
    double threshold = tier.share() * watch.limit();
    String value = shown(window.value());
    String limit = shown(threshold);
    String share = Wording.percent(window.value() / watch.limit());
    String from =
        Wording.moment(incident.isOpen() ? incident.startsAt() : since[0], watch.about().zone());
    incident.raise(
        tier.severity(),
        since[0],
        new Incident.Message(
            window.value(),
            threshold,
            new Words(
                "%s：%s，达到上限 %s 的 %s（阈值 %s），始于 %s"
                    .formatted(title.zh(), value, shown(watch.limit()), share, limit, from),
                "%s: %s, %s of the limit %s (threshold %s), since %s"
                    .formatted(title.en(), value, share, shown(watch.limit()), limit, from)),
            Map.of(
                "value", value, "threshold", limit, "limit", shown(watch.limit()), "share", share)),
        findings);
  }

  /** Utilisations are shares of 1; anything else is shown as it is. */
  private String shown(double value) {
    return watch.limit() == 1 ? Wording.percent(value) : Wording.number(value);
  }

  @Override
  public boolean isEmpty() {
    return windows.isEmpty() && heard == NEVER && !incident.isOpen();
  }

  @Override
  public int weight() {
    return 1_000 + windows.weight();
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM);
    Wording.pack(subject, out);
    windows.pack(out);
    out.number(heard).number(since.length);
    for (long time : since) {
      out.number(time);
    }
    incident.pack(out);
  }

  static TiersState unpack(Tiers watch, Unpacker in) {
    Forms.check(watch.about().id(), in.get(), FORM);
    TiersState state = new TiersState(watch, Wording.unpackSubject(in));
    state.windows = OpenWindows.unpack(in);
    state.heard = in.number();
    int tiers = in.count();
    for (int i = 0; i < tiers; i++) {
      long time = in.number();
      // An edited definition may have fewer tiers; what is beyond them is forgotten.
      if (i < state.since.length) {
        state.since[i] = time;
      }
    }
    state.incident.unpack(in);
    return state;
  }
}
