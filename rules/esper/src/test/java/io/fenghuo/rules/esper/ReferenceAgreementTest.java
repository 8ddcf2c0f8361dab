package io.fenghuo.rules.esper;

import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.reference.Agreement;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.rules.rehearsal.RiskPath;
import io.fenghuo.schemas.RuleMode;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
    agree(seed, world, world.files());
  }

  static LongStream fewSeeds() {
    return seeds().limit(10);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("fewSeeds")
  void withApprovedModesToo(long seed) throws Exception {
    RandomWorld world = new RandomWorld(seed);
    Random random = new Random(seed);
    StringBuilder modes = new StringBuilder("modes:\n");
    for (Rule rule : RuleSet.read(world.files()).rules()) {
      RuleMode mode = RuleMode.values()[random.nextInt(RuleMode.values().length)];
      // Now and then for a version the rule has not: then its file has the word.
      int version = random.nextInt(4) == 0 ? rule.version() + 1 : rule.version();
      modes.append(
          "  %s: { mode: %s, version: %d, asked_by: a, approved_by: b, approved_at: %s }\n"
              .formatted(rule.id(), mode, version, "\"2026-11-11T12:00:00Z\""));
    }
    Map<String, String> files = new TreeMap<>(world.files());
    files.put("modes.yaml", modes.toString());
    agree(seed, world, files);
  }

  private static void agree(long seed, RandomWorld world, Map<String, String> files)
      throws Exception {
    var expected = new ReferenceEvaluator(files).evaluate(world.events(), world.lists());
    var expressions = EsperCompiler.compile(Plan.of(RuleSet.read(files)));
    try (RiskPath path = new RiskPath(expressions, true)) {
      world.lists().forEach(path::list);
      path.run(world.events());
      Agreement.check("seed " + seed, expected, path.decisions(), path.alerts());
    }
  }
}
