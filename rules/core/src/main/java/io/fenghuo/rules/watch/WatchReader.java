package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Names;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From YAML to watches. What it refuses, it refuses with file, line, field, value and expectation.
 */
final class WatchReader {

  private static final long SECOND = 1_000L;
  private static final long MINUTE = Objective.MINUTE;
  private static final long DAY = Objective.DAY;
  private static final Pattern MEASURE = Pattern.compile("(.*)\\.([A-Za-z][A-Za-z0-9]*)");
  private static final Pattern QUANTILE = Pattern.compile("p\\d{1,2}");
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)\\s*%");

  private final Map<String, String> files;
  private final ZoneId zone;
  private final List<RuleError> errors = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();

  WatchReader(Map<String, String> files, ZoneId zone) {
    this.files = new TreeMap<>(files);
    this.files.keySet().removeIf(path -> path.endsWith(".test.yaml"));
    this.zone = zone;
  }

  Watches read() throws RuleErrors {
    files.forEach(this::file);
    List<Campaign> campaigns =
        watches.stream().filter(Campaign.class::isInstance).map(Campaign.class::cast).toList();
    Calendar calendar =
        new Calendar(
            campaigns.stream().map(Campaign::span).toList(),
            campaigns.stream().flatMap(one -> one.peakSpans().stream()).toList());
    watches.replaceAll(
        watch -> watch instanceof Anomaly anomaly ? anomaly.during(calendar) : watch);
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors);
    }
    return new Watches(watches, any -> "");
  }

  private void file(String path, String text) {
    Optional<Section> parsed = Section.parse(path, text, errors).filter(Watches::isDefinition);
    if (parsed.isEmpty()) {
      return;
    }
    Section section = parsed.get();
    List<String> kinds = section.keys().stream().filter(Watches.KINDS::contains).toList();
    if (kinds.size() != 1) {
      errors.add(
          new RuleError(
              path,
              section.line(),
              "expected exactly one of objective, tiers, absence, failover, anomaly, campaign;"
                  + " found "
                  + String.join(", ", kinds)));
      return;
    }
    About about =
        new About(
            path.replaceFirst("\\.ya?ml$", ""),
            section.words("title", new Words("-", "-"), true),
            section.text("owner", false).orElse("-"),
            section.choice("mode", false, RuleMode.LIVE, RuleMode.class),
            zone);
    section
        .section(kinds.get(0), true)
        .ifPresent(
            body -> {
              int before = errors.size();
              Watch watch = watch(kinds.get(0), about, body);
              body.refuseOthers();
              if (errors.size() == before && about.mode() != RuleMode.OFF) {
                watches.add(watch);
              }
            });
    section.refuseOthers();
  }

  private Watch watch(String kind, About about, Section body) {
    return switch (kind) {
      case "objective" -> objective(about, body);
      case "tiers" -> tiers(about, body);
      case "absence" -> absence(about, body);
      case "failover" -> failover(about, body);
      case "campaign" -> campaign(about, body);
      default -> anomaly(about, body);
    };
  }

  /** The filter under a key; null when something is wrong with it, which has been said then. */
  private static Filter filter(Section section, String key) {
    return section.text(key, true).map(text -> filter(section, key, text)).orElse(null);
  }

  private static Filter filter(Section section, String key, String text) {
    Filter filter = section.parsed(key, true, null, ignored -> Filter.parse(text));
    if (filter != null) {
      for (Filter.Alternative one : filter.alternatives()) {
        Names.check(section, key, one.condition().names(), one.type());
      }
    }
    return filter;
  }

  /** Refuses a field that one of the types lacks, or that is no number where one is needed. */
  private static void require(
      Section section, String key, Filter filter, String field, boolean number) {
    filter.types().forEach(type -> FigureSet.require(section, key, type, field, number));
  }

  private static Watch objective(About about, Section body) {
    Filter good = filter(body, "good");
    Filter total = filter(body, "total");
    List<String> by = by(body, good, total);
    double target = body.share("target", true, 0.99, 0.5, 0.99999);
    long period = body.duration("period", false, 30 * DAY, 7 * DAY, 90 * DAY);
    int floor = body.number("floor", 100, 1, 1_000_000);
    if (good == null || total == null) {
      return null;
    }
    if (good.equals(total)) {
      body.error("good", good + ": the same as total, so nothing can ever be bad");
    }
    return new Objective(about, good.toString(), total.toString(), by, target, period, floor);
  }

  /** Dimensions, each a field of all the types the filters speak of. */
  private static List<String> by(Section body, Filter... filters) {
    List<String> by = body.texts("by").orElse(List.of());
    for (String field : by) {
      for (Filter filter : filters) {
        if (filter != null) {
          require(body, "by", filter, field, false);
        }
      }
    }
    return by;
  }

  private static Watch tiers(About about, Section body) {
    Optional<String> measure = body.text("measure", true);
    boolean counts = body.text("statistic", true).filter(Tiers.COUNT::equals).isPresent();
    Filter of = null;
    String field = null;
    if (counts) {
      of = filter(body, "measure");
    } else if (measure.isPresent()) {
      Matcher parts = MEASURE.matcher(measure.get());
      if (parts.matches()) {
        field = parts.group(2);
        of = filter(body, "measure", parts.group(1));
        if (of != null) {
          require(body, "measure", of, field, true);
        }
      } else {
        body.error(
            "measure", measure.get() + " (expected: a filter and a field: ResourceSample.cpu)");
      }
    }
    String statistic =
        body.parsed(
            "statistic",
            true,
            "avg",
            text -> {
              if (List.of(Tiers.COUNT, "avg", "max", "min").contains(text)
                  || QUANTILE.matcher(text).matches()) {
                return text;
              }
              throw new IllegalArgumentException(
                  text + " (expected: count, avg, max, min, or a quantile such as p95)");
            });
    double limit = body.real("limit", 1, 0.000001, 1e15);
    long window = window(body, "window");
    long hold = body.duration("for", false, 0, 0, DAY);
    double clear = body.share("clear", false, 0.05, 0, 0.5);
    int floor = body.number("floor", 1, 1, 1_000_000);
    List<String> by = by(body, of);
    List<Tiers.Tier> steps = steps(body, "at");
    if (!steps.isEmpty() && steps.get(0).share() <= clear) {
      body.error(
          "clear",
          Wording.percent(clear)
              + " (expected: less than the lowest tier, "
              + Wording.percent(steps.get(0).share())
              + ")");
    }
    return of == null
        ? null
        : new Tiers(
            about, of.toString(), field, statistic, by, limit, window, steps, hold, clear, floor);
  }

  /** Figures come by the second and by the minute. */
  private static long window(Section body, String key) {
    return body.parsed(
        key,
        false,
        MINUTE,
        text -> {
          switch (text) {
            case "1 second", "1s":
              return SECOND;
            case "1 minute", "1m":
              return MINUTE;
            default:
              throw new IllegalArgumentException(text + " (expected: 1 second or 1 minute)");
          }
        });
  }

  /** Severities by percentage, which must grow together. */
  static List<Tiers.Tier> steps(Section body, String key) {
    TreeMap<Double, Severity> steps = new TreeMap<>();
    body.section(key, true)
        .ifPresent(
            section -> {
              for (String share : section.keys()) {
                Severity severity = section.choice(share, true, Severity.NOTICE, Severity.class);
                Matcher number = SHARE.matcher(share);
                if (number.matches()) {
                  steps.put(Double.parseDouble(number.group(1)) / 100, severity);
                } else {
                  section.error(share, "not a percentage (expected: 70%: notice)");
                }
              }
            });
    List<Tiers.Tier> tiers =
        steps.entrySet().stream()
            .map(step -> new Tiers.Tier(step.getKey(), step.getValue()))
            .toList();
    for (int i = 1; i < tiers.size(); i++) {
      if (tiers.get(i).severity().compareTo(tiers.get(i - 1).severity()) <= 0) {
        body.error(key, "a higher tier must be more severe than the one below it");
      }
    }
    return tiers;
  }

  private static Watch absence(About about, Section body) {
    Filter of = filter(body, "of");
    List<String> by = by(body, of);
    long silence = body.duration("silence", false, MINUTE, 5 * SECOND, DAY);
    int expect = body.number("expect", 20, 5, 1_000_000);
    double least = body.real("least", 0, 0, 1e9);
    Severity severity = body.choice("severity", false, Severity.CRITICAL, Severity.class);
    return of == null
        ? null
        : new Absence(about, of.toString(), by, silence, expect, least, severity);
  }

  private static Watch failover(About about, Section body) {
    Filter total = filter(body, "total");
    Filter bad = filter(body, "bad");
    String by = field(body, "by", total);
    String because = field(body, "because", bad);
    String money = body.text("money", true).orElse("-");
    if (total != null) {
      require(body, "money", total, money, true);
    }
    double fall = body.share("fall", false, 0.2, 0.02, 0.9);
    int floor = body.number("floor", 5, 1, 100_000);
    return total == null || bad == null
        ? null
        : new Failover(about, total.toString(), bad.toString(), by, because, money, fall, floor);
  }

  private static String field(Section body, String key, Filter of) {
    String field = body.text(key, true).orElse("-");
    if (of != null && !field.equals("-")) {
      require(body, key, of, field, false);
    }
    return field;
  }

  // ---- anomalies and campaigns

  private static Watch anomaly(About about, Section body) {
    String figure = body.text("figure", !body.has("total")).orElse(about.id());
    Filter good = body.has("total") ? filter(body, "good") : null;
    Filter total = body.has("total") ? filter(body, "total") : null;
    if (body.has("figure") && total != null) {
      body.error("figure", figure + ": expected either a figure, or good and total");
    }
    List<String> by = by(body, good, total);
    long window =
        body.parsed(
            "window",
            false,
            MINUTE,
            text -> {
              if (List.of("1 minute", "1 hour").contains(text)) {
                return text.equals("1 hour") ? Objective.HOUR : MINUTE;
              }
              throw new IllegalArgumentException(text + " (expected: 1 minute or 1 hour)");
            });
    Anomaly.Nature nature =
        body.choice("nature", false, Anomaly.Nature.COUNT, Anomaly.Nature.class);
    String watch =
        body.parsed(
            "watch",
            false,
            "both",
            text -> {
              if (List.of("drop", "spike", "both").contains(text)) {
                return text;
              }
              throw new IllegalArgumentException(text + " (expected: drop, spike or both)");
            });
    List<String> explain = body.texts("explain").orElse(List.of());
    for (String dimension : explain) {
      if (by.contains(dimension)) {
        body.error("explain", dimension + ": already in by, so it has one value only");
      }
    }
    double least = body.share("least", false, 0.15, 0, 10);
    double floor = body.real("floor", 10, 0, 1e12);
    boolean money = body.truth("money");
    boolean lags = body.truth("lags");
    Severity severity = body.choice("severity", false, Severity.WARNING, Severity.class);
    return new Anomaly(
        about,
        figure,
        good == null ? null : good.toString(),
        total == null ? null : total.toString(),
        by,
        window,
        nature,
        !watch.equals("spike"),
        !watch.equals("drop"),
        explain,
        least,
        floor,
        money,
        lags,
        severity,
        Calendar.NONE);
  }

  private Watch campaign(About about, Section body) {
    long from = moment(body, "from", true, 0);
    long to = moment(body, "to", true, from + Objective.HOUR);
    long warmUp = moment(body, "warm-up", false, from);
    int hours = (int) ((to - from) / Objective.HOUR);
    if (to <= from || hours > 31 * 24) {
      body.error("to", "expected after from, and at most 31 days later");
      return null;
    }
    if (from % Objective.HOUR != 0 || to % Objective.HOUR != 0) {
      body.error("from", "from and to are full hours, as the target curve is by the hour");
    }
    if (warmUp > from) {
      body.error("warm-up", "later than from (expected: before it)");
    }
    List<Campaign.Peak> peaks = new ArrayList<>();
    for (Section peak : body.sections("peaks")) {
      long at = moment(peak, "at", true, from);
      long length = peak.duration("for", true, MINUTE, MINUTE, DAY);
      peaks.add(new Campaign.Peak(at, at + length, peak.real("times", 1, 1, 1_000)));
      peak.refuseOthers();
      if (at < from || at + length > to) {
        peak.error("at", "not within the campaign");
      }
    }
    List<Campaign.Target> targets = new ArrayList<>();
    for (Section target : body.sections("targets")) {
      targets.add(target(target, hours));
      target.refuseOthers();
    }
    if (targets.isEmpty()) {
      body.error("targets", "expected at least one");
    }
    List<Tiers.Tier> behind = steps(body, "behind");
    for (Section load : body.sections("capacity")) {
      Filter of = filter(load, "of");
      String name = load.text("name", true).orElse("-");
      double tested = load.real("tested", 0, 0.001, 1e9);
      List<Tiers.Tier> steps = steps(load, "at");
      Words title = load.words("title", new Words(name, name), true);
      load.refuseOthers();
      if (of != null && tested > 0) {
        watches.add(
            new Tiers(
                new About(
                    about.id() + "/" + name, title, about.owner(), about.mode(), about.zone()),
                of.toString(),
                null,
                Tiers.COUNT,
                List.of(),
                tested * 60,
                MINUTE,
                steps,
                0,
                0.05,
                0));
      }
    }
    return new Campaign(about, from, to, warmUp, peaks, targets, behind);
  }

  private static Campaign.Target target(Section target, int hours) {
    String name = target.text("name", true).orElse("-");
    Words title = target.words("title", new Words(name, name), false);
    String figure = target.text("figure", true).orElse("-");
    double total = target.real("total", 0, 0, 1e15);
    boolean money = target.truth("money");
    boolean byDay = target.truth("by-day");
    List<String> curve = target.texts("curve").orElse(List.of());
    double[] shares = new double[hours];
    double sum = 0;
    if (curve.size() != hours) {
      target.error("curve", curve.size() + " numbers (expected: one for each hour, " + hours + ")");
    } else {
      for (int i = 0; i < hours; i++) {
        try {
          shares[i] = Math.max(0, Double.parseDouble(curve.get(i)));
        } catch (NumberFormatException wrong) {
          target.error("curve", curve.get(i) + " (expected: numbers)");
        }
        sum += shares[i];
      }
    }
    if (!(total > 0 && (sum > 0 || curve.size() != hours))) {
      target.error("total", "expected more than 0, and a curve that is not all 0");
    }
    for (int i = 0; i < hours; i++) {
      shares[i] *= sum > 0 ? total / sum : 0;
    }
    return new Campaign.Target(name, title, figure, money, byDay, shares);
  }

  /** A local time of the shop, {@code 2026-11-11T00:00}, as milliseconds. */
  private long moment(Section section, String key, boolean required, long fallback) {
    return section.parsed(
        key,
        required,
        fallback,
        text -> {
          try {
            return LocalDateTime.parse(text).atZone(zone).toInstant().toEpochMilli();
          } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(text + " (expected: a time: 2026-11-11T00:00)");
          }
        });
  }
}
