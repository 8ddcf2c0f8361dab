package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.rules.watch.Findings;
import io.fenghuo.rules.watch.NeededFigure;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.WatchState;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Severity;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The test beside a watch: series of figures in, alerts at times out.
 *
 * <pre>
 * series:
 *   - where: { method: alipay }        # dimension values; none for the shop as a whole
 *     points: 995/1000x60 900..500/1000x10 _x5 day(400)x2
 *     noise: chance                    # or a percentage; with seed
 *     but: [ { at: 1d10h, for: 20m, times: 0.4 } ]
 * expect:
 *   - { key: method=alipay, at: 64m, severity: critical, end: 80m, text: "99.5%" }
 * </pre>
 *
 * <p>Times count from 2026-01-01 00:00 in the shop's zone, a Thursday, unless {@code start} says
 * otherwise. A point is a value or numerator/denominator; {@code a..b} goes evenly from one to the
 * other, {@code _} is a window without a reading, {@code day(n)} a day of a shop's trade with n in
 * its busiest window, {@code xN} repeats. {@code figure} names one of the watch's figures; default
 * the first. A reading comes when its window ends, or, where {@code early} is true, when it begins,
 * as it does for windows that are looked at while they fill.
 */
public final class WatchTest {

  private static final String ENDING = ".test.yaml";
  private static final int MOST_RESTARTS = 3_000;
  private static final long DAY = 86_400_000L;
  private static final Pattern TIME = Pattern.compile("(\\d+)\\s*([smhd])");
  private static final Pattern POINT =
      Pattern.compile("(_|day\\([^)]*\\)|[-0-9./]+?(?:\\.\\.[-0-9./]+)?)(?:x(\\d+))?");

  /** An alert a test expects; times in milliseconds from the test's start, -1 when not checked. */
  private record Expected(
      int line,
      String watch,
      String key,
      long at,
      long within,
      Severity severity,
      Map<Severity, Long> climbs,
      long starts,
      long end,
      List<String> texts) {}

  /** A reading and when it comes. */
  private record Arrival(long time, Reading reading) {}

  /** What became of one alert. */
  private static final class Seen {
    final Map<Severity, Long> times = new LinkedHashMap<>();
    Alert first;
    long ended = -1;
  }

  private final String file;
  private final String id;
  private final ZoneId zone;
  private final List<RuleError> errors = new ArrayList<>();
  private final List<Arrival> readings = new ArrayList<>();
  private final List<Expected> expected = new ArrayList<>();
  private Watches watches;
  private Watch watch;
  private long start;
  private long runs;

  private WatchTest(String id, Map<String, String> files, ZoneId zone) {
    this.id = id;
    this.file = id + ENDING;
    this.zone = zone;
    try {
      watches = Watches.read(needed(files), zone);
      watch = watches.watch(id).orElse(null);
    } catch (RuleErrors wrong) {
      errors.addAll(wrong.errors());
    }
    if (watch == null && errors.isEmpty()) {
      errors.add(new RuleError(file, 0, "a test of no watch (expected: " + id + ".yaml)"));
    }
    if (errors.isEmpty()) {
      Section.parse(file, files.get(file), errors).ifPresent(this::read);
    }
  }

  /** The watch, and campaigns, whose calendar others look at. */
  private Map<String, String> needed(Map<String, String> files) {
    Map<String, String> needed = new TreeMap<>();
    files.forEach(
        (path, text) -> {
          boolean campaign =
              Section.parse(path, text, new ArrayList<>())
                  .filter(section -> section.has("campaign"))
                  .isPresent();
          if (path.equals(id + ".yaml") || campaign) {
            needed.put(path, text);
          }
        });
    return needed;
  }

  /** The test of a watch, or empty when there is none. */
  public static Optional<WatchTest> of(String id, Map<String, String> files, ZoneId zone) {
    return files.containsKey(id + ENDING)
        ? Optional.of(new WatchTest(id, files, zone))
        : Optional.empty();
  }

  /** The ids of the watches in these files. */
  public static List<String> watchesIn(Map<String, String> files) {
    TreeSet<String> ids = new TreeSet<>();
    files.forEach(
        (path, text) -> {
          boolean isWatch =
              !path.endsWith(ENDING)
                  && Section.parse(path, text, new ArrayList<>())
                      .filter(Watches::isDefinition)
                      .isPresent();
          if (isWatch) {
            ids.add(path.replaceFirst("\\.ya?ml$", ""));
          }
        });
    return List.copyOf(ids);
  }

