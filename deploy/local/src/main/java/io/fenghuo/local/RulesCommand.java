package io.fenghuo.local;

import io.fenghuo.pipelines.MonitorSettings;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.ApprovedMode;
import io.fenghuo.rules.definition.Feature;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.rehearsal.FigureTest;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.rules.rehearsal.RuleTest;
import io.fenghuo.rules.rehearsal.WatchTest;
import io.fenghuo.rules.watch.About;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.schemas.RuleMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks, tests and lists rules. */
@Command(
    name = "rules",
    description = "Check, test and list rules.",
    subcommands = {RulesCommand.Check.class, RulesCommand.Test.class, RulesCommand.Listing.class},
    footer = {
      "",
      "The rule language is described in rules/README.md.",
      "",
      "Examples:",
      "  ./fenghuo rules check my-rules",
      "  ./fenghuo rules test my-rules",
      "  ./fenghuo rules list"
    })
final class RulesCommand implements Runnable {

  /** The shop's days, where nothing says otherwise. */
  private static final ZoneId SHOP = MonitorSettings.SHOP;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand: check, test or list");
  }

  /** What the three have in common: a folder of rules. */
  abstract static class OfFolder implements Callable<Integer> {

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description = "Folder of rules; without it, the packaged ones.")
    private Path folder;

    @Option(
        names = "--modes",
        paramLabel = "FILE",
        description = "Modes that people approved (modes.yaml of a data folder).")
    private Path modes;

    @Spec private CommandSpec spec;

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    /** The rule files, and the approved modes among them when there are any to look at. */
    Map<String, String> files() {
      Map<String, String> files = new HashMap<>(ruleFiles());
      Optional<Path> approved = approvedModes(modes);
      if (approved.isPresent()) {
        try {
          files.put(ApprovedMode.FILE, Files.readString(approved.get()));
        } catch (IOException unreadable) {
          throw new CommandFailure(
              "Cannot read " + approved.get() + ": " + unreadable.getMessage(),
              "Name the modes.yaml of a data folder.",
              unreadable);
        }
      }
      return files;
    }

    /**
     * Which approved modes are looked at.
     *
     * @param given what the option says, or null
     */
    Optional<Path> approvedModes(Path given) {
      return Optional.ofNullable(given);
    }

    private Map<String, String> ruleFiles() {
      if (folder == null) {
        return RulePacks.shipped();
      }
      if (!Files.isDirectory(folder)) {
        throw new CommandFailure(
            folder + " is not a folder.", "Name a folder that holds rule files (*.yaml).");
      }
      try {
        Map<String, String> files = RulePacks.in(folder);
        if (files.isEmpty()) {
          throw new CommandFailure(
              folder + " holds no *.yaml files.",
              "See rules/README.md for what a rule looks like.");
        }
        return files;
      } catch (UncheckedIOException unreadable) {
        throw new CommandFailure(
            "Cannot read " + folder + ": " + unreadable.getMessage(),
            "Check that the folder and its files may be read.",
            unreadable);
      }
    }

    /** Prints everything that is wrong; one line each, file and line first. */
    int refuse(List<RuleError> errors) {
      PrintWriter err = spec.commandLine().getErr();
      errors.forEach(error -> err.println(prefixed(error)));
      err.println(errors.size() == 1 ? "1 error" : errors.size() + " errors");
      return CommandFailure.FAILED;
    }

    private String prefixed(RuleError error) {
      return folder == null ? error.toString() : folder.resolve(error.toString()).toString();
    }
  }

  /** Says what is wrong in a folder of rules, and where. */
  @Command(
      name = "check",
      description = "Say what is wrong in a folder of rules, and where; and what the rules cost.",
      footer = {"", "Example:", "  ./fenghuo rules check my-rules"})
  static final class Check extends OfFolder {

    @Override
    public Integer call() {
      Map<String, String> files = files();
      try {
        RuleSet rules = RuleSet.read(files);
        Plan plan = Plan.of(rules);
        EsperCompiler.compile(plan);
        MonitorSet monitored = MonitorSet.read(files, SHOP);
        FigureSet figures = monitored.figures();
        FigurePlan figurePlan = monitored.plan();
        EsperCompiler.compile(figurePlan, figures.lines());
        cost(rules, plan);
        if (!figures.definitions().isEmpty()) {
          out()
              .printf(
                  "%d figures, %d with their cuts, %d distinct filters: all right.%n",
                  figures.lines().size(),
                  figures.definitions().size(),
                  figurePlan.filters().size());
        }
        if (!monitored.watches().all().isEmpty()) {
          out()
              .printf(
                  "%d watches (service levels, anomalies, campaigns): all right.%n",
                  monitored.watches().all().size());
        }
        warnings(rules, files);
        return 0;
      } catch (RuleErrors wrong) {
        return refuse(allErrors(files, wrong));
      }
    }

    /** Who mends a rule wants to know of a wrong figure or watch too. */
    private static List<RuleError> allErrors(Map<String, String> files, RuleErrors wrong) {
      Set<RuleError> all = new LinkedHashSet<>(wrong.errors());
      try {
        MonitorSet.read(files, SHOP);
      } catch (RuleErrors others) {
        all.addAll(others.errors());
      }
      return List.copyOf(all);
    }

    private void cost(RuleSet rules, Plan plan) {
      out()
          .printf(
              "%d rules (%s), %d features, %d distinct filters: all right. Version %s.%n",
              rules.rules().size(),
              rules.rules().stream()
                  .collect(Collectors.groupingBy(Rule::mode, TreeMap::new, Collectors.counting()))
                  .entrySet()
                  .stream()
                  .map(e -> e.getValue() + " " + e.getKey().name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")),
              rules.features().size(),
              plan.filters().size(),
              rules.version());
      for (EntityKind kind : EntityKind.values()) {
        String kept =
            Arrays.stream(EventType.values())
                .filter(type -> plan.entity(kind).retention(type) > 0)
                .map(type -> type.label() + " " + span(plan.entity(kind).retention(type)))
                .collect(Collectors.joining(", "));
        if (!kept.isEmpty()) {
          out()
              .printf(
                  "  %-8s %2d features, %2d sequences, %2d deadlines; remembers %s%n",
                  kind.label(),
                  plan.entity(kind).features().size(),
                  plan.entity(kind).sequences().size(),
                  plan.entity(kind).deadlines().size(),
                  kept);
        }
      }
    }

    private static String span(long millis) {
      if (millis >= 172_800_000) {
        return millis / 86_400_000 + "d";
      }
      return millis >= 7_200_000 ? millis / 3_600_000 + "h" : Math.max(1, millis / 1000) + "s";
    }

    private void warnings(RuleSet rules, Map<String, String> files) {
      for (Rule rule : rules.rules()) {
        if (!files.containsKey(rule.id() + ".test.yaml")) {
          out().println("warning: " + rule.id() + " has no test (" + rule.id() + ".test.yaml)");
        }
      }
      Set<String> named =
          rules.rules().stream()
              .filter(rule -> rule.body() instanceof Rule.When)
              .flatMap(rule -> ((Rule.When) rule.body()).trigger().condition().names().stream())
              .collect(Collectors.toSet());
      for (Feature feature : rules.features()) {
        if (!named.contains(feature.fullName())) {
          out().println("warning: no rule looks at " + feature.fullName());
        }
      }
    }
  }

  /** Runs the tests beside the rules through the engine that runs in production. */
  @Command(
      name = "test",
      description = "Run the tests beside the rules, through the engine that runs in production.",
      footer = {"", "Example:", "  ./fenghuo rules test my-rules"})
  static final class Test extends OfFolder {

    private int passed;
    private int failed;
    private int untested;

    @Override
    public Integer call() {
      Map<String, String> files = files();
      for (String rule : RuleTest.rulesIn(files)) {
        run(rule, RuleTest.of(rule, files).map(test -> test.run(EsperCompiler::compile)));
      }
      for (String figures : FigureTest.filesIn(files)) {
        run(figures, FigureTest.of(figures, files).map(test -> test.run(EsperCompiler::compile)));
      }
      for (String watch : WatchTest.watchesIn(files)) {
        run(watch, WatchTest.of(watch, files, SHOP).map(test -> test.run(false)));
      }
      out().printf("%d passed, %d failed, %d without a test%n", passed, failed, untested);
      return failed == 0 ? 0 : CommandFailure.FAILED;
    }

    /** Counts and says how it went; empty errors for no test at all. */
    private void run(String id, Optional<List<RuleError>> errors) {
      if (errors.isEmpty()) {
        untested++;
        out().println("no test  " + id);
      } else if (errors.get().isEmpty()) {
        passed++;
        out().println("ok       " + id);
      } else {
        failed++;
        out().println("FAILED   " + id);
        refuse(errors.get());
      }
      out().flush();
    }
  }

  /** Lists the rules of a folder. */
  @Command(
      name = "list",
      description = "List the rules: id, mode in force, what they ask for, title.",
      footer = {
        "",
        "Without --modes it looks at the modes approved in the data folder of `up`, where there are",
        "any, and says where a mode comes from that is not the file's.",
        "",
        "Examples:",
        "  ./fenghuo rules list",
        "  ./fenghuo rules list my-rules --modes /var/lib/fenghuo/modes.yaml"
      })
  static final class Listing extends OfFolder {

    @Override
    public Integer call() {
      try {
        Map<String, String> files = files();
        RuleSet rules = RuleSet.read(files);
        for (Rule rule : rules.rules()) {
          line(rule.id(), word(rule.mode()), effect(rule), rule.title());
          rules.approved().stream()
              .filter(mode -> mode.rule().equals(rule.id()))
              .forEach(this::origin);
        }
        MonitorSet monitored = MonitorSet.read(files, SHOP);
        for (FigureDefinition figure : monitored.figures().definitions()) {
          if (figure.by().isEmpty()) {
            line(figure.name(), "figure", figure.unit(), figure.title());
          }
        }
        for (Watch watch : monitored.watches().all()) {
          About about = watch.about();
          line(about.id(), "watch", about.owner(), about.title());
        }
        for (ApprovedMode gone : rules.approved()) {
          if (gone.inFile().isEmpty()) {
            out().println(gone.rule());
            origin(gone);
          }
        }
        return 0;
      } catch (RuleErrors wrong) {
        return refuse(wrong.errors());
      }
    }

    /** Those of the data folder, unless others are given. */
    @Override
    Optional<Path> approvedModes(Path given) {
      Path standard = DataFolder.standard().resolve(ApprovedMode.FILE);
      return given == null
          ? Optional.of(standard).filter(Files::exists)
          : super.approvedModes(given);
    }

    private static String word(RuleMode mode) {
      return mode.name().toLowerCase(Locale.ROOT);
    }

    /** Where the mode of the rule above comes from. */
    private void origin(ApprovedMode mode) {
      String approved =
          "%s asked for by %s and approved by %s at %s"
              .formatted(word(mode.mode()), mode.askedBy(), mode.approvedBy(), mode.approvedAt());
      String file = mode.inFile().map(rule -> word(rule.mode())).orElse("");
      out()
          .println(
              mode.ignoredBecause()
                  .map(why -> "    not applied: " + approved + ": " + why)
                  .orElse("    " + approved + "; its file says " + file));
    }

    private void line(String id, String mode, String effect, Words title) {
      out().printf("%-32s %-6s %-22s %s · %s%n", id, mode, effect, title.zh(), title.en());
    }

    private static String effect(Rule rule) {
      String outcome = rule.score() > 0 ? rule.outcome().name() + " " + rule.score() : "";
      String alert =
          rule.alert() == null
              ? ""
              : "alert:" + rule.alert().severity().name().toLowerCase(Locale.ROOT);
      return (outcome + " " + alert).strip();
    }
  }
}
