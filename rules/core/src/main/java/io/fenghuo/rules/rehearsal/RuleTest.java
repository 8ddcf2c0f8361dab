package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.ApprovedMode;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleHit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The test beside a rule: events in, decisions and alerts out. See rules/README.md, Tests. */
public final class RuleTest {
  private static final String ENDING = ".test.yaml";
  private static final long START = TestEvents.START;
  private static final long LONGEST = TestEvents.LONGEST;

  /** Makes a plan's conditions ready to run. */
  @FunctionalInterface
  public interface Compiler {
    Expressions compile(Plan plan) throws RuleErrors;
  }

  private record ExpectedOrder(
      int line, String order, Outcome outcome, List<String> rules, int revision, int score) {}

  private record ExpectedAlert(int line, String rule, String key, long at) {}

  private final String rule;
  private final String file;
  private final Map<String, String> ruleFiles;
  private final List<RuleError> errors = new ArrayList<>();
  private final TestEvents events;
  private final List<ListEntry> lists = new ArrayList<>();
  private final List<ExpectedOrder> orders = new ArrayList<>();
  private final List<ExpectedAlert> alerts = new ArrayList<>();
  private int expectLine;

  private RuleTest(String rule, Map<String, String> files) {
    this.rule = rule;
    this.file = rule + ENDING;
    this.events = new TestEvents(file, errors);
    this.ruleFiles = neededBy(rule, files);
    Section.parse(file, files.get(file), errors).ifPresent(this::read);
  }

  /**
   * The test of a rule.
   *
   * @param rule the rule's id
   * @param files all rule files, by path
   * @return empty when there is none
   */
  public static Optional<RuleTest> of(String rule, Map<String, String> files) {
    return files.containsKey(rule + ENDING)
        ? Optional.of(new RuleTest(rule, files))
        : Optional.empty();
  }

  /** The ids of the rules in these files, and of tests without a rule. */
  public static List<String> rulesIn(Map<String, String> files) {
    TreeSet<String> ids = new TreeSet<>();
    for (String path : files.keySet()) {
      if (RuleSet.isOfFigures(path)) {
        continue;
      } else if (path.endsWith(ENDING)) {
        ids.add(path.substring(0, path.length() - ENDING.length()));
      } else if (isRule(path)) {
        ids.add(id(path));
      }
    }
    ids.removeAll(WatchTest.watchesIn(files));
    return List.copyOf(ids);
  }

  private static boolean isRule(String path) {
    return path.endsWith(".yaml")
        && !path.endsWith(ENDING)
        && !isFeatures(path)
        && !RuleSet.isOfFigures(path)
        && !isOfAll(path);
  }

  /** Files that are no rule and bear on all of them. */
  private static boolean isOfAll(String path) {
    return path.equals("policy.yaml") || path.equals(ApprovedMode.FILE);
  }

  private static boolean isFeatures(String path) {
    return path.equals("features.yaml") || path.endsWith("/features.yaml");
  }

  private static String id(String path) {
    return path.substring(0, path.length() - ".yaml".length());
  }

  // ---- what is loaded

  /** The rule, the features, the sequences it names, the policy, and modes that were approved. */
  private static Map<String, String> neededBy(String rule, Map<String, String> files) {
    Map<String, String> needed = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>();
    String own = rule + ".yaml";
    if (files.containsKey(own)) {
      needed.put(own, files.get(own));
      names.addAll(namesIn(own, files.get(own)));
    }
    files.forEach(
        (path, text) -> {
          if (isFeatures(path) || isOfAll(path)) {
            needed.put(path, text);
          } else if (isRule(path) && sequenceName(path, text).filter(names::contains).isPresent()) {
            needed.put(path, text);
          }
        });
    return needed;
  }

  /** Mistakes are not told here: reading the rule set will. */
  private static List<String> namesIn(String path, String text) {
    return Section.parse(path, text, new ArrayList<>())
        .map(section -> section.parsed("when", false, null, Filter::parse))
        .map(
            filter ->
                filter.alternatives().stream()
                    .flatMap(one -> one.condition().names().stream())
                    .filter(Rule.Step::isOfAlias)
                    .toList())
        .orElse(List.of());
  }

  private static Optional<String> sequenceName(String path, String text) {
    String name = id(path).substring(path.lastIndexOf('/') + 1).replace('-', '_');
    return Section.parse(path, text, new ArrayList<>())
        .filter(section -> section.has("sequence"))
        .flatMap(section -> section.text("entity", false))
        .map(entity -> entity + "." + name);
  }

  // ---- reading

  private void read(Section section) {
    if (!ruleFiles.containsKey(rule + ".yaml")) {
      errors.add(
          new RuleError(file, 0, "a test of no rule (expected: " + rule + ".yaml beside it)"));
    }
    section.sections("events").forEach(events::read);
    section.sections("lists").forEach(this::readList);
    expectLine = section.line("expect");
    for (Section expected : section.sections("expect")) {
      if (expected.has("order")) {
        readOrder(expected);
      } else if (expected.has("alert")) {
        readAlert(expected);
      } else {
        errors.add(new RuleError(file, expected.line(), "expect: each is an order or an alert"));
      }
      expected.refuseOthers();
    }
    section.refuseOthers();
    if (orders.isEmpty() && alerts.isEmpty() && errors.isEmpty()) {
      errors.add(new RuleError(file, expectLine, "expect: a test must expect something"));
    }
  }

