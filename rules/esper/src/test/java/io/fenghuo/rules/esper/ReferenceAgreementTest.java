package io.fenghuo.rules.esper;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.reference.Agreement;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.rules.rehearsal.RiskPath;
import java.util.stream.LongStream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine and the naive evaluator say the same on random rules and streams, with a restart after
 * every event.
 */
@Execution(ExecutionMode.CONCURRENT)
class ReferenceAgreementTest {

  /**
   * Replay one seed with {@code -Dfenghuo.seed=N}; more of them with {@code -Dfenghuo.worlds=N}.
   */
  static LongStream seeds() {
    Long seed = Long.getLong("fenghuo.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(1, 1 + Integer.getInteger("fenghuo.worlds", 200));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theEngineAgreesWithTheReferenceOnEverythingItPublishes(long seed) throws Exception {
    RandomWorld world = new RandomWorld(seed);
    var expected = new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());
    var expressions = EsperCompiler.compile(Plan.of(RuleSet.read(world.files())));
    try (RiskPath path = new RiskPath(expressions, true)) {
      world.lists().forEach(path::list);
      path.run(world.events());
      Agreement.check("seed " + seed, expected, path.decisions(), path.alerts());
    }
  }
}
