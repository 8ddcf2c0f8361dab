package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Severity;
import io.fenghuo.schemas.Text;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** All definitions, read from their YAML texts. Believes what it reads: checking is not its job. */
final class RuleSet {

  private static final String MODES = "modes.yaml";

  record Feature(
      String name, String entity, Filter of, String aggregate, String field, long window) {}

  /** What every kind of rule has. Entity and alert may be null. */
  record Head(
      String id,
      int version,
      RuleMode mode,
      Outcome outcome,
      int score,
      Text reason,
      AlertText alert,
      String entity) {}

  record AlertText(Severity severity, long every, Text summary) {}

  record When(Head head, Filter filter) {}

  record Step(String alias, Filter filter, int times, boolean strictly) {}

  record Sequence(Head head, String name, long within, List<Step> steps) {}

  record Deadline(Head head, Filter start, Filter end, String key, long within, long lookback) {}

  final SortedMap<String, Feature> features = new TreeMap<>();
  final List<When> whens = new ArrayList<>();
  final SortedMap<String, Sequence> sequences = new TreeMap<>();
  final List<Deadline> deadlines = new ArrayList<>();
  final Map<Outcome, Integer> thresholds = new EnumMap<>(Outcome.class);

  /** What people approved, by rule. */
  private final Map<?, ?> approved;

