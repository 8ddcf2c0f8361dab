package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The risk path: orders, payments, logins and traffic in; a decision for every order out.
 *
 * <pre>
 * read → extract → assess (by entity) → decide (by order) → decisions
 *           ↘ dead letters      ↘ raise (by rule and entity) → alerts
 * </pre>
 */
public final class RiskJob {

  /** What the job reads. */
  static final List<String> TOPICS =
      List.of(
          Stream.ORDERS.topic(),
          Stream.PAYMENTS.topic(),
          Stream.LOGINS.topic(),
          Stream.TRAFFIC.topic(),
          Stream.LISTS.topic());

  private RiskJob() {}

  /**
   * Reads, checks and compiles rules.
   *
   * @param rules rule files by path
   * @throws RuleErrors when they are not right
   */
  public static Expressions compile(Map<String, String> rules) throws RuleErrors {
    return EsperCompiler.compile(Plan.of(RuleSet.read(rules)));
  }

  /**
   * Lays out the job.
   *
   * @throws RuleErrors when the rules are not right; nothing has been started then
   */
  public static void build(StreamExecutionEnvironment env, RiskSettings settings)
      throws RuleErrors {
    build(env, settings, compile(settings.rules()));
  }

  /** Lays out the job with rules that were compiled before. */
  public static void build(
      StreamExecutionEnvironment env, RiskSettings settings, Expressions expressions) {
    env.configure(needs());

    Verdicts verdicts =
        judge(
            KafkaEdge.read(env, TOPICS, Operators.READ, Duration.ZERO, settings),
            expressions,
            settings,
            PublishedDecisions::inKafka);
    KafkaEdge.publish(
        verdicts.decisions(), Stream.DECISIONS, Operators.PUBLISH_DECISIONS, settings);
    KafkaEdge.publish(verdicts.alerts(), Stream.ALERTS, Operators.PUBLISH_ALERTS, settings);
    KafkaEdge.publish(
        verdicts.dead(), Stream.DEAD_LETTERS, Operators.PUBLISH_DEAD_LETTERS, settings);
  }

  /** What is to be published. */
  record Verdicts(
      DataStream<Outgoing> decisions, DataStream<Outgoing> alerts, DataStream<Outgoing> dead) {}

  /** Every step between reading and publishing. */
  static Verdicts judge(
      DataStream<Arrival> arrivals,
      Expressions expressions,
      RiskSettings settings,
      PublishedDecisions.Lookup published) {
    SingleOutputStreamOperator<Visit> visits = extract(arrivals, expressions, settings);
    SingleOutputStreamOperator<Finding> findings = assess(visits, expressions, settings);
    SingleOutputStreamOperator<Outgoing> decisions =
        decide(findings, expressions, settings, published);
    DataStream<Outgoing> alerts =
        raise(
            findings
                .getSideOutput(AssessOperator.ALERTS)
                .union(decisions.getSideOutput(AssessOperator.ALERTS)),
            settings);
    return new Verdicts(decisions, alerts, visits.getSideOutput(ExtractFunction.DEAD));
  }

  private static SingleOutputStreamOperator<Visit> extract(
      DataStream<Arrival> arrivals, Expressions expressions, RiskSettings settings) {
    return arrivals
        .process(new ExtractFunction(expressions, settings), PackedType.VISIT)
        .name(Operators.EXTRACT)
        .uid(Operators.EXTRACT);
  }

  private static SingleOutputStreamOperator<Finding> assess(
      DataStream<Visit> visits, Expressions expressions, RiskSettings settings) {
    return visits
        .keyBy(Visit::entity, Types.STRING)
        .transform(Operators.ASSESS, PackedType.FINDING, new AssessOperator(expressions, settings))
        .uid(Operators.ASSESS);
  }

  private static SingleOutputStreamOperator<Outgoing> decide(
      DataStream<Finding> findings,
      Expressions expressions,
      RiskSettings settings,
      PublishedDecisions.Lookup published) {
    return findings
        .keyBy(Finding::group, Types.STRING)
        .transform(
            Operators.DECIDE,
            PackedType.OUTGOING,
            new DecideOperator(expressions, settings, published))
        .uid(Operators.DECIDE);
  }

  private static DataStream<Outgoing> raise(
      DataStream<AlertSignal> signals, RiskSettings settings) {
    return signals
        .keyBy(signal -> signal.alert().getFingerprint(), Types.STRING)
        .transform(Operators.RAISE, PackedType.OUTGOING, new RaiseOperator(settings))
        .uid(Operators.RAISE);
  }

  /** What the job needs of Flink wherever it runs. */
  static Configuration needs() {
    return needs("fenghuo-risk");
  }

  static Configuration needs(String name) {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.NAME, name);
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    // Everything that travels is immutable.
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    // What travels is numbered by the definitions: taken from a checkpoint into a job with others
    // it would say something else.
    flink.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(200));
    flink.set(PipelineOptions.MAX_PARALLELISM, 128);
    return flink;
  }

  /**
   * What is set for a cluster that was told nothing; the place of checkpoints is the cluster's own.
   */
  public static Configuration defaults() {
    Configuration flink = new Configuration();
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(2));
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    flink.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofSeconds(2));
    flink.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
    flink.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    return flink;
  }
}