  // ---- reading

  private void read(Section section) {
    start = section.parsed("start", false, millis("2026-01-01T00:00:00"), this::millis);
    section.sections("series").forEach(this::series);
    runs = time(section, "run", -1);
    for (Section one : section.sections("expect")) {
      expected.add(expected(one));
      one.refuseOthers();
    }
    if (!section.has("expect")) {
      errors.add(new RuleError(file, 0, "expect: missing (expected: a list, [] for no alert)"));
    }
    section.refuseOthers();
    readings.sort(
        Comparator.comparingLong(Arrival::time)
            .thenComparing(arrival -> arrival.reading().figure()));
  }

  private long millis(String local) {
    try {
      return java.time.LocalDateTime.parse(local).atZone(zone).toInstant().toEpochMilli();
    } catch (java.time.DateTimeException wrong) {
      throw new IllegalArgumentException(local + " (expected: a time such as 2026-01-01T00:00)");
    }
  }

  private static long time(Section section, String key, long fallback) {
    return section.parsed(
        key,
        false,
        fallback,
        text -> {
          Matcher matcher = TIME.matcher(text);
          long sum = 0;
          int at = 0;
          while (matcher.find() && matcher.start() == at) {
            long unit =
                switch (matcher.group(2)) {
                  case "s" -> 1_000L;
                  case "m" -> 60_000L;
                  case "h" -> 3_600_000L;
                  default -> DAY;
                };
            sum += Long.parseLong(matcher.group(1)) * unit;
            at = matcher.end();
          }
          if (at != text.length()) {
            throw new IllegalArgumentException(text + " (expected: a time such as 1d2h30m10s)");
          }
          return sum;
        });
  }

  private Expected expected(Section one) {
    Map<Severity, Long> climbs = new EnumMap<>(Severity.class);
    one.section("climbs", false)
        .ifPresent(
            section -> {
              for (Severity severity : Severity.values()) {
                String key = severity.name().toLowerCase(Locale.ROOT);
                if (section.has(key)) {
                  climbs.put(severity, time(section, key, 0));
                }
              }
              section.refuseOthers();
            });
    return new Expected(
        one.line(),
        one.text("alert", false).orElse(id),
        one.text("key", false).orElse(""),
        time(one, "at", -1),
        time(one, "within", 0),
        one.choice("severity", false, null, Severity.class),
        climbs,
        time(one, "starts", -1),
        time(one, "end", -1),
        one.texts("texts").orElse(List.of()));
  }

  private void series(Section one) {
    String figure = one.text("figure", false).orElse(watch.needs().get(0).name());
    SortedMap<String, String> where = new TreeMap<>();
    if (one.has("where")) {
      one.values("where")
          .ifPresent(values -> values.forEach((name, value) -> where.put(name, "" + value)));
    }
    boolean known =
        needs().stream()
            .anyMatch(
                need ->
                    need.name().equals(figure) && where.keySet().equals(new TreeSet<>(need.by())));
    if (!known) {
      one.error(
          "figure",
          figure
              + " by "
              + where.keySet()
              + " (expected one of "
              + needs().stream().map(need -> need.name() + " by " + need.by()).toList()
              + ")");
    }
    long window =
        needs().stream()
            .filter(need -> need.name().equals(figure))
            .findFirst()
            .map(NeededFigure::window)
            .orElse(60_000L);
    long at = time(one, "at", 0);
    boolean early = one.truth("early");
    Series series =
        new Series(
            one.text("noise", false).orElse("0%"), one.number("seed", 1, 1, 999_999_999), window);
    for (Section but : one.sections("but")) {
      long from = time(but, "at", 0);
      series.but(from, from + time(but, "for", window), but.real("times", 1, 0, 1_000));
      but.refuseOthers();
    }
    one.text("points", true)
        .ifPresent(
            points -> {
              long offset = at;
              for (String text : points.strip().split("\\s+")) {
                Matcher point = POINT.matcher(text);
                if (!point.matches()) {
                  one.error("points", text + " (expected: 12, 3/4, 1..5x10, _x3 or day(400)x2)");
                  return;
                }
                int times = point.group(2) == null ? 1 : Integer.parseInt(point.group(2));
                offset = points(series, figure, where, early, point.group(1), times, offset);
              }
            });
    one.refuseOthers();
  }

