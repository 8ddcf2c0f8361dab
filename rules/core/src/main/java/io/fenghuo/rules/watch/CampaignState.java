package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A campaign under way: for each target what every hour or day has brought, late events included.
 */
final class CampaignState implements WatchState {

  private static final byte FORM = 2;

  /** Knew nothing of when it began. */
  private static final byte FIRST_FORM = 1;

  private static final long NEVER = Long.MIN_VALUE;

  /** Before this it is too early to say anything. */
  private static final long GRACE = 15 * Objective.MINUTE;

  /** Four of five ends are within the band, if hours scatter as they have. */
  private static final double BAND = 1.28;

  /** What nothing is known of the scatter of yet, as a share of what is still to come. */
  private static final double UNKNOWN = 0.25;

  private record Course(Campaign.Target target, TreeMap<Long, Double> values, Incident incident) {}

  /** Where a target will end, and between what. */
  private record Forecast(double end, double low, double high) {}

  private final Campaign campaign;
  private final List<Course> courses = new ArrayList<>();
  private long judged = NEVER;

  /** The first time it was told, milliseconds. */
  private long begun = NEVER;

  CampaignState(Campaign campaign) {
    this.campaign = campaign;
    for (Campaign.Target target : campaign.targets()) {
      courses.add(
          new Course(
              target,
              new TreeMap<>(),
              new Incident(campaign.about(), new TreeMap<>(Map.of("target", target.name())))));
    }
  }

  @Override
  public void read(Reading reading) {
    for (Course course : courses) {
      if (Campaign.isOf(course.target(), reading) && !Double.isNaN(reading.value())) {
        course.values().put(reading.from(), reading.value());
      }
    }
  }

  @Override
  public void time(long now, Findings findings) {
    long minute = Math.floorDiv(now, Objective.MINUTE) * Objective.MINUTE;
    if (minute <= judged) {
      return;
    }
    if (judged == NEVER && begun == NEVER) {
      begun = minute;
    }
    judged = minute;
    if (minute <= campaign.from()) {
      return;
    }
    for (Course course : courses) {
      if (minute <= campaign.to()) {
        judge(course, minute, findings);
      } else {
        course
            .incident()
            .end(campaign.to(), words(course, "活动结束", "the campaign is over"), findings);
      }
    }
  }

  /**
   * The windows that count: all, or, when this was defined or its figures were edited while the
   * campaign was under way, those that were heard of since.
   */
  private SortedMap<Long, Double> counted(Course course) {
    return begun <= campaign.from()
        ? course.values()
        : course.values().tailMap(begun - course.target().window(), false);
  }

  private long countedFrom(Course course, long now) {
    if (begun <= campaign.from()) {
      return campaign.from();
    }
    SortedMap<Long, Double> counted = counted(course);
    return counted.isEmpty() ? now : Math.max(campaign.from(), counted.firstKey());
  }

  private void judge(Course course, long now, Findings findings) {
    long from = countedFrom(course, now);
    double due = campaign.due(course.target(), now) - campaign.due(course.target(), from);
    double soFar = 0;
    for (double value : counted(course).values()) {
      soFar += value;
    }
    Forecast forecast = forecast(course, now, soFar);
    tell(course, "so_far", now, soFar, findings);
    tell(course, "due", now, due, findings);
    tell(course, "progress", now, due > 0 ? soFar / due : Double.NaN, findings);
    tell(course, "forecast", now, forecast.end(), findings);
    tell(course, "forecast_low", now, forecast.low(), findings);
    tell(course, "forecast_high", now, forecast.high(), findings);
    if (due <= 0 || now - from < GRACE) {
      return;
    }
    double behind = 1 - soFar / due;
    double lowest = campaign.behind().get(0).share();
    for (int i = campaign.behind().size() - 1; i >= 0; i--) {
      Tiers.Tier tier = campaign.behind().get(i);
      if (behind >= tier.share()) {
        if (course.incident().wouldClimb(tier.severity())) {
          course
              .incident()
              .raise(tier.severity(), now, message(course, tier, soFar, due, forecast), findings);
        }
        return;
      }
    }
    if (behind < lowest / 2) {
      course.incident().end(now, words(course, "已追上目标", "has caught up"), findings);
    }
  }

  private Words words(Course course, String zh, String en) {
    return new Words(
        campaign.about().title().zh() + " " + course.target().title().zh() + "：" + zh,
        campaign.about().title().en() + " " + course.target().title().en() + ": " + en);
  }

