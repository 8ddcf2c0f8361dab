package io.fenghuo.alerting.config;

import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.ChannelKind;
import io.fenghuo.alerting.channel.Language;
import io.fenghuo.alerting.channel.Surroundings;
import io.fenghuo.alerting.channel.Template;
import io.fenghuo.alerting.channel.Wire;
import io.fenghuo.alerting.channel.Wording;
import io.fenghuo.alerting.escalate.ClockRule;
import io.fenghuo.alerting.escalate.Escalation;
import io.fenghuo.alerting.escalate.Person;
import io.fenghuo.alerting.escalate.Roster;
import io.fenghuo.alerting.escalate.Team;
import java.io.PrintWriter;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads the routing file: Alertmanager's vocabulary (route, receivers, inhibit_rules,
 * time_intervals), and people, teams, escalations and clocks beside it. Everything is checked, also
 * what refers to something else in the file; every key that nobody knows is a mistake.
 */
public final class RoutingFile {

  /** The longest a request may take: two of them, as for SMS, end well within a lane's lease. */
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(15);

  private static final List<ClockRule> USUAL_CLOCKS =
      List.of(
          new ClockRule(
              List.of(Matcher.parse("outage=\"true\"")),
              Duration.ofMinutes(10),
              Duration.ofMinutes(30)),
          new ClockRule(
              List.of(Matcher.parse("severity=~\"notice|info|none\"")),
              Duration.ZERO,
              Duration.ZERO),
          new ClockRule(List.of(), Duration.ofMinutes(30), Duration.ofHours(2)));

  private final String name;
  private final PrintWriter console;
  private final List<ConfigError> errors = new ArrayList<>();
  private final Map<String, ChannelKind> kinds = new TreeMap<>();

  private RoutingFile(String name, PrintWriter console) {
    this.name = name;
    this.console = console;
    ServiceLoader.load(ChannelKind.class, ChannelKind.class.getClassLoader())
        .forEach(kind -> kinds.put(kind.key(), kind));
  }

  /**
   * Reads a routing file.
   *
   * @param name of the file, for messages
   * @param console what a console channel prints to
   * @throws ConfigException with every mistake in it
   */
  public static Routing read(String name, String text, PrintWriter console) {
    return new RoutingFile(name, console).read(text);
  }

  private Routing read(String text) {
    Section file = Section.parse(name, text, errors).orElse(null);
    if (file == null) {
      throw new ConfigException(errors);
    }
    Section global = file.section("global").orElse(empty());
    Duration resolveTimeout = global.duration("resolve_timeout", Duration.ofMinutes(5));
    Duration happeningLasts = global.duration("happening_lasts", Duration.ofHours(4));
    Duration forgetAfter = global.duration("forget_after", Duration.ofHours(24));
    String externalUrl = global.text("external_url", "http://127.0.0.1:9093").replaceAll("/+$", "");
    Duration linkLasts = global.duration("link_lasts", Duration.ofHours(24));
    Wording wording =
        new Wording(
            global.parsed("language", Language.ZH, Language::parse),
            global.parsed("zone", ZoneId.of("Asia/Shanghai"), ZoneId::of),
            templates(file),
            runbook(global));
    Wire wire =
        new Wire(new HashSet<>(global.texts("allow_private_hosts")), requestTimeout(global));
    Routing.SelfWatch selfWatch =
        new Routing.SelfWatch(
            global.duration("heartbeat_every", Duration.ZERO),
            global.duration("quiet_after", Duration.ZERO),
            global.parsed("digest_at", -1, RoutingFile::secondOfDay),
            global.text("digest_receiver", ""));
    global.refuseOthers();

    Roster roster = new Roster(people(file), teams(file));
    checkPeople(file, roster);
    Map<String, TimeInterval> intervals = new LinkedHashMap<>();
    for (String key : List.of("time_intervals", "mute_time_intervals")) {
      for (Section section : file.sections(key)) {
        TimeInterval interval = TimeInterval.read(section);
        if (intervals.put(interval.name(), interval) != null) {
          section.error("name", interval.name() + " stands twice");
        }
      }
    }
    Map<String, Receiver> receivers =
        receivers(file, new Surroundings(wire, wording, roster, console));
    if (!selfWatch.digestReceiver().isEmpty()
        && !receivers.containsKey(selfWatch.digestReceiver())) {
      global.error("digest_receiver", selfWatch.digestReceiver() + " is no receiver");
    }
    Map<String, Escalation> escalations = escalations(file, receivers);
    List<ClockRule> clocks = clocks(file);
    List<InhibitRule> inhibitRules = inhibitRules(file);
    Route root = root(file, receivers, intervals, escalations);
    file.refuseOthers();
    if (!errors.isEmpty()) {
      errors.sort(Comparator.comparingInt(ConfigError::line));
      throw new ConfigException(errors);
    }
    return new Routing(
        text,
        resolveTimeout,
        happeningLasts,
        forgetAfter,
        externalUrl,
        linkLasts,
        selfWatch,
        wording,
        root,
        receivers,
        inhibitRules,
        intervals,
        roster,
        escalations,
        clocks);
  }

