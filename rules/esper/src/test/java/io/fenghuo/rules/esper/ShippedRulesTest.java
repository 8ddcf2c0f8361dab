package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.rehearsal.FigureTest;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.rules.rehearsal.RuleTest;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ShippedRulesTest {
  private final Map<String, String> files = RulePacks.shipped();

  @Test
  void theShippedRulesCompileTogether() throws Exception {
    RuleSet rules = RuleSet.read(files);
    assertThat(rules.rules()).hasSizeGreaterThan(20);
    assertThat(EsperCompiler.compile(Plan.of(rules)).plan().rules()).isNotEmpty();
  }

  @TestFactory
  Stream<DynamicTest> everyRuleHasATestThatHolds() {
    return RuleTest.rulesIn(files).stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule,
                    () -> {
                      var test = RuleTest.of(rule, files);
                      assertThat(test).as("test of " + rule).isPresent();
                      assertThat(test.get().run(EsperCompiler::compile)).isEmpty();
                    }));
  }

  @TestFactory
  Stream<DynamicTest> everyFileOfFiguresHasATestThatHolds() {
    assertThat(FigureTest.filesIn(files)).isNotEmpty();
    return FigureTest.filesIn(files).stream()
        .map(
            id ->
                DynamicTest.dynamicTest(
                    id,
                    () -> {
                      var test = FigureTest.of(id, files);
                      assertThat(test).as("test of " + id).isPresent();
                      assertThat(test.get().run(EsperCompiler::compile)).isEmpty();
                    }));
  }
}
