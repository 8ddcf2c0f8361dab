package io.fenghuo.local;

import io.fenghuo.console.rules.ModeRequest;
import io.fenghuo.console.rules.ModeRequests;
import io.fenghuo.console.rules.ModesFile;
import io.fenghuo.console.rules.RuleJobs;
import io.fenghuo.pipelines.RiskJob;
import io.fenghuo.pipelines.RiskSettings;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.definition.ApprovedMode;
import io.fenghuo.rules.definition.RuleErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule set the risk job runs by: the rule files as they were at the start, and over them the
 * modes people approved.
 *
 * <p>Rules are pure functions of a rule set with a version, so other modes are another rule set:
 * the job is stopped with a savepoint and another goes on from there. The console's database is the
 * truth; the file in the data folder says what the job runs by.
 */
final class RulesInForce implements RuleJobs {

  /** The job that decides, by name. */
  static final String JOB = "risk";

  private static final Logger LOG = LoggerFactory.getLogger(RulesInForce.class);

  private final Map<String, String> files;
  private final Path modesFile;
  private final Function<Map<String, String>, RiskSettings> settings;
  private final Consumer<String> said;

  /** The approved modes; null while there are none. */
  private String modes;

  /** The rules with them; null until somebody needs them. */
  private Expressions compiled;

  private volatile String version = "";
  private FlinkCluster flink;

  /**
   * @param files rule files by path
   * @param modesFile where the approved modes are written for everybody to see
   * @param settings the job's settings for rule files
   * @param said told of every change
   */
  RulesInForce(
      Map<String, String> files,
      Path modesFile,
      Function<Map<String, String>, RiskSettings> settings,
      Consumer<String> said) {
    this.files = Map.copyOf(files);
    this.modesFile = modesFile;
    this.settings = settings;
    this.said = said;
  }

  /** The rule files alone. */
  Map<String, String> files() {
    return files;
  }

  /**
   * Takes the modes the job is to start with: those in force, and what was approved while nothing
   * ran, or was on its way when everything was killed.
   *
   * @param plain version of the rule set without any
   */
  synchronized void begin(String plain, List<ModeRequest> inForce, List<ModeRequest> onTheirWay) {
    List<ModeRequest> all = ModeRequests.with(inForce, onTheirWay);
    if (!all.isEmpty()) {
      List<String> choices = new ArrayList<>(List.of(ModesFile.of(all)));
      if (!inForce.isEmpty()) {
        choices.add(ModesFile.of(inForce));
      }
      for (String text : choices) {
        try {
          Expressions rules = RiskJob.compile(with(text));
          take(text, rules, versionOf(rules));
          return;
        } catch (RuleErrors wrong) {
          LOG.warn("The rules cannot be used with these approved modes:\n{}\n{}", text, wrong);
        }
      }
      if (!inForce.isEmpty()) {
        said.accept("the approved modes cannot be used with these rules; the log has the reason");
      }
    }
    take(null, null, plain);
  }

  private static String versionOf(Expressions rules) {
    return rules.plan().ruleSet().version();
  }

  private Map<String, String> with(String text) {
    Map<String, String> all = new HashMap<>(files);
    if (text != null) {
      all.put(ApprovedMode.FILE, text);
    }
    return all;
  }

  private void take(String text, Expressions rules, String ofVersion) {
    modes = text;
    compiled = rules;
    version = ofVersion;
    try {
      if (text == null) {
        Files.deleteIfExists(modesFile);
      } else {
        Path written = modesFile.resolveSibling(modesFile.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(
            written,
            modesFile,
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      // It is for people to look at; the database has the same.
      LOG.warn("{} cannot be written", modesFile, e);
    }
  }

  /** The job with the rules in force. */
  synchronized Job job() throws RuleErrors {
    if (compiled == null) {
      compiled = RiskJob.compile(with(modes));
    }
    return job(modes, compiled);
  }

  private Job job(String text, Expressions rules) {
    return env -> RiskJob.build(env, settings.apply(with(text)), rules);
  }

  /** Version of the rule set in force. */
  String version() {
    return version;
  }

  /** From now on, and until the answer is closed, changes are made. */
  synchronized Running runsOn(FlinkCluster cluster) {
    flink = cluster;
    return () -> {
      synchronized (this) {
        flink = null;
      }
    };
  }

  /** While the job runs; closing it waits for a change that is under way. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public synchronized boolean ready() {
    return flink != null;
  }

  @Override
  public synchronized String runBy(String text) throws NotDone {
    if (flink == null) {
      throw new IllegalStateException("the job is being stopped");
    }
    if (text.equals(modes)) {
      return version;
    }
    try {
      Expressions next = RiskJob.compile(with(text));
      said.accept("approved modes: " + JOB + " goes over to rule set " + versionOf(next));
      long start = System.nanoTime();
      flink.exchange(JOB, job(text, next), job(), line -> LOG.info("{}: {}", JOB, line));
      take(text, next, versionOf(next));
      long millis = (System.nanoTime() - start) / 1_000_000;
      said.accept("rule set " + version + " is in force, after " + millis + " ms");
      return version;
    } catch (RuleErrors wrong) {
      throw new NotDone(
          "规则与此状态不能一起使用：" + wrong.getMessage(),
          "The rules cannot be used with this mode: " + wrong.getMessage(),
          wrong);
    } catch (CommandFailure failed) {
      said.accept("it did not: " + failed.getMessage() + " The former rule set stays.");
      throw new NotDone(
          "风控作业没能换用新的规则集，仍按原来的规则集运行：" + failed.getMessage(),
          "The risk job did not take the new rule set and runs by the former one: "
              + failed.getMessage(),
          failed);
    }
  }
}
