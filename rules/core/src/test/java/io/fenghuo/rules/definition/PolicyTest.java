package io.fenghuo.rules.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyTest {
  @Test
  void aScoreAsksForTheMostSevereOutcomeWhoseThresholdItReaches() {
    assertThat(Policy.DEFAULT.outcomeOf(0)).isEqualTo(Outcome.PASS);
    assertThat(Policy.DEFAULT.outcomeOf(39)).isEqualTo(Outcome.PASS);
    assertThat(Policy.DEFAULT.outcomeOf(40)).isEqualTo(Outcome.CHALLENGE);
    assertThat(Policy.DEFAULT.outcomeOf(60)).isEqualTo(Outcome.REVIEW);
    assertThat(Policy.DEFAULT.outcomeOf(100)).isEqualTo(Outcome.BLOCK);
  }

  @Test
  void anOutcomeWithoutAThresholdIsNeverAskedFor() {
    Policy policy = new Policy(Map.of(Outcome.BLOCK, 50), 0);
    assertThat(policy.outcomeOf(49)).isEqualTo(Outcome.PASS);
    assertThat(policy.outcomeOf(50)).isEqualTo(Outcome.BLOCK);
  }

  @Test
  void thePolicyIsReadFromItsFile() throws RuleErrors {
    RuleSet rules =
        RuleSet.read(Map.of("policy.yaml", "policy:\n  thresholds: { REVIEW: 10, BLOCK: 20 }"));
    assertThat(rules.policy().outcomeOf(15)).isEqualTo(Outcome.REVIEW);
  }
}
