package io.fenghuo.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink in this JVM, for one job or a few: state in RocksDB, checkpoints in a folder of each job,
 * and a start that goes on from the newest checkpoint found there.
 */
public final class FlinkCluster implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FlinkCluster.class);

  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration FINAL_CHECKPOINT_LIMIT = Duration.ofSeconds(20);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration SAVEPOINT_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);

  /** A gauge the Kafka source adds for every partition it was given. */
  private static final Pattern ASSIGNED_PARTITION =
      Pattern.compile("_KafkaSourceReader_topic_partition_currentOffset(\\{.*})");

  private static final Pattern TOPIC = Pattern.compile("[{,]topic=\"([^\"]+)\"");

  private final FlinkSettings settings;
  private final Configuration configuration;
  private final MiniCluster cluster;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Path> folders = new ConcurrentHashMap<>();

  /** In the order in which they were started. Replaced, never altered: others look at it. */
  private volatile Map<String, JobID> jobs = Map.of();

  private volatile boolean exchanging;

  /** Why a job is gone for good, when it is. */
  private volatile CommandFailure lost;

  private boolean closed;

  private FlinkCluster(FlinkSettings settings, Configuration configuration, MiniCluster cluster) {
    this.settings = settings;
    this.configuration = configuration;
    this.cluster = cluster;
  }

  /** Starts the cluster, with no job yet. */
  public static FlinkCluster start(FlinkSettings settings) {
    LoopbackPort.requireFree("Flink", settings.restPort(), "--flink-port");
    LoopbackPort.requireFree("The metrics page", settings.metricsPort(), "--metrics-port");
    MiniCluster cluster = null;
    try {
      Files.createDirectories(settings.checkpoints());
      emptyFolder(settings.scratch());
      Configuration configuration = configuration(settings);
      cluster =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(configuration)
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(settings.parallelism() * settings.jobs())
                  .setRpcServiceSharing(RpcServiceSharing.SHARED)
                  .build());
      cluster.start();
      return new FlinkCluster(settings, configuration, cluster);
    } catch (Exception e) {
      if (cluster != null) {
        cluster.closeAsync();
      }
      throw new CommandFailure(
          "Flink did not start: " + e.getMessage(), "The log file has the whole story.", e);
    }
  }

  /**
   * Submits the job, from the newest readable checkpoint if there is one.
   *
   * @param notice told where the job goes on from, and of every checkpoint passed over
   */
  public void run(String name, Job job, Consumer<String> notice) {
    if (jobs.containsKey(name) || jobs.size() == settings.jobs()) {
      throw new IllegalStateException("already runs " + jobs.keySet());
    }
    try {
      folders.put(name, jobs.isEmpty() ? settings.checkpoints() : beside(name));
      Files.createDirectories(folders.get(name));
      start(name, job, notice);
    } catch (CommandFailure e) {
      throw e;
    } catch (Exception e) {
      jobs = without(name);
      throw jobFailure(name, interrupted(e));
    }
  }

  /** The first job's lie where those of the only job always lay, the others' beside them. */
  private Path beside(String job) {
    return settings.checkpoints().resolveSibling(settings.checkpoints().getFileName() + "-" + job);
  }

  /**
   * Stops a job with a savepoint and starts another in its place, from there: in each stream, what
   * came before that place is the former one's, and what comes after it the next one's.
   *
   * <p>The next one is laid out before the former one is stopped. A kill in between leaves the
   * savepoint as the newest checkpoint.
   *
   * @param former what runs now, to be started again when the next one does not run
   * @param notice told where a job goes on from
   * @throws CommandFailure when the next one does not run; the former one does then
   */
  public synchronized void exchange(String name, Job next, Job former, Consumer<String> notice) {
    StreamExecutionEnvironment env;
    try {
      env = layOut(name, next);
    } catch (Exception e) {
      throw jobFailure(name, interrupted(e));
    }
    exchanging = true;
    try {
      Path savepoint = stopWithSavepoint(name, former, notice);
      notice.accept("stopped with savepoint " + savepoint);
      try {
        submit(name, env, Optional.of(savepoint));
        awaitRunning(name);
      } catch (Exception e) {
        CommandFailure failure =
            e instanceof CommandFailure known ? known : jobFailure(name, interrupted(e));
        startAgain(name, former, notice);
        throw failure;
      }
    } finally {
      exchanging = false;
    }
  }

  private Path stopWithSavepoint(String name, Job former, Consumer<String> notice) {
    JobID job = jobs.get(name);
    String folder = folders.get(name).resolve(CheckpointFolder.STOPPED).toUri().toString();
    try {
      return Path.of(
          URI.create(
              cluster
                  .stopWithSavepoint(job, folder, false, SavepointFormatType.NATIVE)
                  .get(SAVEPOINT_LIMIT.toSeconds(), TimeUnit.SECONDS)));
    } catch (ExecutionException e) {
      // Else Flink lets the job go on, if by a restart.
      if (isTerminal(job)) {
        startAgain(name, former, notice);
      }
      throw jobFailure(name, e);
    } catch (TimeoutException | InterruptedException e) {
      // It might still stop later, when nobody expects it any more.
      startAgain(name, former, notice);
      throw jobFailure(name, interrupted(e));
    }
  }

  /** Ends what is left of a job and starts it from its newest checkpoint. */
  private void startAgain(String name, Job job, Consumer<String> notice) {
    try {
      if (!isTerminal(jobs.get(name))) {
        cancel(jobs.get(name));
      }
      start(name, job, notice);
    } catch (Exception e) {
      lost = jobFailure(name, interrupted(e));
      throw lost;
    }
  }

  private void awaitRunning(String name) throws InterruptedException, TimeoutException {
    JobID job = jobs.get(name);
    long limit = System.nanoTime() + START_LIMIT.toNanos();
    while (!isRunning(job)) {
      Optional<String> failure = lastFailure(job);
      if (failure.isPresent()) {
        throw jobFailure(name, new IllegalStateException(failure.get()));
      }
      if (System.nanoTime() - limit > 0) {
        throw new TimeoutException("its tasks do not run after " + START_LIMIT.toSeconds() + " s");
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }

  /** True while one job is being replaced by another. */
  public boolean isExchanging() {
    return exchanging;
  }

  /** Starts a job from its newest readable checkpoint if there is one. */
  private void start(String name, Job job, Consumer<String> notice) throws Exception {
    CheckpointFolder folder = new CheckpointFolder(folders.get(name));
    Optional<Path> newest = folder.newestReadable(notice).map(Checkpoint::folder);
    if (newest.isPresent()) {
      notice.accept("going on from checkpoint " + newest.get());
      int deleted = folder.deleteUnused();
      LOG.info("Deleted {} files of checkpoints no longer needed", deleted);
    } else {
      notice.accept("no checkpoint: beginning with empty state");
    }
    submit(name, layOut(name, job), newest);
  }

  private StreamExecutionEnvironment layOut(String name, Job job) throws Exception {
    Configuration jobConfiguration = new Configuration(configuration);
    jobConfiguration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, folders.get(name).toUri().toString());
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(jobConfiguration);
    job.build(env);
    return env;
  }

  private void submit(String name, StreamExecutionEnvironment env, Optional<Path> from)
      throws Exception {
    if (from.isPresent()) {
      Configuration recovery = new Configuration();
      recovery.set(StateRecoveryOptions.SAVEPOINT_PATH, from.get().toUri().toString());
      // The new run owns the files from here on, and deletes them when it no longer needs them.
      recovery.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
      env.configure(recovery);
    }
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(name);
    Map<String, JobID> more = new LinkedHashMap<>(jobs);
    more.put(name, graph.getJobID());
    jobs = Collections.unmodifiableMap(more);
    cluster.submitJob(graph).get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private Map<String, JobID> without(String name) {
    Map<String, JobID> less = new LinkedHashMap<>(jobs);
    less.remove(name);
    return Collections.unmodifiableMap(less);
  }

  private static Exception interrupted(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return e;
  }

  /**
   * True when every task of every job runs.
   *
   * @throws CommandFailure if a job has ended, with the reason
   */
  public boolean isRunning() {
    if (lost != null) {
      throw lost;
    }
    try {
      return !exchanging && jobs.values().stream().allMatch(this::isRunning);
    } catch (CommandFailure ended) {
      if (exchanging) {
        return false;
      }
      throw ended;
    }
  }

  private boolean isRunning(JobID jobId) {
    AccessExecutionGraph graph;
    try {
      graph = call(cluster.getExecutionGraph(jobId));
    } catch (CommandFailure e) {
      LOG.debug("No execution graph yet", e);
      return false;
    }
    if (graph.getState().isGloballyTerminalState()) {
      throw jobFailure(
          graph.getJobName(),
          graph.getFailureInfo() == null
              ? new IllegalStateException("state " + graph.getState())
              : graph.getFailureInfo().getException());
    }
    if (graph.getState() != JobStatus.RUNNING) {
      return false;
    }
    for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
      if (vertex.getExecutionState() != ExecutionState.RUNNING
          && vertex.getExecutionState() != ExecutionState.FINISHED) {
        return false;
      }
    }
    return true;
  }

  /**
   * State of the first job that does not run, in Flink's words: INITIALIZING, RESTARTING, FAILED
   * and others; else RUNNING.
   */
  public JobStatus status() {
    return jobs.values().stream()
        .map(this::status)
        .filter(status -> status != JobStatus.RUNNING)
        .findFirst()
        .orElse(JobStatus.RUNNING);
  }

  private JobStatus status(JobID jobId) {
    return call(cluster.getJobStatus(jobId));
  }

  /** Why the tasks of a job last failed, or empty when they never did in this run. */
  public Optional<String> lastFailure() {
    return jobs.values().stream().map(this::lastFailure).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> lastFailure(JobID jobId) {
    AccessExecutionGraph graph = call(cluster.getExecutionGraph(jobId));
    return Optional.ofNullable(graph.getFailureInfo())
        .map(info -> info.getException().deserializeError(FlinkCluster.class.getClassLoader()))
        .map(FlinkCluster::reason);
  }

  /** True when a job's Kafka sources have been given a partition of each of these topics. */
  public boolean isReading(String job, Set<String> topics) {
    Set<String> assigned = new HashSet<>();
    Matcher matcher = ASSIGNED_PARTITION.matcher(metrics());
    while (matcher.find()) {
      Matcher topic = TOPIC.matcher(matcher.group(1));
      if (matcher.group(1).contains("job_name=\"" + labelled(job) + "\"") && topic.find()) {
        assigned.add(topic.group(1));
      }
    }
    return topics.stream().allMatch(topic -> assigned.contains(labelled(topic)));
  }

  /** Flink's reporter writes what is no letter, digit or colon in a label as an underscore. */
  private static String labelled(String value) {
    return value.replaceAll("[^a-zA-Z0-9:_]", "_");
  }

  /** Where Flink's web page is. */
  public URI webPage() {
    return URI.create("http://" + LoopbackPort.HOST + ":" + settings.restPort());
  }

  /** Where Prometheus reads. */
  public URI metricsPage() {
    return URI.create("http://" + LoopbackPort.HOST + ":" + settings.metricsPort() + "/metrics");
  }

  /**
   * Takes a checkpoint of each job now.
   *
   * @return the first job's folder, or empty when it failed or took too long; the last one stands
   *     then
   */
  public Optional<String> checkpoint() {
    return jobs.values().stream().map(this::checkpoint).toList().get(0);
  }

  private Optional<String> checkpoint(JobID jobId) {
    try {
      return Optional.of(
          cluster
              .triggerCheckpoint(jobId)
              .get(FINAL_CHECKPOINT_LIMIT.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.info("No checkpoint on demand; the last regular one stands", e);
      return Optional.empty();
    }
  }

  /** Takes a last checkpoint, ends the jobs and stops the cluster. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (JobID job : jobs.values()) {
      if (!isTerminal(job)) {
        checkpoint(job);
        cancel(job);
      }
    }
    quietly("stop Flink", cluster.closeAsync());
  }

  /** Stops the cluster as it stands, as a kill would: no last checkpoint. For tests. */
  void closeAbruptly() {
    closed = true;
    quietly("stop Flink", cluster.closeAsync());
  }

  private boolean isTerminal(JobID jobId) {
    try {
      return status(jobId).isGloballyTerminalState();
    } catch (CommandFailure e) {
      LOG.info("Job state unknown", e);
      return false;
    }
  }

  private void cancel(JobID jobId) {
    quietly(
        "cancel the job",
        cluster.cancelJob(jobId).thenCompose(acknowledged -> cluster.requestJobResult(jobId)));
  }

  private String metrics() {
    try {
      HttpRequest request = HttpRequest.newBuilder(metricsPage()).timeout(CALL_LIMIT).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      LOG.debug("No metrics yet", e);
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static <T> T call(CompletableFuture<T> answer) {
    try {
      return answer.get(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailure(
          "Flink does not answer: " + reason(e), "The log file has the whole story.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted.", "Start again.", e);
    }
  }

  private static void quietly(String what, CompletableFuture<?> done) {
    try {
      done.get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("Could not {} in order", what, e);
    }
  }

  private static CommandFailure jobFailure(String name, Throwable cause) {
    return new CommandFailure(
        "Job \"" + name + "\" failed: " + reason(cause),
        "The log file has the whole story. If the job's steps have changed since its last"
            + " checkpoint, move the checkpoints folder away to begin with empty state.",
        cause);
  }

  /** The innermost message: Flink wraps every failure in what it was doing at the time. */
  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null && innermost.getCause() != innermost) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
  }

  private static Configuration configuration(FlinkSettings settings) {
    Configuration configuration = new Configuration();

    // Whoever reaches Flink's REST API controls the job: loopback only, and no jars by upload.
    configuration.set(RestOptions.ADDRESS, LoopbackPort.HOST);
    configuration.set(RestOptions.BIND_ADDRESS, LoopbackPort.HOST);
    configuration.set(RestOptions.PORT, settings.restPort());
    configuration.set(RestOptions.BIND_PORT, String.valueOf(settings.restPort()));
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.RESCALE_ENABLE, false);
    configuration.set(WebOptions.TMP_DIR, settings.scratch().toString());
    configuration.set(JobManagerOptions.ADDRESS, LoopbackPort.HOST);
    configuration.set(JobManagerOptions.BIND_HOST, LoopbackPort.HOST);
    configuration.set(TaskManagerOptions.HOST, LoopbackPort.HOST);
    configuration.set(TaskManagerOptions.BIND_HOST, LoopbackPort.HOST);
    configuration.set(BlobServerOptions.STORAGE_DIRECTORY, settings.scratch().toString());

    configuration.set(CoreOptions.TMP_DIRS, settings.scratch().toString());
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism());
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE,
        MemorySize.ofMebiBytes(settings.managedMemoryMegabytes()));
    MemorySize network = MemorySize.ofMebiBytes(96);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    // A decision is waited for; a full buffer is not worth it.
    configuration.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(1));

    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.setString("state.backend.rocksdb.localdir", settings.scratch().toString());
    configuration.setString("state.backend.rocksdb.use-bloom-filter", "true");
    configuration.setString("state.backend.rocksdb.memory.partitioned-index-filters", "true");
    // Processor time is scarcer here than disk: state is rewritten often and read back soon.
    configuration.setString("state.backend.rocksdb.compression.per.level", "NO_COMPRESSION");

    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, CheckpointFolder.RETAINED);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    // A full disk that is cleared in time must not cost a restart.
    configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);

    // All of Flink is in this JVM: a missed heartbeat is a machine that slept, not a death.
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofDays(1));

    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY,
        RestartStrategyOptions.RestartStrategyType.EXPONENTIAL_DELAY.getMainValue());
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(500));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(30));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(5));

    configuration.setString(
        "metrics.reporter.prometheus.factory.class",
        LoopbackPrometheusReporter.Factory.class.getName());
    configuration.setString(
        "metrics.reporter.prometheus.port", String.valueOf(settings.metricsPort()));
    return configuration;
  }

  /** RocksDB's working files of the last run are of no use: the state comes from the checkpoint. */
  private static void emptyFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      List<Path> deepestFirst;
      try (Stream<Path> walk = Files.walk(folder)) {
        deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
    Files.createDirectories(folder);
  }
}
