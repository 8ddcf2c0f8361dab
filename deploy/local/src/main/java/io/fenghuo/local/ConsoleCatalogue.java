package io.fenghuo.local;

import io.fenghuo.console.FigureInfo;
import io.fenghuo.console.RuleInfo;
import io.fenghuo.console.WatchInfo;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.figure.Aggregate;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.watch.Anomaly;
import io.fenghuo.rules.watch.Campaign;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Objective;
import io.fenghuo.rules.watch.Tiers;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.schemas.Window;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the console shows of rules, figures and watches, as plain records: it knows no rules itself.
 *
 * @param version digest of the rule set
 */
record ConsoleCatalogue(
    String version, List<FigureInfo> figures, List<RuleInfo> rules, List<WatchInfo> watches) {

  static ConsoleCatalogue of(Map<String, String> files, ZoneId zone) {
    try {
      RuleSet rules = RuleSet.read(files);
      MonitorSet monitored = MonitorSet.read(files, zone);
      return new ConsoleCatalogue(
          rules.version(), figures(monitored), rules(rules, files), watches(monitored, files));
    } catch (RuleErrors wrong) {
      throw new CommandFailure(
          "The rules cannot be used:\n" + wrong.getMessage(),
          "Mend them; `./fenghuo rules check DIR` says the same.",
          wrong);
    }
  }

  private static List<FigureInfo> figures(MonitorSet monitored) {
    List<FigureInfo> infos = new ArrayList<>();
    for (FigureDefinition figure : monitored.figures().definitions()) {
      if (!figure.by().isEmpty()) {
        continue;
      }
      List<Integer> percents = figure.numerator().percents();
      for (String ending :
          percents.isEmpty()
              ? List.of("")
              : percents.stream().map(percent -> "_p" + percent).toList()) {
        String shown = ending.isEmpty() ? "" : " p" + ending.substring(2);
        infos.add(
            new FigureInfo(
                figure.name() + ending,
                figure.title().zh() + shown,
                figure.title().en() + shown,
                figure.unit(),
                exactness(figure),
                Arrays.stream(Window.values())
                    .filter(figure.windows()::contains)
                    .map(Window::name)
                    .toList(),
                monitored.figures().definitions().stream()
                    .filter(cut -> cut.name().equals(figure.name()) && !cut.by().isEmpty())
                    .map(cut -> String.join("+", new TreeSet<>(cut.by())))
                    .toList(),
                group(monitored.figures().lines().getOrDefault(figure.name(), ""))));
      }
    }
    return infos;
  }

  private static String exactness(FigureDefinition figure) {
    if (figure.numerator().aggregate() == Aggregate.TOP) {
      return "exact up to 49152 items";
    }
    double error = figure.numerator().aggregate().error();
    if (figure.denominator() != null) {
      error = Math.hypot(error, figure.denominator().aggregate().error());
    }
    return error == 0
        ? "exact"
        : String.format(Locale.ROOT, "±%.2f %%", error * 100)
            + (figure.numerator().aggregate() == Aggregate.QUANTILE ? " in rank" : "");
  }

  /** {@code figures/trade.yaml:3} is of the group trade. */
  private static String group(String line) {
    String file = line.replaceFirst(":\\d+$", "");
    return file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.yaml$", "");
  }

  private static List<RuleInfo> rules(RuleSet rules, Map<String, String> files) {
    return rules.rules().stream()
        .map(
            rule ->
                new RuleInfo(
                    rule.id(),
                    rule.title().zh(),
                    rule.title().en(),
                    rule.owner(),
                    rule.mode().name(),
                    outcome(rule),
                    rule.score(),
                    rule.version(),
                    files.getOrDefault(rule.id() + ".yaml", ""),
                    files.containsKey(rule.id() + ".test.yaml") ? 1 : 0))
        .toList();
  }

  private static String outcome(Rule rule) {
    return rule.score() > 0 && rule.outcome() != null ? rule.outcome().name() : "";
  }

  private static List<WatchInfo> watches(MonitorSet monitored, Map<String, String> files) {
    return monitored.watches().all().stream()
        .map(watch -> watch(watch, files.getOrDefault(watch.about().id() + ".yaml", "")))
        .toList();
  }

  private static WatchInfo watch(Watch watch, String text) {
    Double goal = null;
    String figure = "";
    List<WatchInfo.Target> targets = List.of();
    if (watch instanceof Objective objective) {
      goal = objective.target();
    } else if (watch instanceof Tiers tiers) {
      goal = tiers.limit();
    } else if (watch instanceof Anomaly anomaly) {
      figure = anomaly.figure();
    } else if (watch instanceof Campaign) {
      targets = targets(text);
    }
    return new WatchInfo(
        watch.about().id(),
        watch.getClass().getSimpleName().toLowerCase(Locale.ROOT),
        watch.about().title().zh(),
        watch.about().title().en(),
        watch.about().owner(),
        goal,
        figure,
        targets);
  }

  /** A campaign's targets as its file has them; it was checked before. */
  private static List<WatchInfo.Target> targets(String text) {
    Object file = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    List<WatchInfo.Target> targets = new ArrayList<>();
    for (Map<?, ?> target : maps(map(map(file).get("campaign")).get("targets"))) {
      Map<?, ?> title = map(target.get("title"));
      String name = String.valueOf(target.get("name"));
      targets.add(
          new WatchInfo.Target(
              name,
              title.get("zh") == null ? name : String.valueOf(title.get("zh")),
              title.get("en") == null ? name : String.valueOf(title.get("en")),
              String.valueOf(target.get("figure")),
              target.get("total") instanceof Number total ? total.doubleValue() : 0));
    }
    return targets;
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<Map<?, ?>> maps(Object value) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(each -> maps.add(map(each)));
    }
    return maps;
  }
}
