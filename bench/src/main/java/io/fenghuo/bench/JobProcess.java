package io.fenghuo.bench;

import io.fenghuo.local.FlinkCluster;
import io.fenghuo.local.FlinkSettings;
import io.fenghuo.local.Job;
import io.fenghuo.pipelines.MonitorJob;
import io.fenghuo.pipelines.MonitorSettings;
import io.fenghuo.pipelines.RiskJob;
import io.fenghuo.pipelines.RiskSettings;
import io.fenghuo.rules.rehearsal.RulePacks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/**
 * A JVM with Flink and one job in it, begun afresh for every run. Ends, as by a kill, when its
 * input ends.
 */
final class JobProcess {

  /** The monitor job with the shipped figures. */
  static final String MONITOR = "monitor";

  static final String FLOOR = "floor";

  /** The floor with something sent for every event. */
  static final String FLOOR_SENDING_ALL = "floor-sending-all";

  /**
   * The default of 1 MB is some 15,000 events, which a reader that takes turns between partitions
   * hands on in one go: of a backlog, minutes of traffic and then minutes of orders. This keeps the
   * mix what it was.
   */
  static final String MOST_FETCHED = String.valueOf(64 << 10);

  /** Records that have left the Kafka source. */
  private static final String COUNTER = "flink_taskmanager_job_task_operator_numRecordsIn{";

  /** Both jobs' sources; a process runs but one of them. */
  private static final String SOURCE = "operator_name=\"Source:_read";

  private JobProcess() {}

  /**
   * @param args folder, Flink's port, port of the metrics, Kafka, consumer group, and {@code
   *     floor}, {@code floor-sending-all}, {@code monitor} or a rule set as {@link RuleFiles#of}
   *     knows it
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    String kafka = args[3];
    String group = args[4];
    FlinkCluster flink =
        FlinkCluster.start(
            FlinkSettings.of(
                folder.resolve("checkpoints"),
                folder.resolve("scratch"),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2])));
    Job job =
        args[5].startsWith(FLOOR)
            ? env -> FloorJob.build(env, kafka, group, args[5].equals(FLOOR_SENDING_ALL))
            : args[5].equals(MONITOR)
                ? env ->
                    MonitorJob.build(
                        env,
                        new MonitorSettings(kafka, RulePacks.shipped())
                            .group(group)
                            .kafkaProperty("max.partition.fetch.bytes", MOST_FETCHED))
                : env ->
                    RiskJob.build(
                        env,
                        new RiskSettings(kafka, RuleFiles.of(args[5]))
                            .group(group)
                            .kafkaProperty("max.partition.fetch.bytes", MOST_FETCHED));
    flink.run(args[5], job, notice -> {});
    while (!flink.isRunning()) {
      Thread.sleep(50);
    }
    HttpClient http = HttpClient.newHttpClient();
    ChildJvm.serve(
        command ->
            switch (command) {
              case "events" -> String.valueOf(events(metrics(http, flink)));
              case "metrics" -> metrics(http, flink).replace('\n', '\t');
              case "heap" -> String.valueOf(heapAfterCollection());
              case "health" ->
                  flink.isRunning() ? "running" : "NOT RUNNING " + flink.lastFailure().orElse("");
              default -> throw new IllegalArgumentException(command);
            });
    // A run's state is of no use to the next one.
    Runtime.getRuntime().halt(0);
  }

  private static String metrics(HttpClient http, FlinkCluster flink)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(flink.metricsPage()).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  static long events(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(COUNTER) && line.contains(SOURCE))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static long heapAfterCollection() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
