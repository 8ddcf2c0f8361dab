package io.fenghuo.rules.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.RuleMode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ApprovedModeTest {

  private static final String RULE =
      """
      title: { zh: T, en: T }
      when: OrderEvent(amount > 1)
      mode: shadow
      version: 2
      """;

  private static RuleSet read(String modes) throws RuleErrors {
    Map<String, String> files = new TreeMap<>(Map.of("order/a.yaml", RULE, "order/b.yaml", RULE));
    if (modes != null) {
      files.put(ApprovedMode.FILE, modes);
    }
    return RuleSet.read(files);
  }

  private static String mode(String rule, int version) {
    return "modes: { "
        + rule
        + ": { mode: live, version: "
        + version
        + ", asked_by: lin, approved_by: wang, approved_at: \"2026-11-11T12:00:00Z\" } }";
  }

  @Test
  void itGoesBeforeTheFileAndMakesAnotherRuleSet() throws RuleErrors {
    RuleSet rules = read(mode("order/a", 2));
    assertThat(rules.rules())
        .extracting(Rule::mode)
        .containsExactly(RuleMode.LIVE, RuleMode.SHADOW);
    assertThat(rules.version()).isNotEqualTo(read(null).version());
    ApprovedMode approved = rules.approved().get(0);
    assertThat(approved.ignoredBecause()).isEmpty();
    assertThat(approved.inFile().orElseThrow().mode()).isEqualTo(RuleMode.SHADOW);
  }

  @Test
  void ofAnotherVersionOrOfNoRuleItIsNamedAndNotApplied() throws RuleErrors {
    RuleSet other = read(mode("order/a", 1));
    assertThat(other.rules()).extracting(Rule::mode).containsOnly(RuleMode.SHADOW);
    assertThat(other.approved().get(0).ignoredBecause())
        .contains("it was approved for version 1, and the rule has version 2");
    RuleSet gone = read(mode("order/gone", 2));
    assertThat(gone.rules()).hasSize(2);
    assertThat(gone.approved().get(0).ignoredBecause()).contains("there is no such rule any more");
  }

  @Test
  void withoutAnyTheRuleSetIsWhatItsFilesSay() throws RuleErrors {
    assertThat(read(null).approved()).isEmpty();
    assertThat(read("modes: {}").approved()).isEmpty();
  }
}
