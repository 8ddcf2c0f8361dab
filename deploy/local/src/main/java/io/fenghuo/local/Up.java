package io.fenghuo.local;

import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.api.Access;
import io.fenghuo.console.access.OpenIdSettings;
import io.fenghuo.local.simulate.Scenario;
import io.fenghuo.local.simulate.Simulator;
import io.fenghuo.pipelines.MonitorJob;
import io.fenghuo.pipelines.MonitorSettings;
import io.fenghuo.pipelines.RiskSettings;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything on this machine, in this JVM, and shows what it does until it is stopped. */
@Command(
    name = "up",
    description = "Start everything on this machine.",
    footer = {
      "",
      "Prints one line beginning with READY when everything serves, then live figures.",
      "Ctrl-C or SIGTERM stops it in order. The next start on the same folder goes on",
      "from there; after a kill, from the last checkpoint.",
      "",
      "Examples:",
      "  ./fenghuo up",
      "  ./fenghuo up --simulate none --rules my-rules",
      "  ./fenghuo up --data-dir /var/lib/fenghuo --rate 1000 --kafka-port 19092",
      "  ./fenghuo up --database-url postgresql://db.example/fenghuo \\",
      "      --database-password-file /run/secrets/fenghuo-db \\",
      "      --alerting-host 0.0.0.0 --alerting-token-file /run/secrets/fenghuo-token"
    })
final class Up implements Callable<Integer> {

  private static final String NO_SIMULATION = "none";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** When to decide: on arrival of the event, or once nothing earlier can come any more. */
  enum Mode {
    ARRIVAL,
    EVENT_TIME;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where everything is kept (default: .data in the checkout).")
  private Path dataFolder = DataFolder.standard();