  private static Section empty() {
    return Section.parse("", "{}", new ArrayList<>()).orElseThrow();
  }

  private static int secondOfDay(String text) {
    return LocalTime.parse(text).toSecondOfDay();
  }

  private static Optional<Template> runbook(Section global) {
    String address = global.text("runbook_url", "");
    if (address.isEmpty()) {
      return Optional.empty();
    }
    if (!address.matches("https?://.*")) {
      global.error("runbook_url", address + " (expected: an address, https://…/{labels.rule})");
    }
    return Optional.ofNullable(
        global.parsed("runbook_url", null, text -> new Template("", text, text)));
  }

  private static Duration requestTimeout(Section global) {
    Duration timeout = global.duration("request_timeout", Duration.ofSeconds(10));
    if (timeout.isZero() || timeout.compareTo(LONGEST_REQUEST) > 0) {
      global.error(
          "request_timeout",
          Durations.write(timeout)
              + " (expected: more than 0s, at most "
              + Durations.write(LONGEST_REQUEST)
              + ")");
      return LONGEST_REQUEST;
    }
    return timeout;
  }

  private static List<Template> templates(Section file) {
    List<Template> templates = new ArrayList<>();
    for (Section section : file.sections("lines")) {
      String name = section.required("name");
      String zh = section.text("zh", section.text("en", ""));
      String en = section.text("en", zh);
      try {
        templates.add(new Template(name, zh, en));
      } catch (IllegalArgumentException wrong) {
        section.error(section.has("zh") ? "zh" : "en", wrong.getMessage());
      }
      section.refuseOthers();
    }
    return templates;
  }

  private static Map<String, Person> people(Section file) {
    Map<String, Person> people = new LinkedHashMap<>();
    for (Section section : file.sections("people")) {
      String id = section.required("id");
      Person person =
          new Person(
              id,
              section.text("name", id),
              section.parsed("mobile", "", RoutingFile::mobile),
              section.text("email", ""));
      section.refuseOthers();
      if (people.put(id, person) != null) {
        section.error("id", id + " stands twice");
      }
    }
    return people;
  }

  private static String mobile(String text) {
    String digits = text.replace(" ", "");
    if (!digits.matches("\\+?\\d{5,15}(-\\d{4,15})?")) {
      throw new IllegalArgumentException("not a number that can be called (expected: digits)");
    }
    return digits;
  }

