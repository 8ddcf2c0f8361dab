package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Feature;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.figure.Aggregate;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.NeededFigure;
import io.fenghuo.rules.watch.Watch;
import io.fenghuo.rules.watch.Watches;
import io.fenghuo.schemas.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * The reference page of a rule set, written from the definitions and the schemas so that it cannot
 * drift.
 */
public final class RuleCatalogue {

  private final RuleSet rules;
  private final FigureSet figures;
  private final Watches watches;
  private final StringBuilder page = new StringBuilder();

  private RuleCatalogue(RuleSet rules, MonitorSet monitored) {
    this.rules = rules;
    this.figures = monitored.figures();
    this.watches = monitored.watches();
  }

  /** The page in Markdown. */
  public static String markdown(RuleSet rules, MonitorSet monitored) {
    RuleCatalogue catalogue = new RuleCatalogue(rules, monitored);
    catalogue.write();
    return catalogue.page.toString();
  }

  private void write() {
    line("# What ships, and what rules can name");
    line("");
    line(
        "Generated from the rule packs and the schemas by `CatalogueTest`; do not edit. The language is in");
    line("[README.md](README.md).");
    rules();
    features();
    figures();
    watches();
    events();
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private void row(String... cells) {
    line(
        Arrays.stream(cells)
            .map(cell -> cell.replace("|", "\\|").replaceAll("\\s+", " ").strip())
            .collect(Collectors.joining(" | ", "| ", " |")));
  }

  private void heading(String title, String... columns) {
    line("");
    line("## " + title);
    line("");
    row(columns);
    row(Arrays.stream(columns).map(column -> "---").toArray(String[]::new));
  }

  private void rules() {
    heading("Rules", "id", "标题", "title", "asks for", "mode", "looks for");
    for (Rule rule : rules.rules()) {
      row(
          "`" + rule.id() + "`",
          rule.title().zh(),
          rule.title().en(),
          effect(rule),
          rule.mode().name().toLowerCase(Locale.ROOT),
          "`" + text(rule) + "`");
    }
  }

  private static String effect(Rule rule) {
    String outcome = rule.score() > 0 ? rule.outcome() + " " + rule.score() : "";
    String alert =
        rule.alert() == null
            ? ""
            : "alert " + rule.alert().severity().name().toLowerCase(Locale.ROOT);
    return outcome.isEmpty() || alert.isEmpty() ? outcome + alert : outcome + ", " + alert;
  }

  private static String text(Rule rule) {
    if (rule.body() instanceof Rule.When when) {
      return when.trigger().toString();
    } else if (rule.body() instanceof Rule.Sequence sequence) {
      return sequence.steps().stream()
          .map(
              step ->
                  (step.strictly() ? "strictly " : "")
                      + step.alias()
                      + ": "
                      + step.of()
                      + (step.times() > 1 ? " × " + step.times() : ""))
          .collect(
              Collectors.joining(
                  " → ", sequence.entity().label() + ": ", " within " + span(sequence.within())));
    }
    Rule.Deadline deadline = (Rule.Deadline) rule.body();
    return deadline.start() + " → " + deadline.end() + " within " + span(deadline.within());
  }

  private void features() {
    heading("Features", "name", "of", "aggregate", "window");
    for (Feature feature : rules.features()) {
      row(
          "`" + feature.fullName() + "`",
          "`" + feature.of() + "`",
          feature.aggregate().name().toLowerCase(Locale.ROOT)
              + (feature.field() == null ? "" : " `" + feature.field() + "`"),
          span(feature.window()));
    }
  }

  private void figures() {
    heading(
        "Figures",
        "name",
        "标题",
        "title",
        "numerator",
        "denominator",
        "by",
        "windows",
        "unit",
        "error");
    for (FigureDefinition figure : figures.definitions()) {
      if (!figure.by().isEmpty()) {
        continue;
      }
      row(
          "`" + figure.name() + "`",
          figure.title().zh(),
          figure.title().en(),
          "`" + figure.numerator() + "`",
          figure.denominator() == null ? "" : "`" + figure.denominator() + "`",
          figures.definitions().stream()
              .filter(cut -> cut.name().equals(figure.name()) && !cut.by().isEmpty())
              .map(cut -> String.join(" + ", cut.by()))
              .collect(Collectors.joining(", ")),
          Arrays.stream(Window.values())
              .filter(figure.windows()::contains)
              .map(window -> window.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", ")),
          figure.unit(),
          error(figure));
    }
  }

  private static String error(FigureDefinition figure) {
    if (figure.numerator().aggregate() == Aggregate.TOP) {
      return "exact up to 49,152 items";
    }
    double error = figure.numerator().aggregate().error();
    if (figure.denominator() != null) {
      error = Math.hypot(error, figure.denominator().aggregate().error());
    }
    return error == 0
        ? "exact"
        : String.format(Locale.ROOT, "%.2f %%", error * 100)
            + (figure.numerator().aggregate() == Aggregate.QUANTILE ? " in rank" : "");
  }

  private void watches() {
    heading("Watches", "id", "kind", "标题", "title", "looks at", "alerts", "owner");
    for (Watch watch : watches.all()) {
      row(
          "`" + watch.about().id() + "`",
          watch.getClass().getSimpleName().toLowerCase(Locale.ROOT),
          watch.about().title().zh(),
          watch.about().title().en(),
          watch.needs().stream()
              .map(RuleCatalogue::figure)
              .distinct()
              .collect(Collectors.joining("; ")),
          watch.terms(),
          watch.about().owner());
    }
  }

  private static String figure(NeededFigure figure) {
    String by = figure.by().isEmpty() ? "" : " by " + String.join(", ", figure.by());
    if (figure.of() == null) {
      return "`" + figure.name() + "`" + by;
    }
    String what =
        figure.good() != null
            ? "`" + figure.good() + "` ÷ "
            : figure.field() == null ? "" : figure.aggregate() + " `" + figure.field() + "` of ";
    return what + "`" + figure.of() + "`" + by;
  }

  private void events() {
    for (EventType type : EventType.values()) {
      heading(
          type.label()
              + (keys(type).isEmpty() ? "" : ": concerns " + String.join(", ", keys(type))),
          "property",
          "kind",
          "what");
      for (EventType.Field field : type.fields()) {
        Schema.Field schema = type.schema().getField(field.name());
        row(
            "`" + field.name() + "`",
            kind(field, schema.schema()),
            schema.doc() == null ? "" : schema.doc());
      }
    }
  }

  private static List<String> keys(EventType type) {
    return Arrays.stream(EntityKind.values())
        .filter(type::concerns)
        .map(EntityKind::label)
        .toList();
  }

  private static String kind(EventType.Field field, Schema schema) {
    if (field.enumName() != null) {
      return field.enumName() + ": " + String.join(", ", schema.getEnumSymbols());
    }
    return switch (field.kind()) {
      case TEXT -> "text";
      case WHOLE -> "whole number";
      case REAL -> "number";
      case TRUTH -> "true or false";
    };
  }

  private static String span(long millis) {
    long[] units = {86_400_000, 3_600_000, 60_000, 1_000};
    String[] names = {"days", "hours", "minutes", "seconds"};
    for (int i = 0; i < units.length; i++) {
      if (millis % units[i] == 0) {
        return millis / units[i] + " " + names[i];
      }
    }
    return millis + " milliseconds";
  }
}
