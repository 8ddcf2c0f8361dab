package io.fenghuo.rules.definition;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.EventType.ValueKind;
import io.fenghuo.rules.definition.Feature.Aggregate;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From YAML texts to a rule set in which every name is known. What it refuses, it refuses with file
 * and line.
 */
final class RuleSetReader {

  static final long DAY = 86_400_000L;
  private static final long LEAST_WINDOW = 1_000L;
  private static final long LONGEST_WINDOW = 30 * DAY;
  private static final long PIECE = 600_000L;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern ID =
      Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*");

  private final Map<String, String> files;
  private final List<RuleError> errors = new ArrayList<>();
  private final Map<String, Feature> features = new TreeMap<>();
  private final Map<String, Section> ruleSections = new TreeMap<>();
  private final Map<String, Rule> rules = new TreeMap<>();
  private final Map<String, String> lines = new HashMap<>();
  private List<ApprovedMode> approved = List.of();
  private Policy policy = Policy.DEFAULT;

  RuleSetReader(Map<String, String> files) {
    this.files = new TreeMap<>(files);
    this.files.keySet().removeIf(path -> path.endsWith(".test.yaml") || RuleSet.isOfFigures(path));
  }

  RuleSet read() throws RuleErrors {
    files.forEach(this::file);
    ruleSections.forEach(this::rule);
    checkSequenceNames();
    rules.values().forEach(this::checkNames);
    approve();
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors);
    }
    return new RuleSet(
        List.copyOf(features.values()),
        List.copyOf(rules.values()),
        policy,
        RuleSet.digest(files),
        Map.copyOf(lines),
        Map.copyOf(files),
        approved);
  }

  /** The files have the first word about modes, people the last. */
  private void approve() {
    approved =
        approved.stream()
            .map(mode -> mode.of(Optional.ofNullable(rules.get(mode.rule()))))
            .sorted(Comparator.comparing(ApprovedMode::rule))
            .toList();
    for (ApprovedMode mode : approved) {
      if (mode.ignoredBecause().isEmpty()) {
        rules.computeIfPresent(mode.rule(), (id, rule) -> rule.in(mode.mode()));
      }
    }
  }

  private void file(String path, String text) {
    Optional<Section> parsed = Section.parse(path, text, errors);
    if (parsed.isEmpty()) {
      return;
    }
    Section section = parsed.get();
    if (Watches.isDefinition(section)) {
      return;
    }
    String base = path.substring(path.lastIndexOf('/') + 1);
    if (base.equals("features.yaml")) {
      section.section("features", true).ifPresent(this::features);
      section.refuseOthers();
    } else if (path.equals("policy.yaml")) {
      section.section("policy", true).ifPresent(this::policy);
      section.refuseOthers();
    } else if (path.equals(ApprovedMode.FILE)) {
      approved = ApprovedMode.read(section);
    } else {
      String id = path.replaceFirst("\\.ya?ml$", "");
      if (!ID.matcher(id).matches()) {
        errors.add(
            new RuleError(
                path, 0, "the path is the rule's id (expected: small letters, digits and - only)"));
      }
      ruleSections.put(id, section);
    }
  }

  private void policy(Section section) {
    long remember = section.duration("remember", false, 0, 0, Duration.ofDays(30).toMillis());
    section
        .section("thresholds", true)
        .ifPresent(
            thresholds -> {
              Map<Outcome, Integer> scores = new EnumMap<>(Outcome.class);
              for (Outcome outcome : EnumSet.range(Outcome.CHALLENGE, Outcome.BLOCK)) {
                int score = thresholds.number(outcome.name(), -1, 0, 1_000);
                if (score >= 0) {
                  scores.put(outcome, score);
                }
              }
              thresholds.refuseOthers();
              policy = new Policy(scores, remember);
            });
    section.refuseOthers();
  }

  // ---- features

  private void features(Section section) {
    for (String name : section.keys()) {
      section.section(name, true).ifPresent(feature -> feature(name, feature));
    }
  }

  private void feature(String fullName, Section section) {
    int dot = fullName.indexOf('.');
    Optional<EntityKind> entity =
        EntityKind.ofLabel(dot < 0 ? fullName : fullName.substring(0, dot));
    String name = fullName.substring(dot + 1);
    if (entity.isEmpty() || dot < 0 || !NAME.matcher(name).matches()) {
      errors.add(
          new RuleError(
              section.file(),
              section.line(),
              fullName
                  + ": expected entity.name with an entity out of "
                  + entityNames()
                  + " and a name of small letters, digits and _"));
      return;
    }
    Filter of = section.parsed("of", true, null, Filter::parse);
    Aggregate aggregate = section.choice("aggregate", true, null, Aggregate.class);
    long window = section.duration("window", true, -1, LEAST_WINDOW, LONGEST_WINDOW);
    Optional<String> field =
        section.text("field", aggregate != null && aggregate != Aggregate.COUNT);
    section.refuseOthers();
    if (of == null || aggregate == null || window < 0) {
      return;
    }
    of.alternatives().forEach(a -> Names.check(section, "of", a.condition().names(), a.type()));
    for (EventType type : of.types()) {
      if (!type.concerns(entity.get())) {
        section.error(
            "of",
            type.label()
                + " has no "
                + entity.get().keyField()
                + ", so it concerns no "
                + entity.get().label());
      }
    }
    ValueKind kind = null;
    if (aggregate == Aggregate.COUNT) {
      if (field.isPresent()) {
        section.error("field", "count looks at no field");
      }
    } else if (field.isPresent()) {
      kind = fieldKind(section, of, field.get());
      boolean arithmetic =
          switch (aggregate) {
            case SUM, AVG, MIN, MAX -> true;
            default -> false;
          };
      if (arithmetic && kind != null && kind != ValueKind.WHOLE && kind != ValueKind.REAL) {
        section.error(
            "field",
            field.get()
                + " is not a number, which "
                + aggregate.name().toLowerCase(Locale.ROOT)
                + " needs");
      }
    }
    if (lines.put(fullName, section.file() + ":" + section.line()) != null) {
      errors.add(new RuleError(section.file(), section.line(), fullName + ": defined twice"));
    }
    if (aggregate == Aggregate.COUNT || kind != null) {
      features.put(
          fullName,
          new Feature(entity.get(), name, of, aggregate, field.orElse(null), kind, window));
    }
  }

  private ValueKind fieldKind(Section section, Filter of, String field) {
    ValueKind kind = null;
    for (EventType type : of.types()) {
      Optional<EventType.Field> found = type.field(field);
      if (found.isEmpty()) {
        section.error("field", Names.unknown(field, type));
        return null;
      }
      if (kind != null && kind != found.get().kind()) {
        section.error("field", field + " is not the same kind of value in " + of);
        return null;
      }
      kind = found.get().kind();
    }
    return kind;
  }

  private static String entityNames() {
    return Arrays.stream(EntityKind.values())
        .map(EntityKind::label)
        .collect(Collectors.joining(", "));
  }

  // ---- rules

  private void rule(String id, Section section) {
    Words title = section.words("title", new Words("-", "-"), true);
    List<String> bodies = Stream.of("when", "sequence", "deadline").filter(section::has).toList();
    if (bodies.size() != 1) {
      errors.add(
          new RuleError(
              section.file(),
              section.line(),
              "expected exactly one of when, sequence, deadline; found "
                  + (bodies.isEmpty() ? "none" : String.join(", ", bodies))));
      return;
    }
    Rule.Body body =
        switch (bodies.get(0)) {
          case "when" -> when(section);
          case "sequence" -> sequence(section);
          default -> deadline(section);
        };
    Outcome outcome = section.choice("outcome", false, Outcome.PASS, Outcome.class);
    int score = section.number("score", Policy.defaultScore(outcome), 0, 100);
    Words reason = section.words("reason", title, false);
    String owner = section.text("owner", false).orElse("-");
    RuleMode mode = section.choice("mode", false, RuleMode.LIVE, RuleMode.class);
    int version = section.number("version", 1, 1, 999_999);
    AlertSpec alert =
        section.section("alert", body instanceof Rule.Deadline).map(this::alert).orElse(null);
    EntityKind entity =
        section.parsed(
            "entity",
            body instanceof Rule.Sequence,
            null,
            text ->
                EntityKind.ofLabel(text)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                text + " (expected one of " + entityNames() + ")")));
    section.refuseOthers();
    if (body == null) {
      return;
    }
    if (body instanceof Rule.Deadline deadline) {
      entity = deadline.entity();
      if (section.has("outcome") || section.has("score")) {
        section.error("outcome", "a deadline raises an alert; it has no outcome or score");
      }
    }
    if (body instanceof Rule.Sequence sequence) {
      if (entity == null) {
        return;
      }
      body = new Rule.Sequence(entity, sequence.within(), sequence.steps());
      for (Rule.Step step : sequence.steps()) {
        if (!step.of().type().concerns(entity)) {
          section.error("sequence", step.of().type().label() + " has no " + entity.keyField());
        }
      }
    }
    EventType trigger = triggerOf(body);
    if (trigger != null && trigger.onlyMeasured()) {
      section.error(bodies.get(0), trigger.label() + " is for figures only; no rule sees one");
    }
    if (body instanceof Rule.When
        && !trigger.bearsOnOrder()
        && alert == null
        && (section.has("outcome") || section.has("score"))) {
      section.error(
          bodies.get(0),
          trigger.label()
              + " belongs to no order, so the rule can only raise an alert (expected: alert)");
    }
    lines.put(id, section.file() + ":" + section.line(bodies.get(0)));
    rules.put(
        id, new Rule(id, version, title, reason, owner, mode, outcome, score, entity, alert, body));
  }

  private static EventType triggerOf(Rule.Body body) {
    if (body instanceof Rule.When when) {
      return when.trigger().type();
    }
    return body instanceof Rule.Sequence sequence ? sequence.last().of().type() : null;
  }

  private AlertSpec alert(Section section) {
    Severity severity = section.choice("severity", true, Severity.WARNING, Severity.class);
    long every = section.duration("every", false, PIECE, 1_000L, 30 * DAY);
    Words summary = section.words("summary", new Words("-", "-"), true);
    section.refuseOthers();
    return new AlertSpec(severity, every, summary);
  }

  private Rule.Body when(Section section) {
    Filter.Alternative trigger =
        section.parsed("when", true, null, text -> Filter.parse(text).single());
    return trigger == null ? null : new Rule.When(trigger);
  }

  private Rule.Body sequence(Section section) {
    long within = section.duration("within", true, -1, LEAST_WINDOW, LONGEST_WINDOW);
    List<Rule.Step> steps = new ArrayList<>();
    for (Section item : section.sections("sequence")) {
      List<String> aliases =
          item.keys().stream()
              .filter(key -> !key.equals("times") && !key.equals("strictly"))
              .toList();
      int times = item.number("times", 1, 1, 50);
      boolean strictly = item.truth("strictly");
      if (aliases.size() != 1 || !NAME.matcher(aliases.get(0)).matches()) {
        errors.add(
            new RuleError(
                item.file(),
                item.line(),
                "sequence: each step is one alias: filter (and times, strictly); found "
                    + aliases));
        return null;
      }
      String alias = aliases.get(0);
      Filter.Alternative of = item.parsed(alias, true, null, text -> Filter.parse(text).single());
      if (of == null) {
        return null;
      }
      if (EntityKind.ofLabel(alias).isPresent()
          || steps.stream().anyMatch(s -> s.alias().equals(alias))) {
        item.error(alias, "an alias must be new, and not the name of an entity");
      }
      checkStepNames(item, alias, of, steps);
      steps.add(new Rule.Step(alias, of, times, strictly));
    }
    if (steps.isEmpty()) {
      section.error("sequence", "expected at least one step");
      return null;
    }
    if (steps.stream().mapToInt(Rule.Step::times).sum() > 50) {
      section.error(
          "sequence", "more than 50 events (expected: fewer steps; count with a feature)");
    }
    return within < 0 ? null : new Rule.Sequence(null, within, steps);
  }

  private void checkStepNames(
      Section item, String key, Filter.Alternative of, List<Rule.Step> earlier) {
    List<String> own = new ArrayList<>();
    for (String name : of.condition().names()) {
      if (!Rule.Step.isOfAlias(name)) {
        // A constant may be compared with a property of an earlier step alone.
        boolean ofEarlier = earlier.stream().anyMatch(s -> Names.isConstant(s.of().type(), name));
        if (!ofEarlier) {
          own.add(name);
        }
        continue;
      }
      String alias = name.substring(0, name.indexOf('.'));
      Optional<Rule.Step> step = earlier.stream().filter(s -> s.alias().equals(alias)).findFirst();
      if (step.isEmpty()) {
        item.error(
            key,
            name
                + ": no earlier step is called "
                + alias
                + Section.suggestion(alias, earlier.stream().map(Rule.Step::alias).toList()));
      } else {
        Names.check(item, key, List.of(name.substring(alias.length() + 1)), step.get().of().type());
      }
    }
    Names.check(item, key, own, of.type());
  }

  private Rule.Body deadline(Section section) {
    Optional<Section> found = section.section("deadline", true);
    if (found.isEmpty()) {
      return null;
    }
    Section deadline = found.get();
    Filter start = deadline.parsed("start", true, null, Filter::parse);
    Filter end = deadline.parsed("end", true, null, Filter::parse);
    EntityKind entity =
        deadline.parsed(
            "key",
            true,
            null,
            text ->
                EntityKind.ofKeyField(text)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                text
                                    + " (expected one of "
                                    + Arrays.stream(EntityKind.values())
                                        .map(EntityKind::keyField)
                                        .collect(Collectors.joining(", "))
                                    + ")")));
    long within = deadline.duration("within", true, -1, LEAST_WINDOW, LONGEST_WINDOW);
    long lookback = deadline.duration("lookback", false, 0, 0, LONGEST_WINDOW);
    deadline.refuseOthers();
    if (start == null || end == null || entity == null || within < 0) {
      return null;
    }
    Stream.of(Map.entry("start", start), Map.entry("end", end))
        .forEach(
            entry -> {
              for (Filter.Alternative a : entry.getValue().alternatives()) {
                Names.check(deadline, entry.getKey(), a.condition().names(), a.type());
                if (!a.type().concerns(entity)) {
                  deadline.error(entry.getKey(), a.type().label() + " has no " + entity.keyField());
                }
              }
            });
    return new Rule.Deadline(entity, start, end, within, lookback);
  }

  // ---- names

  private void checkSequenceNames() {
    Map<String, String> taken = new LinkedHashMap<>();
    for (Rule rule : rules.values()) {
      if (rule.body() instanceof Rule.Sequence sequence) {
        String name = sequence.entity().label() + "." + rule.shortName();
        String other = features.containsKey(name) ? "a feature" : taken.get(name);
        if (other != null) {
          ruleSections
              .get(rule.id())
              .error(
                  "sequence", "its name in conditions, " + name + ", is already that of " + other);
        }
        taken.put(name, "sequence " + rule.id());
      }
    }
  }

  private void checkNames(Rule rule) {
    Section section = ruleSections.get(rule.id());
    if (rule.body() instanceof Rule.When when) {
      EventType type = when.trigger().type();
      List<String> own = new ArrayList<>();
      for (String name : when.trigger().condition().names()) {
        if (Rule.Step.isOfAlias(name)) {
          figure(name).ifPresent(problem -> section.error("when", problem));
        } else {
          own.add(name);
        }
      }
      Names.check(section, "when", own, type);
      checkTexts(section, rule, type, Map.of());
    } else if (rule.body() instanceof Rule.Sequence sequence) {
      Map<String, EventType> aliases =
          sequence.steps().stream()
              .collect(Collectors.toMap(Rule.Step::alias, step -> step.of().type()));
      checkTexts(section, rule, sequence.last().of().type(), aliases);
    } else if (rule.body() instanceof Rule.Deadline deadline) {
      for (EventType type : deadline.start().types()) {
        checkTexts(section, rule, type, Map.of());
      }
    }
  }

  /** What is wrong with {@code entity.name}, or empty. */
  private Optional<String> figure(String name) {
    String entity = name.substring(0, name.indexOf('.'));
    if (EntityKind.ofLabel(entity).isEmpty()) {
      return Optional.of(
          name + ": " + entity + " is no entity (expected one of " + entityNames() + ")");
    }
    Set<String> known =
        Stream.concat(
                features.keySet().stream(),
                rules.values().stream()
                    .filter(rule -> rule.body() instanceof Rule.Sequence)
                    .map(
                        rule ->
                            ((Rule.Sequence) rule.body()).entity().label()
                                + "."
                                + rule.shortName()))
            .collect(Collectors.toSet());
    return known.contains(name)
        ? Optional.empty()
        : Optional.of(name + ": no such feature or sequence" + Section.suggestion(name, known));
  }

  private void checkTexts(
      Section section, Rule rule, EventType type, Map<String, EventType> aliases) {
    Function<String, Optional<String>> problem =
        name -> {
          int dot = name.indexOf('.');
          String first = dot < 0 ? "" : name.substring(0, dot);
          if (aliases.containsKey(first)) {
            EventType of = aliases.get(first);
            String property = name.substring(dot + 1);
            return of.field(property).isPresent()
                ? Optional.empty()
                : Optional.of(Names.unknown(property, of));
          }
          if (dot > 0) {
            return figuresLookedAt(rule).contains(name)
                ? Optional.empty()
                : Optional.of(
                    name
                        + ": a text may show only what the condition looks at"
                        + Section.suggestion(name, figuresLookedAt(rule)));
          }
          return type.field(name).isPresent()
              ? Optional.empty()
              : Optional.of(Names.unknown(name, type));
        };
    checkText(section, "reason", rule.reason(), problem);
    if (rule.alert() != null) {
      checkText(section, "alert", rule.alert().summary(), problem);
    }
  }

  private static List<String> figuresLookedAt(Rule rule) {
    return rule.body() instanceof Rule.When when
        ? when.trigger().condition().names().stream()
            .filter(Rule.Step::isOfAlias)
            .distinct()
            .toList()
        : List.of();
  }

  private static void checkText(
      Section section, String key, Words words, Function<String, Optional<String>> problem) {
    for (String text : List.of(words.zh(), words.en())) {
      Matcher matcher = PLACEHOLDER.matcher(text);
      while (matcher.find()) {
        String[] parts = matcher.group(1).split("\\|", 2);
        problem.apply(parts[0]).ifPresent(wrong -> section.error(key, wrong));
        if (parts.length > 1 && Unit.of(parts[1]).isEmpty()) {
          section.error(
              key,
              parts[1] + ": no such unit (expected: " + String.join(", ", Unit.labels()) + ")");
        }
      }
    }
  }
}