  private static Map<String, Team> teams(Section file) {
    Map<String, Team> teams = new LinkedHashMap<>();
    for (Section section : file.sections("teams")) {
      String name = section.required("name");
      List<String> members = section.texts("members");
      String manager = section.text("manager", "");
      Section duty = section.section("duty").orElse(empty());
      ZoneId zone = duty.parsed("zone", ZoneId.of("Asia/Shanghai"), ZoneId::of);
      List<Team.Override> overrides = new ArrayList<>();
      for (Section override : duty.sections("overrides")) {
        Instant from = override.parsed("from", Instant.EPOCH, RoutingFile::instant);
        Instant until = override.parsed("until", Instant.EPOCH, RoutingFile::instant);
        String person = override.required("person");
        if (!from.isBefore(until)) {
          override.error("until", "not after from (expected: later)");
        }
        override.refuseOthers();
        overrides.add(new Team.Override(from, until, person));
      }
      Team team =
          new Team(
              name,
              members,
              manager,
              duty.texts("rotation"),
              duty.parsed("start", LocalDate.of(2026, 1, 5), LocalDate::parse),
              duty.parsed(
                  "handover_day",
                  DayOfWeek.MONDAY,
                  day -> DayOfWeek.valueOf(day.toUpperCase(Locale.ROOT))),
              duty.parsed("handover_time", LocalTime.of(10, 0), LocalTime::parse),
              zone,
              overrides,
              duty.parsedList("holidays", RoutingFile::days).stream()
                  .flatMap(List::stream)
                  .sorted()
                  .distinct()
                  .toList(),
              duty.texts("holiday_people"));
      duty.refuseOthers();
      section.refuseOthers();
      if (teams.put(name, team) != null) {
        section.error("name", name + " stands twice");
      }
    }
    return teams;
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  /** {@code 2026-10-01} or {@code 2026-10-01..2026-10-07}, both ends included. */
  private static List<LocalDate> days(String text) {
    String[] ends = text.split("\\.\\.", 2);
    LocalDate first = LocalDate.parse(ends[0].strip());
    LocalDate last = LocalDate.parse(ends[ends.length - 1].strip());
    if (last.isBefore(first) || last.isAfter(first.plusDays(60))) {
      throw new IllegalArgumentException(text + " (expected: first..last, at most 60 days)");
    }
    return first.datesUntil(last.plusDays(1)).toList();
  }

  private static void checkPeople(Section file, Roster roster) {
    for (Team team : roster.teams().values()) {
      Set<String> named = new LinkedHashSet<>(team.members());
      named.addAll(team.rotation());
      named.addAll(team.holidayPeople());
      team.overrides().forEach(override -> named.add(override.person()));
      if (!team.manager().isEmpty()) {
        named.add(team.manager());
      }
      for (String id : named) {
        if (!roster.people().containsKey(id)) {
          file.error("teams", team.name() + ": " + id + " is nobody of people");
        }
      }
    }
  }

  private Map<String, Receiver> receivers(Section file, Surroundings surroundings) {
    Map<String, Receiver> receivers = new LinkedHashMap<>();
    Map<String, Section> fallbacks = new LinkedHashMap<>();
    for (Section section : file.sections("receivers")) {
      String receiver = section.required("name");
      Map<String, Channel> channels = new LinkedHashMap<>();
      for (ChannelKind kind : kinds.values()) {
        int index = 0;
        for (Section config : section.sections(kind.key() + "_configs")) {
          Channel channel = kind.read(config, surroundings);
          config.refuseOthers();
          channels.put(receiver + "/" + kind.key() + "[" + index++ + "]", channel);
        }
      }
      Duration deliverWithin = section.duration("deliver_within", Duration.ofMinutes(5));
      String fallback = section.text("fallback", "");
      section.refuseOthers();
      if (!fallback.isEmpty()) {
        fallbacks.put(receiver, section);
      }
      Receiver read = new Receiver(receiver, section.line(), channels, deliverWithin, fallback);
      if (receivers.put(receiver, read) != null) {
        section.error("name", receiver + " stands twice");
      }
    }
    fallbacks.forEach(
        (receiver, section) -> {
          Set<String> seen = new HashSet<>();
          String next = receiver;
          while (!next.isEmpty() && seen.add(next)) {
            Receiver known = receivers.get(next);
            if (known == null) {
              section.error("fallback", next + " is no receiver");
              return;
            }
            next = known.fallback();
          }
          if (!next.isEmpty()) {
            section.error("fallback", "leads back to " + next);
          }
        });
    return receivers;
  }

  private static Map<String, Escalation> escalations(
      Section file, Map<String, Receiver> receivers) {
    Map<String, Escalation> escalations = new LinkedHashMap<>();
    for (Section section : file.sections("escalations")) {
      String name = section.required("name");
      List<Escalation.Step> steps = new ArrayList<>();
      Duration last = Duration.ZERO;
      for (Section step : section.sections("steps")) {
        Duration after = step.duration("after", Duration.ZERO);
        String receiver = step.required("receiver");
        if (!receiver.isEmpty() && !receivers.containsKey(receiver)) {
          step.error("receiver", receiver + " is no receiver");
        }
        if (after.compareTo(last) < 0) {
          step.error("after", Durations.write(after) + " is before the step above it");
        }
        last = after;
        step.refuseOthers();
        steps.add(new Escalation.Step(after, receiver));
      }
      section.refuseOthers();
      if (steps.isEmpty()) {
        section.error("steps", "missing");
      }
      escalations.put(name, new Escalation(name, steps));
    }
    return escalations;
  }

  private static List<ClockRule> clocks(Section file) {
    List<ClockRule> clocks = new ArrayList<>();
    for (Section section : file.sections("clocks")) {
      clocks.add(
          new ClockRule(
              section.matchers("matchers"),
              section.duration("answer_within", Duration.ofMinutes(30)),
              section.duration("resolve_within", Duration.ofHours(2))));
      section.refuseOthers();
    }
    clocks.addAll(USUAL_CLOCKS);
    return clocks;
  }

  private static List<InhibitRule> inhibitRules(Section file) {
    List<InhibitRule> rules = new ArrayList<>();
    for (Section section : file.sections("inhibit_rules")) {
      rules.add(
          new InhibitRule(
              section.matchers("source_matchers"),
              section.matchers("target_matchers"),
              section.texts("equal")));
      if (!section.has("source_matchers") || !section.has("target_matchers")) {
        section.error(
            "source_matchers", "expected source_matchers and target_matchers: one is missing");
      }
      section.refuseOthers();
    }
    return rules;
  }

  private Route root(
      Section file,
      Map<String, Receiver> receivers,
      Map<String, TimeInterval> intervals,
      Map<String, Escalation> escalations) {
    Section section = file.section("route").orElse(null);
    Route above =
        new Route(
            "",
            0,
            List.of(),
            "",
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofHours(4),
            false,
            List.of(),
            List.of(),
            "",
            List.of());
    if (section == null) {
      if (!file.has("route")) {
        errors.add(new ConfigError(name, 0, "route: missing"));
      }
      return above;
    }
    for (String key :
        List.of(
            "matchers",
            "match",
            "match_re",
            "continue",
            "mute_time_intervals",
            "active_time_intervals")) {
      if (section.has(key)) {
        section.error(key, "the root route takes every alert, always");
      }
    }
    return route(section, above, "{}", receivers, intervals, escalations);
  }

  private Route route(
      Section section,
      Route above,
      String id,
      Map<String, Receiver> receivers,
      Map<String, TimeInterval> intervals,
      Map<String, Escalation> escalations) {
    List<Matcher> matchers = matchers(section);
    String receiver = section.text("receiver", above.receiver());
    if (receiver.isEmpty()) {
      section.error("receiver", "missing (expected the name of a receiver)");
    } else if (section.has("receiver") && !receivers.containsKey(receiver)) {
      section.error("receiver", receiver + " is no receiver");
    }
    List<String> groupBy = section.has("group_by") ? section.texts("group_by") : above.groupBy();
    if (groupBy.size() > 1 && groupBy.contains("...")) {
      section.error("group_by", "... stands for every label (expected: alone)");
    }
    if (new HashSet<>(groupBy).size() < groupBy.size()) {
      section.error("group_by", "a label stands twice");
    }
    Duration groupWait = section.duration("group_wait", above.groupWait());
    Duration groupInterval = section.duration("group_interval", above.groupInterval());
    Duration repeatInterval = section.duration("repeat_interval", above.repeatInterval());
    if (groupInterval.isZero()) {
      section.error("group_interval", "0s (expected: more)");
    }
    if (repeatInterval.isZero()) {
      section.error("repeat_interval", "0s (expected: more)");
    }
    boolean continues = section.truth("continue", false);
    List<String> muteTimes = times(section, "mute_time_intervals", intervals);
    List<String> activeTimes = times(section, "active_time_intervals", intervals);
    String escalation = section.text("escalation", above.escalation());
    if (!escalation.isEmpty() && !escalations.containsKey(escalation)) {
      section.error("escalation", escalation + " is no escalation");
    }
    Route here =
        new Route(
            id,
            section.line(),
            matchers,
            receiver,
            groupBy,
            groupWait,
            groupInterval,
            repeatInterval,
            continues,
            muteTimes,
            activeTimes,
            escalation,
            List.of());
    List<Route> children = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Section child : section.sections("routes")) {
      String childId = id + "/" + text(child);
      for (int twin = 2; !ids.add(childId); twin++) {
        childId = id + "/" + text(child) + "#" + twin;
      }
      children.add(route(child, here, childId, receivers, intervals, escalations));
    }
    section.refuseOthers();
    return here.withRoutes(children);
  }

  /** The matchers of a child, for its id; mistakes in them are told when it is read itself. */
  private static String text(Section child) {
    int before = child.mistakes();
    List<Matcher> matchers = matchers(child);
    child.forgetMistakesAfter(before);
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
  }

  private static List<Matcher> matchers(Section section) {
    List<Matcher> matchers = new ArrayList<>(section.matchers("matchers"));
    section
        .mapping("match")
        .forEach((name, value) -> matchers.add(new Matcher(name, value, false, true)));
    section
        .mapping("match_re")
        .forEach(
            (name, value) -> {
              try {
                matchers.add(new Matcher(name, value, true, true));
              } catch (IllegalArgumentException wrong) {
                section.error("match_re", wrong.getMessage());
              }
            });
    return matchers;
  }

  private static List<String> times(
      Section section, String key, Map<String, TimeInterval> intervals) {
    List<String> names = section.texts(key);
    for (String each : names) {
      if (!intervals.containsKey(each)) {
        section.error(key, each + " is none of time_intervals");
      }
    }
    return names;
  }
}