  @Option(
      names = "--simulate",
      paramLabel = "SCENARIO",
      defaultValue = "mixed",
      description = "The simulated shop's scenario, or none (default: ${DEFAULT-VALUE}).")
  private String simulate;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Simulated events per second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--break-after",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "When what is special about the scenario begins, such as 5m.")
  private Duration breakAfter;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the simulation (default: one nobody had before).")
  private Long seed;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Simulated shoppers (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Kafka (default: ${DEFAULT-VALUE}).")
  private int kafkaPort;

  @Option(
      names = "--flink-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "Flink's web page (default: ${DEFAULT-VALUE}).")
  private int flinkPort;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "9249",
      description = "Metrics for Prometheus (default: ${DEFAULT-VALUE}).")
  private int metricsPort;

  @Mixin private ListenerOptions listener;

  @Option(
      names = "--console-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "The console, for people (default: ${DEFAULT-VALUE}).")
  private int consolePort;

  @Option(
      names = "--no-login",
      description = "Let everybody on this machine use the console without an account.")
  private boolean noLogin;

  @Mixin private OpenIdOptions openId;

  @Mixin private DatabaseOptions database;

  @Option(
      names = "--routing",
      paramLabel = "FILE",
      description = "Who hears of which alert (default: routing.yml in the data folder).")
  private Path routing;

  @Option(
      names = "--rules",
      paramLabel = "DIR",
      description = "Folder of rules (default: the packaged ones).")
  private Path rules;

  @Option(
      names = "--mode",
      paramLabel = "arrival|event-time",
      defaultValue = "arrival",
      description =
          "Decide when the event arrives, or in order of event time (default: ${DEFAULT-VALUE}).")
  private Mode mode;

  @Option(
      names = "--bound",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationText.class,
      description =
          "How late an event may be against the others, as 500ms or 5s"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration bound;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "Asia/Shanghai",
      description = "The shop's time zone; its days are cut there (default: ${DEFAULT-VALUE}).")
  private ZoneId zone;

  @Option(
      names = "--late",
      paramLabel = "TIME",
      defaultValue = "6h",
      converter = DurationText.class,
      description =
          "How long an event that comes late still revises its figures"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration late;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "2",
      description = "Flink subtasks of each step (default: ${DEFAULT-VALUE}).")
  private int parallelism;

  @Option(
      names = "--state-memory",
      paramLabel = "MB",
      defaultValue = "512",
      description = "Memory for RocksDB beside the heap (default: ${DEFAULT-VALUE}).")
  private int stateMemory;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationText.class,
      description = "Time between checkpoints (default: ${DEFAULT-VALUE}).")
  private Duration checkpointEvery;

  @Spec private CommandSpec spec;

  private final StopSignal stop;
  private final Function<Up, List<JobPlan>> plans;
  private Progress progress;
  private RulesInForce rulesInForce;

  Up(StopSignal stop) {
    this(stop, Up::jobs);
  }

  /** With other jobs; for tests. */
  Up(StopSignal stop, Function<Up, List<JobPlan>> plans) {
    this.stop = stop;
    this.plans = plans;
  }

  /** Our jobs, set by the options. */
  private List<JobPlan> jobs() {
    return List.of(
        riskJob(),
        new JobPlan(
            "monitor",
            Set.copyOf(MonitorJob.READS),
            env -> MonitorJob.build(env, monitorSettings())));
  }

  JobPlan riskJob() {
    return new JobPlan(
        RulesInForce.JOB,
        Set.of(Stream.ORDERS, Stream.PAYMENTS, Stream.LOGINS, Stream.TRAFFIC, Stream.LISTS),
        env -> rulesInForce.job().build(env));
  }

  private MonitorSettings monitorSettings() {
    return new MonitorSettings(kafka().toString(), rulesInForce.files())
        .bound(bound)
        .zone(zone)
        .late(late);
  }

  private RiskSettings riskSettings(Map<String, String> files) {
    return new RiskSettings(kafka().toString(), files)
        .mode(mode == Mode.ARRIVAL ? RiskSettings.Mode.ARRIVAL : RiskSettings.Mode.EVENT_TIME)
        .bound(bound);
  }

  /** Where this machine's Kafka is. */
  KafkaAddress kafka() {
    return new KafkaAddress(LoopbackPort.HOST, kafkaPort);
  }

  @Override
  public Integer call() {
    progress = new Progress(spec.commandLine().getOut());
    Simulate.requireRate(rate);
    Scenario scenario = scenario();
    Optional<OpenIdSettings> provider = openId.settings(System.getenv());
    Access access = listener.access(System.getenv());
    Optional<Postgres.Login> login = database.login(System.getenv());
    List<JobPlan> jobPlans = plans.apply(this);
    try (DataFolder folder = DataFolder.open(dataFolder)) {
      // Before anything starts, so that a taken port costs nobody a minute.
      LoopbackPort.requireFree("Kafka", kafkaPort, "--kafka-port");
      LoopbackPort.requireFree("Flink", flinkPort, "--flink-port");
      LoopbackPort.requireFree("The metrics page", metricsPort, "--metrics-port");
      listener.requireFree();
      LoopbackPort.requireFree("The console", consolePort, "--console-port");
      Path log = Logs.toFile(folder.logs());
      Optional<DatabaseServer> own = login.map(OwnDatabase::at);
      progress.say("data in " + folder.path() + ", log in " + log);
      rulesInForce =
          new RulesInForce(
              rules == null ? RulePacks.shipped() : RulePacks.in(rules),
              folder.modes(),
              this::riskSettings,
              progress::say);
      try (EmbeddedKafka kafka = startKafka(folder);
          AlertingService alerting = startAlerting(folder, access, own);
          ConsoleService console = startConsole(folder, alerting, provider);
          FlinkCluster flink = startFlink(folder, jobPlans)) {
        if (awaitServing(flink, jobPlans)) {
          try (RulesInForce.Running changes = rulesInForce.runsOn(flink)) {
            serve(kafka, alerting, console, flink, scenario);
          }
        }
        progress.say("stopping: a last checkpoint, then Flink, the console, alerting, Kafka");
      }
      progress.say("stopped; `./fenghuo up` goes on from here");
      return 0;
    } finally {
      progress.end();
    }
  }

  private Scenario scenario() {
    if (simulate.equals(NO_SIMULATION)) {
      return null;
    }
    try {
      Scenario named = Scenario.named(simulate);
      return breakAfter == null ? named : named.beginningAfter(breakAfter);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--simulate: " + e.getMessage() + ", " + NO_SIMULATION);
    }
  }

  private EmbeddedKafka startKafka(DataFolder folder) {
    long start = System.nanoTime();
    EmbeddedKafka kafka = EmbeddedKafka.start(folder.kafka(), kafkaPort);
    try {
      kafka.createTopics(Topics.all());
    } catch (CommandFailure e) {
      kafka.close();
      throw e;
    }
    progress.say("Kafka serves at " + kafka.bootstrapServers() + took(start));
    return kafka;
  }

  private AlertingService startAlerting(
      DataFolder folder, Access access, Optional<DatabaseServer> own) {
    long start = System.nanoTime();
    AlertingService alerting = AlertingService.start(folder, kafka(), access, own, routing);
    progress.say(
        "alerting serves at "
            + alerting.address()
            + took(start)
            + ", routing in "
            + alerting.routing()
            + own.map(server -> ", database at " + server.login().url()).orElse(""));
    return alerting;
  }

  private ConsoleService startConsole(
      DataFolder folder, AlertingService alerting, Optional<OpenIdSettings> provider) {
    long start = System.nanoTime();
    ConsoleService console =
        ConsoleService.start(
            folder,
            kafka(),
            alerting,
            URI.create("http://" + LoopbackPort.HOST + ":" + flinkPort),
            rulesInForce,
            zone,
            consolePort,
            !noLogin,
            provider);
    progress.say(
        "console serves at "
            + console.address()
            + took(start)
            + (noLogin ? ", without sign-in" : "")
            + ", token for decisions in "
            + console.shopToken());
    console
        .firstPassword()
        .ifPresent(
            password ->
                progress.say("  sign in as admin with the one-time password " + password.reveal()));
    return console;
  }

  private FlinkCluster startFlink(DataFolder folder, List<JobPlan> jobPlans) {
    long start = System.nanoTime();
    FlinkSettings settings =
        FlinkSettings.of(folder.checkpoints(), folder.scratch(), flinkPort, metricsPort)
            .withParallelism(parallelism)
            .withManagedMemoryMegabytes(stateMemory)
            .withCheckpointInterval(checkpointEvery)
            .withJobs(jobPlans.size());
    FlinkCluster flink = FlinkCluster.start(settings);
    try {
      progress.say("Flink serves at " + flink.webPage() + took(start));
      for (JobPlan job : jobPlans) {
        flink.run(job.name(), job.job(), line -> progress.say("  " + job.name() + ": " + line));
      }
      return flink;
    } catch (RuntimeException e) {
      flink.close();
      throw e;
    }
  }

  /** Waits for the jobs; false if it is to be stopped first. */
  private boolean awaitServing(FlinkCluster flink, List<JobPlan> jobPlans) {
    long start = System.nanoTime();
    if (!await(flink, "every task to run", flink::isRunning)) {
      return false;
    }
    progress.say(
        "every task runs: "
            + jobPlans.stream().map(JobPlan::name).collect(Collectors.joining(", "))
            + took(start));
    return await(
        flink,
        "the jobs to be given their partitions",
        () -> jobPlans.stream().allMatch(job -> flink.isReading(job.name(), job.topics())));
  }

  private boolean await(FlinkCluster flink, String what, BooleanSupplier condition) {
    long limit = System.nanoTime() + START_LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - limit > 0) {
        String failure = flink.lastFailure().map(reason -> " Last failure: " + reason).orElse("");
        throw new CommandFailure(
            "Waited " + START_LIMIT.toSeconds() + " s in vain for " + what + "." + failure,
            "The log file and " + flink.webPage() + " have the whole story.");
      }
      if (progress.isDue()) {
        progress.show("waiting for " + what);
      }
      if (stop.requestedWithin(POLL)) {
        return false;
      }
    }
    return true;
  }