  /** The watch's figures, and those of the watches a campaign makes. */
  private List<NeededFigure> needs() {
    return watches.all().stream()
        .filter(one -> isOurs(one.about().id()))
        .flatMap(one -> one.needs().stream())
        .toList();
  }

  private boolean isOurs(String watchId) {
    return watchId.equals(id) || watchId.startsWith(id + "/");
  }

  private long points(
      Series series,
      String figure,
      SortedMap<String, String> where,
      boolean early,
      String point,
      int times,
      long from) {
    boolean day = point.startsWith("day(");
    String[] ends = (day ? point.substring(4, point.length() - 1) : point).split("\\.\\.");
    long count = day ? times * (DAY / series.window()) : times;
    for (long n = 0; n < count; n++) {
      long at = from + n * series.window();
      if (point.equals("_")) {
        continue;
      }
      double share = ends.length == 1 || count == 1 ? 0 : (double) n / (count - 1);
      double shape = day ? Series.trade(Math.floorMod(at, DAY)) : 1;
      double top = between(ends, 0, share);
      double bottom = between(ends, 1, share);
      double[] drawn = series.draw(at, top * shape, bottom * shape);
      Reading reading =
          new Reading(
              figure,
              where,
              start + at,
              start + at + series.window(),
              drawn[1] == 0 ? Double.NaN : drawn[0] / (Double.isNaN(bottom) ? 1 : drawn[1]),
              drawn[0],
              drawn[1],
              1);
      readings.add(new Arrival(early ? reading.from() : reading.to(), reading));
    }
    return from + count * series.window();
  }

  /** Numerator (part 0) or denominator (part 1, NaN when there is none) between two ends. */
  private static double between(String[] ends, int part, double share) {
    String[] first = ends[0].split("/");
    String[] last = ends[ends.length - 1].split("/");
    // 900..500/1000: the denominator stands once.
    if (part == 1 && last.length < 2) {
      return Double.NaN;
    }
    double a = Double.parseDouble(part < first.length ? first[part] : last[part]);
    double b = Double.parseDouble(last[part]);
    return a + share * (b - a);
  }

  // ---- running

  /**
   * Runs the series through the watch.
   *
   * @param restart whether each state is packed and unpacked after every reading and time; of
   *     series longer than 3,000 readings, after some of them
   * @return what is wrong, empty when all is as expected
   */
  public List<RuleError> run(boolean restart) {
    if (!errors.isEmpty()) {
      return List.copyOf(errors);
    }
    Map<String, Seen> seen = new LinkedHashMap<>();
    replay(restart, seen);
    seen.values().removeIf(alert -> !isOurs(alert.first.getRuleId()));
    return compare(new ArrayList<>(seen.values()));
  }

  private void replay(boolean restart, Map<String, Seen> seen) {
    Map<String, WatchState> states = new TreeMap<>();
    Map<String, Watch> owners = new TreeMap<>();
    for (Watch one : watches.all()) {
      if (one.fromTheStart()) {
        String key = watches.place(one, new TreeMap<>()).key();
        states.put(key, one.open(new TreeMap<>()));
        owners.put(key, one);
      }
    }
    Packer packer = new Packer();
    long every = watches.all().stream().mapToLong(Watch::every).min().orElse(60_000L);
    long last = readings.isEmpty() ? start : readings.get(readings.size() - 1).time();
    long end = runs >= 0 ? start + runs : last;
    // Weeks of seconds would take minutes: of long series every so-manieth moment.
    int stride = 1 + readings.size() / MOST_RESTARTS;
    int next = 0;
    for (long now = start; now <= end; now += every) {
      while (next < readings.size() && readings.get(next).time() <= now) {
        Reading reading = readings.get(next++).reading();
        for (Watches.Place place : watches.places(reading)) {
          String key = place.key();
          owners.put(key, place.watch());
          states.computeIfAbsent(key, any -> place.watch().open(place.subject())).read(reading);
          if (restart && next % stride == 0) {
            states.put(key, again(place.watch(), states.get(key), packer));
          }
        }
      }
      Recorder recorder = new Recorder(now, seen);
      for (Map.Entry<String, WatchState> state : states.entrySet()) {
        state.getValue().time(now, recorder);
        if (restart && (now / every) % stride == 0) {
          state.setValue(again(owners.get(state.getKey()), state.getValue(), packer));
        }
      }
    }
  }