  /**
   * What is there, and what is still due at the pace of the hours so far; later hours count more.
   */
  private Forecast forecast(Course course, long now, double soFar) {
    // What came before it was looked at is taken to have been at the same pace.
    double rest =
        course.target().total()
            - campaign.due(course.target(), now)
            + campaign.due(course.target(), countedFrom(course, now));
    double weights = 0;
    double sum = 0;
    double squares = 0;
    int pieces = 0;
    long window = course.target().window();
    for (Map.Entry<Long, Double> piece : counted(course).entrySet()) {
      long ends = piece.getKey() + window;
      double due =
          campaign.due(course.target(), Math.min(ends, now))
              - campaign.due(course.target(), Math.max(piece.getKey(), campaign.from()));
      if (due > 0) {
        double ratio = piece.getValue() / due;
        double weight = due * Math.pow(0.8, Math.max(0, now - ends) / (double) Objective.HOUR);
        weights += weight;
        sum += weight * ratio;
        squares += weight * ratio * ratio;
        pieces++;
      }
    }
    double pace = weights > 0 ? sum / weights : 1;
    double scatter =
        pieces >= 3 ? Math.sqrt(Math.max(0, squares / weights - pace * pace)) : UNKNOWN * pace;
    double end = soFar + rest * pace;
    double band = BAND * scatter * rest;
    return new Forecast(end, Math.max(soFar, end - band), end + band);
  }

  private Incident.Message message(
      Course course, Tiers.Tier tier, double soFar, double due, Forecast forecast) {
    Campaign.Target target = course.target();
    String behind = Wording.percent(1 - soFar / due);
    String limit = Wording.percent(tier.share());
    String is = shown(target, soFar);
    String should = shown(target, due);
    String end = shown(target, forecast.end());
    String low = shown(target, forecast.low());
    String high = shown(target, forecast.high());
    String total = shown(target, target.total());
    return new Incident.Message(
        1 - soFar / due,
        tier.share(),
        words(
            course,
            "落后目标 %s（阈值 %s）：已完成 %s，应为 %s；预计最终 %s（%s 至 %s），目标 %s"
                .formatted(behind, limit, is, should, end, low, high, total),
            ("%s behind target (threshold %s): %s so far, %s due; forecast %s (%s to %s), target"
                    + " %s")
                .formatted(behind, limit, is, should, end, low, high, total)),
        Map.of(
            "value",
            behind,
            "threshold",
            limit,
            "forecast",
            end,
            "forecast_low",
            low,
            "forecast_high",
            high,
            "target",
            total));
  }

  private static String shown(Campaign.Target target, double value) {
    return target.money() ? Wording.money(value) + " 元" : Wording.number(Math.rint(value));
  }

  private void tell(Course course, String name, long now, double value, Findings findings) {
    findings.figure(
        new Reading(
            campaign.about().id() + "." + name,
            Collections.unmodifiableSortedMap(
                new TreeMap<>(Map.of("target", course.target().name()))),
            now - Objective.MINUTE,
            now,
            value,
            value,
            1,
            0));
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public int weight() {
    int weight = 1_000;
    for (Course course : courses) {
      weight += 500 + 80 * course.values().size();
    }
    return weight;
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM).number(begun).number(judged).number(courses.size());
    for (Course course : courses) {
      out.text(course.target().name()).number(course.values().size());
      course.values().forEach((from, value) -> out.number(from).real(value));
      course.incident().pack(out);
    }
  }

  static CampaignState unpack(Campaign campaign, Unpacker in) {
    byte form = in.get();
    CampaignState state = new CampaignState(campaign);
    if (form != FIRST_FORM) {
      Forms.check(campaign.about().id(), form, FORM);
      state.begun = in.number();
    }
    state.judged = in.number();
    for (int n = in.count(); n > 0; n--) {
      String name = in.text();
      // A target that was taken out of the definition is read all the same, and dropped.
      Course course =
          state.courses.stream()
              .filter(one -> one.target().name().equals(name))
              .findFirst()
              .orElseGet(
                  () ->
                      new Course(
                          null, new TreeMap<>(), new Incident(campaign.about(), new TreeMap<>())));
      for (int values = in.count(); values > 0; values--) {
        long from = in.number();
        course.values().put(from, in.real());
      }
      course.incident().unpack(in);
    }
    return state;
  }
}
