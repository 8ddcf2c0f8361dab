package io.fenghuo.pipelines;

import io.fenghuo.rules.definition.RuleErrors;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The monitor job as a program for any Flink cluster: {@code flink run -c
 * io.fenghuo.pipelines.MonitorJobMain fenghuo-pipelines-job.jar --kafka HOST:PORT}.
 */
public final class MonitorJobMain extends JobProgram<MonitorSettings> {

  private static final String USAGE =
      """
      Usage: flink run -c io.fenghuo.pipelines.MonitorJobMain fenghuo-pipelines-job.jar
             --kafka HOST:PORT [options]
        --zone ZONE                the shop's time zone (default: Asia/Shanghai)
        --late TIME                how long a late event still revises its figures (default: 6h)
        --behind TIME              how old a host's sample may be when Kafka is given it, before
                                   its clock is reported as slow (default: 15min)
        --group ID                 consumer group (default: fenghuo-monitor)
      """;

  private MonitorJobMain() {
    super(USAGE, MonitorSettings::new);
  }

  public static void main(String[] arguments) throws Exception {
    new MonitorJobMain().run(arguments);
  }

  @Override
  boolean take(MonitorSettings settings, String option, String value) {
    switch (option) {
      case "--zone" -> settings.zone(zone(value));
      case "--late" -> settings.late(time(option, value));
      case "--behind" -> settings.behind(time(option, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException unknown) {
      throw wrong("--zone", name, "a time zone such as Asia/Shanghai");
    }
  }

  @Override
  void build(StreamExecutionEnvironment env, MonitorSettings settings) throws RuleErrors {
    MonitorJob.build(env, settings);
  }
}