  private static WatchState again(Watch watch, WatchState state, Packer packer) {
    packer.reset();
    state.pack(packer);
    return watch.unpack(new Unpacker(packer.toBytes()));
  }

  private record Recorder(long now, Map<String, Seen> seen) implements Findings {
    @Override
    public void alert(Alert alert) {
      Seen one = seen.computeIfAbsent(alert.getAlertId(), any -> new Seen());
      if (one.first == null) {
        one.first = alert;
      }
      if (alert.getEndsAt() != null) {
        one.ended = alert.getEndsAt();
      } else {
        one.times.put(alert.getSeverity(), now);
      }
    }

    @Override
    public void figure(Reading reading) {
      // Shown to people; a test speaks of alerts.
    }
  }

  private List<RuleError> compare(List<Seen> seen) {
    List<RuleError> problems = new ArrayList<>();
    List<Seen> left = new ArrayList<>(seen);
    for (Expected one : expected) {
      Optional<Seen> found =
          left.stream()
              .filter(
                  alert ->
                      alert.first.getLabels().get("key").equals(one.key())
                          && alert.first.getRuleId().equals(one.watch()))
              .findFirst();
      if (found.isEmpty()) {
        problems.add(wrong(one, "no such alert (expected at " + spell(one.at()) + ")"));
        continue;
      }
      left.remove(found.get());
      compare(one, found.get(), problems);
    }
    for (Seen alert : left) {
      problems.add(new RuleError(file, 0, "not expected: " + describe(alert)));
    }
    return problems;
  }

  private RuleError wrong(Expected one, String problem) {
    String key = one.key().isEmpty() ? "" : one.key() + ": ";
    return new RuleError(file, one.line(), key + problem);
  }

  private void compare(Expected one, Seen alert, List<RuleError> problems) {
    Map.Entry<Severity, Long> first = alert.times.entrySet().iterator().next();
    long at = first.getValue() - start;
    boolean onTime = one.at() < 0 || (at >= one.at() && at <= one.at() + one.within());
    boolean severe = one.severity() == null || one.severity() == first.getKey();
    boolean climbed = true;
    for (Map.Entry<Severity, Long> climb : alert.times.entrySet()) {
      if (climb.getKey() != first.getKey() && !one.climbs().isEmpty()) {
        long due = one.climbs().getOrDefault(climb.getKey(), -1L);
        long when = climb.getValue() - start;
        climbed &= due >= 0 && when >= due && when <= due + one.within();
      }
    }
    climbed &= alert.times.keySet().containsAll(one.climbs().keySet());
    boolean starts = one.starts() < 0 || alert.first.getStartsAt() - start == one.starts();
    long ended = alert.ended < 0 ? -1 : alert.ended - start;
    boolean ends = one.end() < 0 || (ended >= one.end() && ended <= one.end() + one.within());
    if (!(onTime && severe && climbed && starts && ends)) {
      problems.add(wrong(one, "not as expected: " + describe(alert)));
    }
    for (String text : one.texts()) {
      Map<String, String> annotations = alert.first.getAnnotations();
      boolean says =
          annotations.get("summary_zh").contains(text)
              || annotations.get("summary_en").contains(text);
      if (!says) {
        problems.add(wrong(one, "does not say \"" + text + "\": " + annotations));
      }
    }
  }

  private String describe(Seen alert) {
    StringBuilder text = new StringBuilder(alert.first.getFingerprint());
    alert.times.forEach(
        (severity, at) ->
            text.append(' ')
                .append(severity.name().toLowerCase(Locale.ROOT))
                .append(" at ")
                .append(spell(at - start)));
    text.append(", starts ").append(spell(alert.first.getStartsAt() - start));
    text.append(", ends ").append(alert.ended < 0 ? "never" : spell(alert.ended - start));
    return text.append(": ").append(alert.first.getAnnotations().get("summary_en")).toString();
  }

  private static String spell(long millis) {
    if (millis < 0) {
      return "any time";
    }
    StringBuilder text = new StringBuilder();
    long[] units = {DAY, 3_600_000L, 60_000L, 1_000L};
    String names = "dhms";
    long rest = millis;
    for (int i = 0; i < units.length; i++) {
      if (rest >= units[i]) {
        text.append(rest / units[i]).append(names.charAt(i));
        rest %= units[i];
      }
    }
    return text.isEmpty() ? "0s" : text.toString();
  }

  /** The moment times count from. */
  public Instant start() {
    return Instant.ofEpochMilli(start);
  }
}