  private void serve(
      EmbeddedKafka kafka,
      AlertingService alerting,
      ConsoleService console,
      FlinkCluster flink,
      Scenario scenario) {
    List<Stream> shopStreams =
        List.of(Stream.ORDERS, Stream.PAYMENTS, Stream.LOGINS, Stream.TRAFFIC, Stream.RESOURCES);
    long begin = ManagementFactory.getRuntimeMXBean().getStartTime();
    try (LiveFigures figures = LiveFigures.start(kafka(), shopStreams, begin);
        SimulatedShop shop = scenario == null ? null : open(scenario)) {
      progress.say(
          "READY kafka="
              + kafka.bootstrapServers()
              + " flink="
              + flink.webPage()
              + " metrics="
              + flink.metricsPage()
              + " alerting="
              + alerting.address()
              + " console="
              + console.address()
              + " data="
              + dataFolder.toAbsolutePath().normalize());
      long last = System.nanoTime();
      while (!stop.requestedWithin(SECOND)) {
        boolean running = flink.isRunning();
        if (progress.isDue()) {
          long now = System.nanoTime();
          progress.show(line(figures.next(), (now - last) / 1e9, running, flink, shop));
          last = now;
        }
      }
    }
  }

  private SimulatedShop open(Scenario scenario) {
    long startTime = System.currentTimeMillis();
    // The same seed on the same folder would give the same ids, and those events count once.
    long used = seed == null ? startTime : seed;
    progress.say(
        String.format(
            Locale.ROOT,
            "simulated shop opens: %s, %.0f events/s, seed %d",
            scenario.name(),
            rate,
            used));
    return SimulatedShop.open(
        new Simulator(scenario, used, rate, startTime, users), Long.MAX_VALUE, kafka());
  }

