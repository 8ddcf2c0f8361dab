package io.fenghuo.pipelines;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Extractor;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.reference.Agreement;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.ReferenceEvaluator;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;

/**
 * The three keyed operators one after the other, thrown away and started again from what they
 * saved.
 */
class OperatorRestartTest {

  /** Replay one seed with {@code -Dfenghuo.seed=N}. */
  private static final long SEED = Long.getLong("fenghuo.seed", 4);

  private static final int EVENTS = 150;
  private static final int NO_CACHE = 0;
  private static final int CACHE = 1 << 20;

  private final RandomWorld world = new RandomWorld(SEED, EVENTS);
  private final ReferenceEvaluator.Result expected =
      new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());

  @Test
  void aRestartAfterEveryEventChangesNothing() throws Exception {
    run("restart after every event", CACHE, HashMapStateBackend::new, 1, number -> 1);
  }

  @Test
  void aCacheThatHoldsNothingChangesNothing() throws Exception {
    run("no cache", NO_CACHE, HashMapStateBackend::new, 1, number -> number % 10 == 0 ? 1 : 0);
  }

  @Test
  void movingFromTwoSubtasksToFourAndToOneOnRocksDbChangesNothing() throws Exception {
    run(
        "2 to 4 to 1",
        NO_CACHE,
        EmbeddedRocksDBStateBackend::new,
        2,
        number -> number == EVENTS / 3 ? 4 : number == EVENTS * 2 / 3 ? 1 : 0);
  }

  /**
   * @param subtasks with how many to start again after the event of this number; 0 to go on
   */
  private void run(
      String what,
      int cache,
      Supplier<StateBackend> backend,
      int parallelism,
      IntUnaryOperator subtasks)
      throws Exception {
    RiskSettings settings =
        new RiskSettings("none", world.files())
            .mode(RiskSettings.Mode.EVENT_TIME)
            .bound(Duration.ofMillis(RandomWorld.MAX_DELAY_MS))
            .cachedBytes(cache);
    Expressions expressions = EsperCompiler.compile(Plan.of(RuleSet.read(world.files())));
    EventFilters filters =
        expressions.openFilters(
            (condition, why) -> {
              throw new IllegalStateException(condition, why);
            });
    Extractor extractor = new Extractor(expressions.plan(), filters);
    try (Line line = new Line(expressions, settings, backend, parallelism)) {
      for (var entry : world.lists()) {
        line.visit(
            Visit.ofListEntry(
                EntityKind.ofLabel(entry.getEntity()).orElseThrow(),
                entry.getValue(),
                EventCodec.singleObject().encode(entry)));
      }
      long latest = Long.MIN_VALUE;
      int number = 0;
      for (Event event : Disorder.of(world.events(), SEED)) {
        List<Visit> visits = new ArrayList<>();
        extractor.extract(event, visits::add);
        for (Visit visit : visits) {
          line.visit(visit);
        }
        latest = Math.max(latest, event.time());
        line.watermark(latest - RandomWorld.MAX_DELAY_MS - 1);
        int again = subtasks.applyAsInt(++number);
        if (again > 0) {
          line.restart(again);
        }
      }
      line.watermark(Long.MAX_VALUE);
      Agreement.check(
          what + ", seed " + SEED,
          expected,
          Sent.of(Decision.class, line.decisions),
          Sent.of(Alert.class, line.alerts));
    } finally {
      filters.close();
    }
  }

  /** assess, decide, raise. */
  private static final class Line implements AutoCloseable {

    final List<Outgoing> decisions = new ArrayList<>();
    final List<Outgoing> alerts = new ArrayList<>();
    private final Keyed<Visit, Finding> assess;
    private final Keyed<Finding, Outgoing> decide;
    private final Keyed<AlertSignal, Outgoing> raise;

    Line(
        Expressions expressions,
        RiskSettings settings,
        Supplier<StateBackend> backend,
        int parallelism)
        throws Exception {
      assess =
          new Keyed<>(
              () -> new AssessOperator(expressions, settings), Visit::entity, backend, parallelism);
      decide =
          new Keyed<>(
              () ->
                  new DecideOperator(
                      expressions, settings, (time, s, ours) -> PublishedDecisions.none(s)),
              Finding::group,
              backend,
              parallelism);
      raise =
          new Keyed<>(
              () -> new RaiseOperator(settings),
              signal -> signal.alert().getFingerprint(),
              backend,
              parallelism);
    }

    void visit(Visit visit) throws Exception {
      assess.process(visit);
      pass();
    }

    void watermark(long time) throws Exception {
      assess.watermark(time);
      pass();
      decide.watermark(time);
      pass();
      raise.watermark(time);
      pass();
    }

    private void pass() throws Exception {
      for (Finding finding : assess.out()) {
        decide.process(finding);
      }
      decisions.addAll(decide.out());
      List<AlertSignal> signals = new ArrayList<>(assess.aside(AssessOperator.ALERTS));
      signals.addAll(decide.aside(AssessOperator.ALERTS));
      for (AlertSignal signal : signals) {
        raise.process(signal);
      }
      alerts.addAll(raise.out());
    }

    void restart(int parallelism) throws Exception {
      assess.restart(parallelism);
      decide.restart(parallelism);
      raise.restart(parallelism);
      pass();
    }

    @Override
    public void close() throws Exception {
      assess.close();
      decide.close();
      raise.close();
    }
  }
}