  private void readList(Section item) {
    ListKind list = item.choice("list", true, ListKind.DENY, ListKind.class);
    Optional<String> entity = item.text("entity", true);
    Optional<String> value = item.text("value", true);
    String reason = item.text("reason", false).orElse("-");
    long from = item.duration("from", false, -START, 0, LONGEST);
    long until = item.duration("until", false, -1, 0, LONGEST);
    item.refuseOthers();
    if (entity.isPresent() && EntityKind.ofLabel(entity.get()).isEmpty()) {
      item.error("entity", entity.get() + ": no such entity");
    } else if (entity.isPresent() && value.isPresent()) {
      lists.add(
          ListEntry.newBuilder()
              .setList(list)
              .setEntity(entity.get())
              .setValue(value.get())
              .setReason(reason)
              .setFrom(START + from)
              .setUntil(until < 0 ? null : (Long) (START + until))
              .build());
    }
  }

  private void readOrder(Section item) {
    orders.add(
        new ExpectedOrder(
            item.line(),
            item.text("order", true).orElse(""),
            item.choice("outcome", true, Outcome.PASS, Outcome.class),
            item.texts("rules").orElse(null),
            item.number("revision", -1, 0, 1_000),
            item.number("score", -1, 0, 100)));
  }

  private void readAlert(Section item) {
    alerts.add(
        new ExpectedAlert(
            item.line(),
            item.text("alert", true).orElse(""),
            item.text("key", true).orElse(""),
            START + item.duration("at", true, 0, 0, LONGEST)));
  }

  // ---- running

  /** Runs the events through the engine; what is wrong with the rule or the test, or nothing. */
  public List<RuleError> run(Compiler compiler) {
    if (!errors.isEmpty()) {
      return List.copyOf(errors);
    }
    try (RiskPath path = new RiskPath(compiler.compile(Plan.of(RuleSet.read(ruleFiles))))) {
      lists.forEach(path::list);
      path.run(events.records());
      List<RuleError> failures = new ArrayList<>();
      orders.forEach(expected -> compare(expected, path.decisions(), failures));
      compareAlerts(path.alerts(), failures);
      return failures;
    } catch (RuleErrors wrong) {
      return wrong.errors();
    } catch (IllegalStateException failed) {
      return List.of(new RuleError(file, 0, "a condition failed: " + failed.getMessage()));
    }
  }

  private void compare(ExpectedOrder expected, List<Decision> decisions, List<RuleError> failures) {
    Decision last = null;
    for (Decision decision : decisions) {
      last = decision.getOrderId().equals(expected.order()) ? decision : last;
    }
    if (last == null) {
      failures.add(
          failure(
              expected.line(),
              "order " + expected.order() + ": expected a decision, found none",
              "decided: "
                  + listed(decisions.stream().map(Decision::getOrderId).distinct().toList())));
      return;
    }
    List<String> different = new ArrayList<>();
    if (last.getOutcome() != expected.outcome()) {
      different.add("outcome " + expected.outcome());
    }
    if (expected.score() >= 0 && last.getScore() != expected.score()) {
      different.add("score " + expected.score());
    }
    if (expected.revision() >= 0 && last.getRevision() != expected.revision()) {
      different.add("revision " + expected.revision());
    }
    List<String> hits = last.getHits().stream().map(RuleHit::getRuleId).sorted().toList();
    if (expected.rules() != null && !hits.equals(List.copyOf(new TreeSet<>(expected.rules())))) {
      different.add("rules " + listed(expected.rules()));
    }
    if (!different.isEmpty()) {
      failures.add(
          failure(
              expected.line(),
              "order " + expected.order() + ": expected " + String.join(", ", different),
              "found outcome %s, score %d, revision %d, rules %s%s"
                  .formatted(
                      last.getOutcome(),
                      last.getScore(),
                      last.getRevision(),
                      listed(hits),
                      figures(last))));
    }
  }

  /** The figures that the hits show, which is mostly what an author wants to know next. */
  private static String figures(Decision decision) {
    List<String> figures =
        decision.getHits().stream()
            .flatMap(hit -> hit.getFeatures().stream())
            .map(value -> value.getName() + " = " + value.getValue())
            .distinct()
            .toList();
    return figures.isEmpty() ? "" : " (" + String.join(", ", figures) + ")";
  }

  private void compareAlerts(List<Alert> raised, List<RuleError> failures) {
    List<Alert> unexpected = new ArrayList<>(raised);
    for (ExpectedAlert expected : alerts) {
      Optional<Alert> found =
          unexpected.stream()
              .filter(
                  alert ->
                      alert.getRuleId().equals(expected.rule())
                          && alert.getLabels().get("key").equals(expected.key())
                          && alert.getStartsAt() == expected.at())
              .findFirst();
      found.ifPresent(unexpected::remove);
      if (found.isEmpty()) {
        failures.add(
            failure(
                expected.line(),
                "expected an alert "
                    + spell(expected.rule(), expected.key(), expected.at())
                    + ", which was not raised",
                "raised: " + listed(raised.stream().map(RuleTest::spell).toList())));
      }
    }
    for (Alert alert : unexpected) {
      failures.add(failure(expectLine, "expected no alert " + spell(alert), "it was raised"));
    }
  }

  private RuleError failure(int line, String expected, String found) {
    return new RuleError(file, line, expected + "; " + found);
  }

  private static String spell(Alert alert) {
    return spell(alert.getRuleId(), alert.getLabels().get("key"), alert.getStartsAt());
  }

  private static String spell(String rule, String key, long time) {
    long millis = time - START;
    String at = millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    return rule + " for " + key + " at " + at;
  }

  private static String listed(List<String> texts) {
    return texts.isEmpty() ? "none" : String.join(", ", texts);
  }
}
