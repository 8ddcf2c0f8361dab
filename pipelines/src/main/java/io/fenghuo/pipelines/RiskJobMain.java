package io.fenghuo.pipelines;

import io.fenghuo.rules.definition.RuleErrors;
import java.util.Locale;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The risk job as a program for any Flink cluster: {@code flink run fenghuo-pipelines-job.jar
 * --kafka HOST:PORT}.
 */
public final class RiskJobMain extends JobProgram<RiskSettings> {

  private static final String USAGE =
      """
      Usage: flink run fenghuo-pipelines-job.jar --kafka HOST:PORT [options]
        --mode arrival|event-time  decide at once, or in order of event time (default: arrival)
        --group ID                 consumer group (default: fenghuo-risk)
      """;

  RiskJobMain() {
    super(USAGE, RiskSettings::new);
  }

  public static void main(String[] arguments) throws Exception {
    new RiskJobMain().run(arguments);
  }

  @Override
  boolean take(RiskSettings settings, String option, String value) {
    if (!option.equals("--mode")) {
      return false;
    }
    settings.mode(
        switch (value.toLowerCase(Locale.ROOT)) {
          case "arrival" -> RiskSettings.Mode.ARRIVAL;
          case "event-time" -> RiskSettings.Mode.EVENT_TIME;
          default -> throw wrong(option, value, "arrival or event-time");
        });
    return true;
  }

  @Override
  void build(StreamExecutionEnvironment env, RiskSettings settings) throws RuleErrors {
    RiskJob.build(env, settings);
  }
}
