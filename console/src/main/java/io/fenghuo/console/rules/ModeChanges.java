package io.fenghuo.console.rules;

import io.fenghuo.console.RuleInfo;
import io.fenghuo.console.rules.RuleJobs.NotDone;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings approved modes into force. The database is the truth: a stop anywhere in between leaves
 * requests approved, and the next start goes on from there.
 */
public final class ModeChanges implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModeChanges.class);
  private static final long ROUND_MILLIS = 500;

  private final ModeRequests requests;
  private final Map<String, RuleInfo> rules = new HashMap<>();
  private final RuleJobs jobs;
  private final InstantSource clock;
  private volatile boolean stopping;
  private Thread thread;

  public ModeChanges(
      ModeRequests requests, List<RuleInfo> rules, RuleJobs jobs, InstantSource clock) {
    this.requests = requests;
    rules.forEach(rule -> this.rules.put(rule.id(), rule));
    this.jobs = jobs;
    this.clock = clock;
  }

  public synchronized void start() {
    thread = new Thread(this::run, "console-modes");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!stopping) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.warn("approved modes wait: {}", e.toString());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Brings into force what is approved now. */
  void look() {
    List<ModeRequest> wanted = new ArrayList<>(requests.onTheirWay());
    if (wanted.isEmpty() || !jobs.ready()) {
      return;
    }
    wanted.removeIf(this::isOfAnotherVersion);
    if (!wanted.isEmpty() && !bringIntoForce(wanted)) {
      // One of them may be to blame, and the others not.
      wanted.forEach(one -> bringIntoForce(List.of(one)));
    }
  }

  private boolean isOfAnotherVersion(ModeRequest request) {
    RuleInfo rule = rules.get(request.rule());
    if (rule != null && rule.version() == request.ruleVersion()) {
      return false;
    }
    requests.failed(List.of(request), WhyIgnored.zh(request, rule), WhyIgnored.en(request, rule));
    return true;
  }

  /** False when several were refused together: nothing has been done then. */
  private boolean bringIntoForce(List<ModeRequest> wanted) {
    requests.coming(wanted);
    try {
      String version = jobs.runBy(ModesFile.of(ModeRequests.with(requests.inForce(), wanted)));
      requests.inForce(wanted, version, clock.instant());
      LOG.info("rule set {} in force, with {} approved modes more", version, wanted.size());
      return true;
    } catch (NotDone refused) {
      LOG.warn("approved modes do not come into force: {}", refused.en(), refused);
      if (wanted.size() > 1) {
        return false;
      }
      requests.failed(wanted, refused.zh(), refused.en());
      return true;
    }
  }

  /** Waits for a change that is under way. */
  @Override
  public void close() {
    stopping = true;
    Thread running;
    synchronized (this) {
      running = thread;
      thread = null;
    }
    if (running == null) {
      return;
    }
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
