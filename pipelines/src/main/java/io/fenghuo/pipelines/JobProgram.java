package io.fenghuo.pipelines;

import io.fenghuo.rules.definition.ApprovedMode;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.rehearsal.RulePacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.TimeUtils;

/**
 * A job as a program for any Flink cluster, from its arguments on.
 *
 * <p>Wrong arguments and wrong rules end as an exception with a message that says what was
 * expected, never by ending the process: in a session cluster it belongs to all jobs. {@code flink
 * run} turns it into exit code 1.
 *
 * @param <S> the job's settings
 */
abstract class JobProgram<S extends JobSettings<S>> {

  private static final String COMMON =
      """
        --kafka HOST:PORT[,…]      Kafka's bootstrap servers
        --rules DIR                folder of rules (default: the packaged ones)
        --modes FILE               modes that people approved, as the console gives them
                                   (modes.yaml); they go before those in the rules
        --bound TIME               how late an event may be, such as 500ms or 5s (default: 5s)
        --idle TIME                silence after which a partition holds nothing back (default: 5s)
        --registry URL             schema registry, for the Confluent wire format
        --property KEY=VALUE       a client property for Kafka, such as security.protocol=SSL
        --help                     print this
      """;

  private final String usage;
  private final BiFunction<String, Map<String, String>, S> begin;

  /**
   * @param usage the first line, and the options that only this job has
   * @param begin settings for Kafka's address and rule files by path
   */
  JobProgram(String usage, BiFunction<String, Map<String, String>, S> begin) {
    this.usage = usage + COMMON;
    this.begin = begin;
  }

  /** Takes an option that only this job has; false when it has no such option. */
  abstract boolean take(S settings, String option, String value);

  abstract void build(StreamExecutionEnvironment env, S settings) throws RuleErrors;

  final void run(String... arguments) throws Exception {
    if (List.of(arguments).contains("--help")) {
      System.out.print(usage);
      return;
    }
    S settings = settings(arguments);
    // What the cluster or `flink run -D` says goes before our defaults.
    Configuration configuration = RiskJob.defaults();
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    configuration.addAll((Configuration) env.getConfiguration());
    env.configure(configuration);
    try {
      build(env, settings);
    } catch (RuleErrors wrong) {
      throw new IllegalArgumentException("--rules: " + wrong.getMessage(), wrong);
    }
    env.execute();
  }

  final S settings(String... arguments) {
    String kafka = null;
    Map<String, String> rules = null;
    String modes = null;
    Deque<String> left = new ArrayDeque<>(List.of(arguments));
    // Where Kafka is and what the rules are cannot be changed later, so they are looked for first.
    Deque<String> others = new ArrayDeque<>();
    while (!left.isEmpty()) {
      String option = left.pop();
      switch (option) {
        case "--kafka" -> kafka = value(option, left);
        case "--rules" -> rules = rules(value(option, left));
        case "--modes" -> modes = modes(value(option, left));
        default -> {
          others.add(option);
          others.add(value(option, left));
        }
      }
    }
    if (kafka == null || !kafka.matches(".+:\\d+")) {
      throw wrong("--kafka", kafka, "HOST:PORT");
    }
    Map<String, String> files = new HashMap<>(rules == null ? RulePacks.shipped() : rules);
    if (modes != null) {
      files.put(ApprovedMode.FILE, modes);
    }
    S settings = begin.apply(kafka, files);
    while (!others.isEmpty()) {
      set(settings, others.pop(), others.pop());
    }
    return settings;
  }

  private void set(S settings, String option, String value) {
    switch (option) {
      case "--bound" -> settings.bound(time(option, value));
      case "--idle" -> settings.idle(time(option, value));
      case "--group" -> settings.group(value);
      case "--registry" -> settings.registry(value);
      case "--property" -> {
        int equals = value.indexOf('=');
        if (equals < 1) {
          throw wrong(option, value, "KEY=VALUE");
        }
        settings.kafkaProperty(value.substring(0, equals), value.substring(equals + 1));
      }
      default -> {
        if (!take(settings, option, value)) {
          throw new IllegalArgumentException(option + ": no such option\n" + usage);
        }
      }
    }
  }

  private String value(String option, Deque<String> left) {
    try {
      return left.pop();
    } catch (NoSuchElementException none) {
      throw new IllegalArgumentException(option + ": no value\n" + usage);
    }
  }

  private Map<String, String> rules(String folder) {
    if (!Files.isDirectory(Path.of(folder))) {
      throw wrong("--rules", folder, "a folder");
    }
    return RulePacks.in(Path.of(folder));
  }

  private String modes(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException unreadable) {
      throw wrong("--modes", file, "a file that can be read");
    }
  }

  final Duration time(String option, String value) {
    try {
      return TimeUtils.parseDuration(value);
    } catch (IllegalArgumentException e) {
      throw wrong(option, value, "a time such as 500ms or 5s");
    }
  }

  final IllegalArgumentException wrong(String option, String value, String expected) {
    return new IllegalArgumentException(
        option + ": " + value + " (expected: " + expected + ")\n" + usage);
  }
}
