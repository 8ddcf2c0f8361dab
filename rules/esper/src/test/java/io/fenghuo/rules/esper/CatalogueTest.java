package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.rehearsal.RuleCatalogue;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.rules.rehearsal.RuleTest;
import io.fenghuo.rules.watch.MonitorSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages about rules say what is true. */
class CatalogueTest {

  private static final Path CATALOGUE = Path.of("../CATALOGUE.md");
  private static final Path LANGUAGE = Path.of("../README.md");
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  /** Write it anew with {@code -Dfenghuo.write=true}. */
  @Test
  void theCatalogueIsTheOneOfTheShippedRules() throws Exception {
    String page =
        RuleCatalogue.markdown(
            RuleSet.read(RulePacks.shipped()),
            MonitorSet.read(RulePacks.shipped(), ZoneId.of("Asia/Shanghai")));
    if (Boolean.getBoolean("fenghuo.write")) {
      Files.writeString(CATALOGUE, page);
    }
    assertThat(Files.readString(CATALOGUE))
        .as("rules/CATALOGUE.md; write it anew with -Dfenghuo.write=true")
        .isEqualTo(page);
  }

  @Test
  void theExamplesOfTheLanguageCompileAndItsTestPasses() throws Exception {
    Map<String, String> files = new TreeMap<>();
    Matcher examples = EXAMPLE.matcher(Files.readString(LANGUAGE));
    while (examples.find()) {
      String text = examples.group(1);
      files.merge(pathOf(text), text, (a, b) -> a + b);
    }
    assertThat(files)
        .containsKeys(
            "policy.yaml",
            "readme/features.yaml",
            "readme/figures/mine.yaml",
            "readme/when.yaml",
            "readme/takeover-order.yaml",
            "readme/deadline.yaml",
            "readme/takeover-order.test.yaml");
    EsperCompiler.compile(Plan.of(RuleSet.read(files)));
    MonitorSet monitored = MonitorSet.read(files, ZoneId.of("Asia/Shanghai"));
    EsperCompiler.compile(monitored.plan(), monitored.figures().lines());
    files.replaceAll(
        (path, text) -> text.replace("account/takeover-order", "readme/takeover-order"));
    assertThat(
            RuleTest.of("readme/takeover-order", files).orElseThrow().run(EsperCompiler::compile))
        .isEmpty();
  }

  private static String pathOf(String example) {
    if (example.startsWith("features:")) {
      return "readme/features.yaml";
    } else if (example.startsWith("figures:")) {
      return "readme/figures/mine.yaml";
    } else if (example.startsWith("policy:")) {
      return "policy.yaml";
    } else if (example.startsWith("events:")) {
      return "readme/takeover-order.test.yaml";
    } else if (example.contains("\nsequence:")) {
      return "readme/takeover-order.yaml";
    }
    return example.contains("\ndeadline:") ? "readme/deadline.yaml" : "readme/when.yaml";
  }
}
