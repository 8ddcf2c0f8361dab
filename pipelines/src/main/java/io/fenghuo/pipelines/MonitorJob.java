package io.fenghuo.pipelines;

import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.esper.EsperCompiler;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Partial;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The path of a measure: everything the shop and the risk job say in, figures out.
 *
 * <pre>
 * read → measure → gather (by event id: duplicates end here) → figures (by figure) → kpis
 *           ↘ dead letters of what only this job reads          ↘ watch (by watch and subject) → alerts
 * </pre>
 */
public final class MonitorJob {

  /** What the job reads. */
  public static final List<Stream> READS =
      List.of(
          Stream.ORDERS,
          Stream.PAYMENTS,
          Stream.LOGINS,
          Stream.TRAFFIC,
          Stream.RESOURCES,
          Stream.DECISIONS,
          Stream.DEAD_LETTERS);

  private static final Duration FETCHED_TOGETHER = Duration.ofMillis(50);
  private static final Duration TOGETHER = Duration.ofMillis(10);

  private MonitorJob() {}

  /**
   * Lays out the job.
   *
   * @throws RuleErrors when the definitions are not right; nothing has been started then
   */
  public static void build(StreamExecutionEnvironment env, MonitorSettings settings)
      throws RuleErrors {
    env.configure(RiskJob.needs("fenghuo-monitor"));
    // Nobody waits for a single event here: on the way to a figure of the second many travel
    // together.
    env.setBufferTimeout(TOGETHER.toMillis());
    MonitorSet monitored = MonitorSet.read(settings.rules(), settings.zone());
    FigureFilters filters = EsperCompiler.compile(monitored.plan(), monitored.figures().lines());

    List<String> topics = READS.stream().map(Stream::topic).toList();
    Figures measured =
        measure(
            KafkaEdge.read(env, topics, Operators.READ_TO_MEASURE, FETCHED_TOGETHER, settings),
            filters,
            settings);
    Findings found = watch(measured.readings(), settings);
    KafkaEdge.publish(
        measured.points().union(found.derived()), Stream.KPIS, Operators.PUBLISH_FIGURES, settings);
    KafkaEdge.publish(found.alerts(), Stream.ALERTS, Operators.PUBLISH_ALERTS, settings);
    KafkaEdge.publish(
        measured.dead(), Stream.DEAD_LETTERS, Operators.PUBLISH_DEAD_LETTERS, settings);
  }

  /** What comes of measuring: points to be published, the same as readings, and dead letters. */
  record Figures(
      DataStream<Outgoing> points, DataStream<Reading> readings, DataStream<Outgoing> dead) {}

  /** Every step between reading and publishing. */
  static Figures measure(
      DataStream<Arrival> arrivals, FigureFilters filters, MonitorSettings settings) {
    SingleOutputStreamOperator<Measurement> measurements =
        arrivals
            .process(new MeasureFunction(filters, settings), PackedType.MEASUREMENT)
            .name(Operators.MEASURE)
            .uid(Operators.MEASURE);
    SingleOutputStreamOperator<Partial> partials =
        measurements
            .keyBy(Shards::of, Types.INT)
            .transform(Operators.GATHER, PackedType.PARTIAL, new GatherOperator(filters, settings))
            .uid(Operators.GATHER);
    SingleOutputStreamOperator<Outgoing> points =
        partials
            .keyBy(Partial::figure, Types.STRING)
            .transform(
                Operators.FIGURES, PackedType.OUTGOING, new FigureOperator(filters, settings))
            .uid(Operators.FIGURES);
    return new Figures(
        points,
        points.getSideOutput(FigureOperator.READINGS),
        measurements.getSideOutput(MeasureFunction.DEAD));
  }

  /** What comes of watching: alerts, and figures that watches derive. */
  record Findings(DataStream<Outgoing> alerts, DataStream<Outgoing> derived) {}

  /** From readings to alerts. */
  static Findings watch(DataStream<Reading> readings, MonitorSettings settings) {
    SingleOutputStreamOperator<Outgoing> alerts =
        readings
            .flatMap(new RouteToWatches(settings))
            .returns(PackedType.WATCHED)
            .name(Operators.ROUTE)
            .uid(Operators.ROUTE)
            .keyBy(Watched::place, Types.STRING)
            .transform(Operators.WATCH, PackedType.OUTGOING, new WatchOperator(settings))
            .uid(Operators.WATCH);
    DataStream<Outgoing> derived =
        alerts
            .getSideOutput(WatchOperator.DERIVED)
            .map(new DerivedFigures(settings))
            .returns(PackedType.OUTGOING)
            .name(Operators.DERIVE)
            .uid(Operators.DERIVE);
    return new Findings(alerts, derived);
  }
}