  private static String line(
      LiveFigures.Figures figures,
      double seconds,
      boolean running,
      FlinkCluster flink,
      SimulatedShop shop) {
    List<String> parts = new ArrayList<>();
    if (flink.isExchanging()) {
      parts.add("rules change");
    } else if (!running) {
      parts.add("job " + flink.status() + flink.lastFailure().map(f -> " (" + f + ")").orElse(""));
    }
    parts.add(perSecond(figures.events(), seconds) + " events/s");
    StringBuilder decisions =
        new StringBuilder(perSecond(figures.decided(), seconds)).append(" decisions/s");
    for (Outcome outcome : Outcome.values()) {
      decisions
          .append(outcome.ordinal() == 0 ? " (" : ", ")
          .append(outcome)
          .append(' ')
          .append(perSecond(figures.decisions().get(outcome), seconds));
    }
    parts.add(decisions.append(')').toString());
    parts.add("p99 " + (figures.p99Millis() < 0 ? "-" : figures.p99Millis() + " ms"));
    parts.add("dead letters " + figures.deadLetters());
    parts.add("alerts " + figures.alerts());
    parts.add(
        String.format(
            Locale.ROOT,
            "today: GMV ¥%,.2f, orders %.0f, UV %.0f",
            figures.today().getOrDefault("gmv_ordered", 0.0) / 100,
            figures.today().getOrDefault("orders", 0.0),
            figures.today().getOrDefault("uv", 0.0)));
    if (shop != null) {
      shop.failure().ifPresent(failure -> parts.add("SIMULATOR STOPPED: " + failure.getMessage()));
    }
    return String.join("  ", parts);
  }

  private static String perSecond(long count, double seconds) {
    double rate = count / seconds;
    return String.format(Locale.ROOT, rate > 0 && rate < 10 ? "%.1f" : "%.0f", rate);
  }

  private static String took(long startNanos) {
    return String.format(Locale.ROOT, " (%.1f s)", (System.nanoTime() - startNanos) / 1e9);
  }
}
