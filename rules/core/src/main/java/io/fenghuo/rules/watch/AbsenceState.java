package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.time.ZoneId;
import java.util.Map;
import java.util.SortedMap;

/** When a subject's stream was last heard, and what is usual at each time of the week. */
final class AbsenceState implements WatchState {

  private static final byte FORM = 2;

  /** Knew nothing of the pace of the first day. */
  private static final byte FIRST_FORM = 1;

  private static final long NEVER = Long.MIN_VALUE;

  /** Share of the last minute in today's level; the level looks back about half an hour. */
  private static final double PACE = 1 / 30.0;

  /** Share of the last half hour that must be known before it is expected to go on so. */
  private static final double KNOWN = 0.3;

  /** What is expected of a pace nobody knows the days of: it may be falling. */
  private static final double CAUTION = 0.5;

  /** A subject unheard of for so long is no longer expected. */
  private static final long FORGOTTEN = 7 * Objective.DAY;

  /** Minutes that are learnt one by one after a jump of event time; what is older is skipped. */
  private static final long CATCH_UP = Objective.DAY;

  private final Absence watch;
  private final SortedMap<String, String> subject;
  private final Incident incident;
  private OpenWindows windows = new OpenWindows();
  private Profile profile = new Profile();
  private long heard = NEVER;
  private long minute = NEVER;
  private double inMinute;

  /** Recent events and what was usual then, both fading alike: their ratio is today's level. */
  private double recent;

  private double usual;

  /** Events a minute of the last half hour or so, and how much of it is known, 0 to 1. */
  private double pace;

  private double paceKnown;
  private double missing;
  private long counted;

  AbsenceState(Absence watch, SortedMap<String, String> subject) {
    this.watch = watch;
    this.subject = subject;
    this.incident = new Incident(watch.about(), subject);
  }

  private ZoneId zone() {
    return watch.about().zone();
  }

  @Override
  public void read(Reading reading) {
    windows.read(reading);
  }

  @Override
  public void time(long now, Findings findings) {
    if (heard == NEVER) {
      // A stream that has never been heard is silent from now on.
      heard = now;
      counted = now;
    }
    for (OpenWindows.Window window : windows.complete(now)) {
      if (window.value() > 0) {
        minutes(window.from());
        inMinute += window.value();
        heard = Math.max(heard, window.to());
        missing = 0;
        counted = heard;
        ended(window.from(), findings);
      }
    }
    minutes(now);
    // What is missing is added up as time passes, each piece with what is usual then.
    if (now > counted) {
      missing += expected(counted) * (now - counted) / Objective.MINUTE;
      counted = now;
    }
    if (!incident.isOpen() && now - heard >= watch.silence() && missing >= watch.expect()) {
      begin(now, findings);
    }
  }

  private void ended(long at, Findings findings) {
    if (incident.isOpen()) {
      Words title = Wording.subject(watch.about().title(), subject);
      String time = Wording.moment(at, zone());
      incident.end(
          at,
          new Words(title.zh() + "：" + time + " 恢复", title.en() + ": back at " + time),
          findings);
    }
  }

  private void begin(long now, Findings findings) {
    Words title = Wording.subject(watch.about().title(), subject);
    String since = Wording.moment(heard, zone());
    String perMinute = Wording.number(expected(heard));
    String lost = Wording.number(missing);
    double silent = (now - heard) / 1000.0;
    incident.raise(
        watch.severity(),
        heard,
        new Incident.Message(
            0,
            missing,
            new Words(
                "%s：自 %s 起 %s 秒无数据，此时段通常每分钟 %s，已缺约 %s"
                    .formatted(title.zh(), since, Wording.number(silent), perMinute, lost),
                "%s: nothing since %s (%s s), usually %s a minute at this time, about %s missing"
                    .formatted(title.en(), since, Wording.number(silent), perMinute, lost)),
            Map.of("expected_per_minute", perMinute, "missing", lost)),
        findings);
  }

  /** Events usual in a minute at this time of the week, at today's level. */
  private double expected(long time) {
    double known = profile.at(time, zone());
    if (Double.isNaN(known)) {
      return Math.max(watch.least(), paceKnown < KNOWN ? 0 : CAUTION * pace / paceKnown);
    }
    // One event on either side keeps the ratio sober where there are few.
    double level = (recent + 1) / (usual + 1);
    return known * Math.min(3, Math.max(0.2, level));
  }

  /** Learns the minutes that have passed; those of a silence that is an alert are not usual. */
  private void minutes(long now) {
    long current = Math.floorDiv(now, Objective.MINUTE) * Objective.MINUTE;
    if (minute == NEVER) {
      minute = current;
    }
    if (current - minute > CATCH_UP) {
      minute = current - CATCH_UP;
      inMinute = 0;
    }
    while (minute < current) {
      boolean silent = minute + Objective.MINUTE - heard > watch.silence();
      if (!incident.isOpen() && !(silent && missing > watch.expect() / 2.0)) {
        double known = profile.at(minute, zone());
        if (!Double.isNaN(known)) {
          recent += PACE * (inMinute - recent);
          usual += PACE * (known - usual);
        }
        profile.learn(minute, inMinute, zone());
        pace += PACE * (inMinute - pace);
        paceKnown += PACE * (1 - paceKnown);
      }
      inMinute = 0;
      minute += Objective.MINUTE;
    }
  }

  @Override
  public boolean isEmpty() {
    return !watch.fromTheStart()
        && (heard == NEVER || (minute != NEVER && minute - heard > FORGOTTEN))
        && windows.isEmpty()
        && !incident.isOpen();
  }

  @Override
  public int weight() {
    return 1_000 + Profile.WEIGHT + windows.weight();
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM);
    Wording.pack(subject, out);
    windows.pack(out);
    profile.pack(out);
    out.number(heard).number(minute).real(inMinute).real(recent).real(usual).real(missing);
    out.number(counted).real(pace).real(paceKnown);
    incident.pack(out);
  }

  static AbsenceState unpack(Absence watch, Unpacker in) {
    byte form = in.get();
    if (form != FIRST_FORM) {
      Forms.check(watch.about().id(), form, FORM);
    }
    AbsenceState state = new AbsenceState(watch, Wording.unpackSubject(in));
    state.windows = OpenWindows.unpack(in);
    state.profile = Profile.unpack(in);
    state.heard = in.number();
    state.minute = in.number();
    state.inMinute = in.real();
    state.recent = in.real();
    state.usual = in.real();
    state.missing = in.real();
    state.counted = in.number();
    if (form != FIRST_FORM) {
      state.pace = in.real();
      state.paceKnown = in.real();
    }
    state.incident.unpack(in);
    return state;
  }
}