  RuleSet(Map<String, String> files) {
    thresholds.put(Outcome.CHALLENGE, 40);
    thresholds.put(Outcome.REVIEW, 60);
    thresholds.put(Outcome.BLOCK, 90);
    approved = map(map(yaml(files.getOrDefault(MODES, "modes: {}"))).get("modes"));
    for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
      if (file.getKey().endsWith(".yaml")
          && !file.getKey().endsWith(".test.yaml")
          && !file.getKey().equals(MODES)) {
        try {
          read(file.getKey(), file.getValue());
        } catch (RuntimeException e) {
          throw new IllegalArgumentException(file.getKey() + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** Whether anybody asks for the sequence: itself, or a rule that is not off. */
  boolean isUsed(Sequence sequence) {
    return sequence.head.mode != RuleMode.OFF
        || whens.stream()
            .anyMatch(
                when ->
                    when.head.mode != RuleMode.OFF && when.filter.dotted().contains(sequence.name));
  }

  private static Object yaml(String text) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
  }

  private void read(String path, String text) {
    Map<?, ?> yaml = map(yaml(text));
    String fileName = path.substring(path.lastIndexOf('/') + 1);
    if (fileName.equals("features.yaml")) {
      map(yaml.get("features")).forEach((name, body) -> addFeature(name.toString(), map(body)));
    } else if (path.equals("policy.yaml")) {
      thresholds.clear();
      map(map(yaml.get("policy")).get("thresholds"))
          .forEach(
              (name, score) ->
                  thresholds.put(Outcome.valueOf(name.toString()), ((Number) score).intValue()));
    } else {
      addRule(path.substring(0, path.length() - ".yaml".length()), yaml);
    }
  }

  private void addFeature(String name, Map<?, ?> yaml) {
    features.put(
        name,
        new Feature(
            name,
            name.substring(0, name.indexOf('.')),
            Parser.filter(string(yaml, "of")),
            string(yaml, "aggregate"),
            string(yaml, "field"),
            duration(string(yaml, "window"))));
  }

  private void addRule(String id, Map<?, ?> yaml) {
    Head head = head(id, yaml);
    if (yaml.containsKey("when")) {
      whens.add(new When(head, Parser.filter(string(yaml, "when"))));
    } else if (yaml.containsKey("sequence")) {
      List<Step> steps = new ArrayList<>();
      for (Object step : (List<?>) yaml.get("sequence")) {
        steps.add(step(map(step)));
      }
      String lastPart = id.substring(id.lastIndexOf('/') + 1);
      String name = head.entity + "." + lastPart.replace('-', '_');
      sequences.put(name, new Sequence(head, name, duration(string(yaml, "within")), steps));
    } else if (yaml.containsKey("deadline")) {
      Map<?, ?> deadline = map(yaml.get("deadline"));
      deadlines.add(
          new Deadline(
              head,
              Parser.filter(string(deadline, "start")),
              Parser.filter(string(deadline, "end")),
              string(deadline, "key"),
              duration(string(deadline, "within")),
              deadline.containsKey("lookback") ? duration(string(deadline, "lookback")) : 0));
    }
    // Anything else (objectives, tiers) is for the monitor.
  }

  private static Step step(Map<?, ?> yaml) {
    String alias = null;
    for (Object key : yaml.keySet()) {
      if (!key.equals("times") && !key.equals("strictly")) {
        alias = key.toString();
      }
    }
    return new Step(
        alias,
        Parser.filter(string(yaml, alias)),
        yaml.containsKey("times") ? ((Number) yaml.get("times")).intValue() : 1,
        Boolean.TRUE.equals(yaml.get("strictly")));
  }

  private Head head(String id, Map<?, ?> yaml) {
    Text title = text(yaml.get("title"), new Text(id, id));
    Outcome outcome =
        yaml.containsKey("outcome") ? Outcome.valueOf(string(yaml, "outcome")) : Outcome.PASS;
    int version = version(yaml);
    Object choice = approved.get(id);
    boolean chosen = choice != null && version(map(choice)) == version;
    return new Head(
        id,
        version,
        mode(chosen ? map(choice).get("mode") : yaml.get("mode")),
        outcome,
        yaml.containsKey("score") ? ((Number) yaml.get("score")).intValue() : usualScore(outcome),
        text(yaml.get("reason"), title),
        yaml.containsKey("alert") ? alert(map(yaml.get("alert")), title) : null,
        string(yaml, "entity"));
  }

  private static int version(Map<?, ?> yaml) {
    return yaml.containsKey("version") ? ((Number) yaml.get("version")).intValue() : 1;
  }

  private static AlertText alert(Map<?, ?> yaml, Text title) {
    String severity = yaml.containsKey("severity") ? string(yaml, "severity") : "warning";
    return new AlertText(
        Severity.valueOf(severity.toUpperCase(Locale.ROOT)),
        yaml.containsKey("every") ? duration(string(yaml, "every")) : duration("10 minutes"),
        text(yaml.get("summary"), title));
  }

  /** In YAML 1.1 the bare word {@code off} is a boolean. */
  private static RuleMode mode(Object yaml) {
    if (yaml == null) {
      return RuleMode.LIVE;
    }
    return yaml.equals(false)
        ? RuleMode.OFF
        : RuleMode.valueOf(yaml.toString().toUpperCase(Locale.ROOT));
  }

  private static int usualScore(Outcome outcome) {
    return switch (outcome) {
      case PASS -> 0;
      case CHALLENGE -> 40;
      case REVIEW -> 60;
      case BLOCK -> 90;
    };
  }

  private static Text text(Object yaml, Text otherwise) {
    if (yaml == null) {
      return otherwise;
    }
    if (yaml instanceof Map<?, ?> both) {
      Object zh = both.get("zh") == null ? both.get("en") : both.get("zh");
      Object en = both.get("en") == null ? both.get("zh") : both.get("en");
      return new Text(zh.toString(), en.toString());
    }
    return new Text(yaml.toString(), yaml.toString());
  }

  static long duration(String text) {
    Matcher matcher = Pattern.compile("(\\d+)\\s*([a-z]+)").matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no duration: " + text);
    }
    long unit =
        switch (matcher.group(2)) {
          case "millisecond", "milliseconds" -> 1;
          case "s", "second", "seconds" -> 1_000;
          case "m", "minute", "minutes" -> 60_000;
          case "h", "hour", "hours" -> 3_600_000;
          case "d", "day", "days" -> 86_400_000;
          default -> throw new IllegalArgumentException("no duration: " + text);
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  private static Map<?, ?> map(Object yaml) {
    if (yaml instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("expected a map, found " + yaml);
  }

  private static String string(Map<?, ?> yaml, String key) {
    Object value = yaml.get(key);
    return value == null ? null : value.toString();
  }
}
