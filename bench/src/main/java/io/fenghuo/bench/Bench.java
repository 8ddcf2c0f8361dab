package io.fenghuo.bench;

import io.fenghuo.bench.nab.Anomalies;
import io.fenghuo.bench.nab.Faults;
import io.fenghuo.local.simulate.Scenario;
import io.fenghuo.local.simulate.SimulatedEvent;
import io.fenghuo.local.simulate.Simulator;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.Stream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the risk job against the floor. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description = "Measures the risk job against the floor, on this machine, and prints a table.",
    footer = {
      "",
      "Results go to a folder: table.md, runs.csv, histograms (.hgrm), profile.txt.",
      "",
      "Examples:",
      "  bench/run                              all of it, about an hour and a half",
      "  bench/run --quick                      all of it, small; good for trying it out",
      "  bench/run --only throughput,profile    these only"
    })
final class Bench implements Callable<Integer> {

  /** What can be measured. */
  enum Part {
    THROUGHPUT,
    MONITOR,
    FRESHNESS,
    LATENCY,
    RULES,
    USERS,
    KILL,
    PROFILE,
    ANOMALIES
  }

  private static final String SHIPPED = "shipped";
  private static final String FEW_RULES = "50";
  private static final String MANY_RULES = "500";
  private static final int FEW_USERS = 100_000;
  private static final int WIDER = 10;
  private static final long SEED = 7;

  /** In the shop's own time; the simulator has 5,000 shoppers for each, so this makes 100,000. */
  private static final double SIMULATED_RATE = FEW_USERS / 5_000.0;

  /**
   * Figures are published for each second and minute of event time, so their events must come about
   * as fast as they are read: those of a shop with so many a second.
   */
  private static final double MONITORED_RATE = 20_000;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Any of: ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each, taking turns (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Measured in each run (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "45",
      description = "Seconds before that (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "5000000",
      description = "Backlog to be drained (default: ${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "2000000",
      description = "To be compared with 100,000 (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--load",
      paramLabel = "SHARE",
      defaultValue = "0.7",
      description = "Latency is measured at this share of the most (default: ${DEFAULT-VALUE}).")
  private double load;

  @Option(
      names = "--kill-rate",
      paramLabel = "N",
      defaultValue = "3000",
      description = "Events a second when `up` is killed (default: ${DEFAULT-VALUE}).")
  private double killRate;

  @Option(
      names = "--quick",
      description = "1 round, 10 s each after 15 s, 1,000,000 events, 200,000 users.")
  private boolean quick;

  @Option(
      names = "--profile",
      description = "Records and shows a profile too, as --only …,profile.")
  private boolean profile;

  @Option(
      names = "--nab",
      paramLabel = "DIR",
      description =
          "Numenta Anomaly Benchmark: data/, combined_windows.json (default: ../shared/data/nab).")
  private Path nab;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "For the results (default: bench/target/results/TIME).")
  private Path out;

  private final Path home =
      Path.of(System.getProperty("bench.home", "bench")).toAbsolutePath().normalize();
  private final List<String> table = new ArrayList<>();
  private PrintStream runs;
  private boolean shown;
  private int measured;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (quick) {
      rounds = 1;
      seconds = 10;
      warmUp = 15;
      events = Math.min(events, 2_000_000);
      users = Math.min(users, 200_000);
    }
    if (profile) {
      only = EnumSet.copyOf(only);
      only.add(Part.PROFILE);
    }
    if (out == null) {
      out = home.resolve("target/results/" + System.currentTimeMillis());
    }
    Files.createDirectories(out);
    Path work = home.resolve("target/work");
    Files.createDirectories(work);
    try (PrintStream file =
        new PrintStream(
            new FileOutputStream(out.resolve("runs.csv").toFile()), true, StandardCharsets.UTF_8)) {
      runs = file;
      runs.println(
          "part,kind,events_per_s,seconds,job_cpu_us_per_event,job_and_broker_cpu_us_per_event,"
              + "noise,heap_after_gc_mb,state_mb,warm_up_s,compiling");
      describe();
      if (only.contains(Part.ANOMALIES)) {
        anomalies();
      }
      if (!EnumSet.of(Part.USERS, Part.ANOMALIES).containsAll(only)) {
        shop(work);
      }
      if (only.contains(Part.USERS)) {
        crowds(work);
      }
    }
    say("");
    table.forEach(System.out::println);
    System.out.println("results in " + out);
    return 0;
  }

  // ---- the anomaly detector; needs no broker

  private void anomalies() throws Exception {
    Path folder = nab == null ? home.resolve("../../shared/data/nab").normalize() : nab;
    if (Files.isDirectory(folder.resolve("data"))) {
      say("Numenta Anomaly Benchmark, standard profile, the files that are there");
      table(Anomalies.nab(folder), "nab.md");
    } else {
      say("no benchmark in " + folder + " (expected: data/ and combined_windows.json; --nab DIR)");
    }
    say("Faults in simulated order curves, watch anomaly/orders, seed " + SEED);
    table(
        Faults.table(RulePacks.in(home.resolve("../rules/packs")), quick ? 3 : 10, SEED),
        "faults.md");
  }

  private void table(List<String> lines, String name) throws IOException {
    lines.forEach(System.out::println);
    Files.write(out.resolve(name), lines);
  }

  // ---- the simulated shop

  private void shop(Path work) throws Exception {
    if (only.contains(Part.MONITOR)) {
      monitor(work);
    }
    if (only.contains(Part.FRESHNESS)) {
      freshness(work);
    }
    if (EnumSet.of(Part.MONITOR, Part.FRESHNESS).containsAll(only)) {
      return;
    }
    Path tape = work.resolve("shop-" + events + ".tape");
    if (!Files.exists(tape)) {
      record(tape, simulated(SIMULATED_RATE), events);
    }
    boolean drains =
        only.contains(Part.THROUGHPUT) || only.contains(Part.RULES) || only.contains(Part.PROFILE);
    if (drains) {
      try (Stage stage = filled(work.resolve("shop"), tape)) {
        Drain drain = new Drain(stage, events, warmUp, seconds, this::show);
        if (only.contains(Part.THROUGHPUT)) {
          throughput(drain);
        }
        if (only.contains(Part.PROFILE)) {
          profile(drain, SHIPPED);
        }
        if (only.contains(Part.RULES)) {
          rules(drain);
        }
      } finally {
        Stage.delete(work.resolve("shop"));
      }
    }
    if (only.contains(Part.LATENCY)) {
      try (Stage stage = Stage.open(work.resolve("latency"))) {
        latency(stage, tape);
      } finally {
        Stage.delete(work.resolve("latency"));
      }
    }
    if (only.contains(Part.KILL)) {
      kill(work.resolve("up"), tape);
    }
  }

  /** Events of the shop, ending about now, without the hosts', which the risk job does not read. */
  private Iterator<SpecificRecord> simulated(double rate) {
    long start = System.currentTimeMillis() - (long) (events / rate * 1000);
    Iterator<SimulatedEvent> simulated =
        new Simulator(Scenario.standard(), SEED, rate, start, FEW_USERS);
    return StreamSupport.stream(((Iterable<SimulatedEvent>) () -> simulated).spliterator(), false)
        .filter(event -> !event.topic().equals(Stream.RESOURCES.topic()))
        .map(SimulatedEvent::event)
        .iterator();
  }

  // ---- the monitor job

  private Path monitored(Path work, String name, int times) throws IOException {
    Path tape = work.resolve(name + "-" + events + ".tape");
    if (!Files.exists(tape)) {
      record(tape, new Wider(simulated(MONITORED_RATE), times), events);
    }
    return tape;
  }

  private void monitor(Path work) throws Exception {
    Path tape = monitored(work, "monitor", 1);
    Path wide = monitored(work, "monitor-wide", WIDER);
    List<Drain.Result> narrow;
    try (Stage stage = filled(work.resolve("monitor"), tape)) {
      Drain drain = new Drain(stage, events, warmUp, seconds, this::show);
      narrow = againstFloor(drain, "monitor", JobProcess.MONITOR, "shipped figures", 1);
      if (only.contains(Part.PROFILE)) {
        profile(drain, JobProcess.MONITOR);
      }
    } finally {
      Stage.delete(work.resolve("monitor"));
    }
    List<Drain.Result> wider = new ArrayList<>();
    try (Stage stage = filled(work.resolve("monitor"), wide)) {
      Drain drain = new Drain(stage, events, warmUp, seconds, this::show);
      for (int round = 0; round < rounds; round++) {
        wider.add(noted("monitor wide", drain.run(JobProcess.MONITOR, 0, null)));
      }
    } finally {
      Stage.delete(work.resolve("monitor"));
    }
    Figures cost = cpu(wider).per(cpu(narrow));
    row("monitor, 10 × the dimension values", rate(wider).show("%,.0f") + " events/s", "", wider);
    row("→ cost", cost.show("%.2f"), verdict(cost.median() <= 1.5, "≤ 1.5"), List.of());
  }

  /** From the time an order was to be sent to the time a figure that counts it can be read. */
  private void freshness(Path work) throws Exception {
    Path tape = monitored(work, "monitor", 1);
    try (Stage stage = Stage.open(work.resolve("latency"))) {
      Latency latency = new Latency(stage, tape, this::show);
      List<Latency.Result> fresh = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        fresh.add(noted(round, latency.run(JobProcess.MONITOR, warmUp, 15, seconds, load)));
      }
      latencyRow("order to figure", fresh);
      row(
          "→ p99",
          p99(fresh).show("%.0f") + " ms",
          verdict(p99(fresh).median() <= 1_500, "≤ 1,500"),
          List.of());
    } finally {
      Stage.delete(work.resolve("latency"));
    }
  }

  /** The risk job and both floors by turns, and the ratios. */
  private void throughput(Drain drain) throws IOException {
    List<Drain.Result> floor = new ArrayList<>();
    List<Drain.Result> sendingAll = new ArrayList<>();
    List<Drain.Result> ours = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      floor.add(noted("throughput", drain.run(JobProcess.FLOOR, 0, null)));
      ours.add(noted("throughput", drain.run(SHIPPED, 0, null)));
      sendingAll.add(noted("throughput", drain.run(JobProcess.FLOOR_SENDING_ALL, 0, null)));
    }
    row("floor", rate(floor).show("%,.0f") + " events/s", "", floor);
    row(
        "floor that sends for every event",
        rate(sendingAll).show("%,.0f") + " events/s",
        "",
        sendingAll);
    row("shipped rules", rate(ours).show("%,.0f") + " events/s", "", ours);
    ratios("the floor", ours, floor);
    ratios("the floor that sends for every event", ours, sendingAll);
  }

  private void ratios(String floorName, List<Drain.Result> ours, List<Drain.Result> floor) {
    Figures ratio = rate(ours).per(rate(floor));
    row(
        "→ of " + floorName,
        ratio.show("%.2f"),
        verdict(ratio.median() >= 0.4, "≥ 0.4"),
        List.of());
    row(
        "→ the same by processor time",
        cpu(floor).per(cpu(ours)).show("%.2f"),
        "less noisy than the clock",
        List.of());
  }

  /** A job and the floor by turns, and the ratio; gives the job's runs. */
  private List<Drain.Result> againstFloor(
      Drain drain, String part, String kind, String name, double goal) throws IOException {
    List<Drain.Result> floor = new ArrayList<>();
    List<Drain.Result> ours = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      floor.add(noted(part, drain.run(JobProcess.FLOOR, 0, null)));
      ours.add(noted(part, drain.run(kind, 0, null)));
    }
    Figures ratio = rate(ours).per(rate(floor));
    row(part + ", floor", rate(floor).show("%,.0f") + " events/s", "", floor);
    row(part + ", " + name, rate(ours).show("%,.0f") + " events/s", "", ours);
    row(
        "→ of the floor",
        ratio.show("%.2f"),
        verdict(ratio.median() >= goal, "≥ " + goal),
        List.of());
    row(
        "→ of the floor, by processor time",
        cpu(floor).per(cpu(ours)).show("%.2f"),
        "less noisy than the clock",
        List.of());
    return ours;
  }

  private void rules(Drain drain) throws IOException {
    List<Drain.Result> few = new ArrayList<>();
    List<Drain.Result> many = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      few.add(noted("rules", drain.run(FEW_RULES, 0, null)));
      many.add(noted("rules", drain.run(MANY_RULES, 0, null)));
    }
    Figures ratio = rate(many).per(rate(few));
    row("50 decision rules", rate(few).show("%,.0f") + " events/s", "", few);
    row("500 decision rules", rate(many).show("%,.0f") + " events/s", "", many);
    row("→ 500 of 50", ratio.show("%.2f"), verdict(ratio.median() >= 0.8, "≥ 0.8"), List.of());
    row(
        "→ 500 of 50, by processor time",
        cpu(few).per(cpu(many)).show("%.2f"),
        "less noisy than the clock",
        List.of());
  }

  private void profile(Drain drain, String kind) throws IOException {
    Path recording = out.resolve("profile-" + kind + ".jfr");
    Drain.Result result = noted("profile", drain.run(kind, 0, recording));
    Path text = out.resolve("profile-" + kind + ".txt");
    try (PrintStream file = new PrintStream(text.toFile(), "UTF-8")) {
      Profile.show(
          recording,
          result.from(),
          result.threads(),
          line -> {
            say(line);
            file.println(line);
          });
    }
  }

  private void latency(Stage stage, Path tape) throws Exception {
    Latency latency = new Latency(stage, tape, this::show);
    List<Latency.Result> floor = new ArrayList<>();
    List<Latency.Result> ours = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      floor.add(noted(round, latency.run(JobProcess.FLOOR, warmUp, 15, seconds, load)));
      ours.add(noted(round, latency.run(SHIPPED, warmUp, 15, seconds, load)));
    }
    latencyRow("floor", floor);
    latencyRow("shipped rules", ours);
    Figures ratio = p99(ours).per(p99(floor));
    row("→ p99 to the floor's", ratio.show("%.2f"), verdict(ratio.median() <= 2, "≤ 2"), List.of());
    Figures fed =
        new Figures(ours.stream().map(Latency.Result::most).toList())
            .per(new Figures(floor.stream().map(Latency.Result::most).toList()));
    row("→ most while sending, of the floor's", fed.show("%.2f"), "", List.of());
  }

  private void latencyRow(String name, List<Latency.Result> results) {
    Figures rate = new Figures(results.stream().map(Latency.Result::perSecond).toList());
    Figures p50 = new Figures(results.stream().map(r -> r.millis(50)).toList());
    Figures p999 = new Figures(results.stream().map(r -> r.millis(99.9)).toList());
    int undecided = results.stream().mapToInt(Latency.Result::undecided).sum();
    row(
        String.format(
            Locale.ROOT,
            "latency, %s, at %s events/s (%.0f %% of its most while sending)",
            name,
            rate.show("%,.0f"),
            100 * load),
        "p50 "
            + p50.show("%.1f")
            + ", p99 "
            + p99(results).show("%.0f")
            + ", p99.9 "
            + p999.show("%.0f")
            + " ms",
        undecided == 0 ? "" : undecided + " never decided",
        List.of());
  }

  private void kill(Path folder, Path tape) throws Exception {
    Kill.Result result = new Kill(folder, tape, this::show).run(killRate, 40, 180);
    row(
        String.format(Locale.ROOT, "kill -9 of `up` at %,.0f events/s", result.perSecond()),
        String.format(
            Locale.ROOT,
            "READY after %.1f s (first start %.1f s), %s",
            result.ready(),
            result.start(),
            result.caughtUp() < 0
                ? "not caught up within 180 s"
                : String.format(Locale.ROOT, "caught up after %.1f s", result.caughtUp())),
        String.format(
            Locale.ROOT, "%,d orders, %d never decided", result.orders(), result.undecided()),
        List.of());
  }

  // ---- many users

  private void crowds(Path work) throws Exception {
    List<List<Drain.Result>> results = List.of(new ArrayList<>(), new ArrayList<>());
    int[] sizes = {FEW_USERS, users};
    long[] backlogs = new long[2];
    for (int i = 0; i < 2; i++) {
      backlogs[i] = sizes[i] + events / 2;
      Path tape = work.resolve("crowd-" + sizes[i] + "-" + backlogs[i] + ".tape");
      if (!Files.exists(tape)) {
        // An hour of the shop's time for everybody, so that windows hold what they would.
        double rate = 500;
        long start = System.currentTimeMillis() - (long) (backlogs[i] / rate * 1000);
        record(tape, new Crowd(sizes[i], SEED, rate, start), backlogs[i]);
      }
      filled(work.resolve("crowd-" + sizes[i]), tape).close();
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < 2; i++) {
        try (Stage stage = Stage.open(work.resolve("crowd-" + sizes[i]))) {
          Drain drain = new Drain(stage, backlogs[i], warmUp, seconds, this::show);
          // Half as much again: topics are not drained in exactly the order they were written.
          long everybody = (long) (sizes[i] * 1.1);
          results.get(i).add(noted("users " + sizes[i], drain.run(SHIPPED, everybody, null)));
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      Stage.delete(work.resolve("crowd-" + sizes[i]));
      row(
          String.format(Locale.ROOT, "%,d users, equally busy", sizes[i]),
          rate(results.get(i)).show("%,.0f") + " events/s",
          "",
          results.get(i));
    }
    Figures ratio = rate(results.get(1)).per(rate(results.get(0)));
    Figures heap = heap(results.get(1)).per(heap(results.get(0)));
    row("→ throughput", ratio.show("%.2f"), verdict(ratio.median() >= 0.7, "≥ 0.7"), List.of());
    row("→ heap after GC", heap.show("%.2f"), verdict(heap.median() <= 1.1, "≤ 1.1"), List.of());
  }

  // ---- shared

  private void record(Path tape, Iterator<? extends SpecificRecord> made, long count)
      throws IOException {
    Tape.record(tape, made, count, n -> show(String.format("making events: %,d of %,d", n, count)));
  }

  private Stage filled(Path folder, Path tape) throws IOException {
    Stage.delete(folder);
    Stage stage = Stage.open(folder);
    long count =
        Traffic.fill(tape, stage.kafka(), n -> show(String.format("filling topics: %,d", n)));
    say(String.format("%,d events in the topics of %s", count, folder.getFileName()));
    return stage;
  }

  private Drain.Result noted(String part, Drain.Result result) throws IOException {
    List<String> course = new ArrayList<>(List.of("seconds,events"));
    result
        .course()
        .forEach(
            at -> course.add(String.format(Locale.ROOT, "%.1f,%d", at.seconds(), at.events())));
    Files.write(
        out.resolve(String.format("course-%02d-%s-%s.csv", ++measured, part, result.kind())),
        course);
    runs.printf(
        Locale.ROOT,
        "%s,%s,%.0f,%.1f,%.1f,%.1f,%.2f,%d,%d,%.0f,%.2f%n",
        part,
        result.kind(),
        result.perSecond(),
        result.seconds(),
        result.jobCpuMicrosPerEvent(),
        result.cpuMicrosPerEvent(),
        result.noise(),
        result.heapAfterGc() >> 20,
        result.stateBytes() >> 20,
        result.warmUp(),
        result.compiling());
    say(
        String.format(
            Locale.ROOT,
            "%s: %s %,.0f events/s; job %.1f µs, with broker %.1f µs of processor an event;"
                + " %.0f %% noise; heap after GC %d MB, state %d MB; warm-up %.0f s, JIT %.0f %%",
            part,
            result.kind(),
            result.perSecond(),
            result.jobCpuMicrosPerEvent(),
            result.cpuMicrosPerEvent(),
            100 * result.noise(),
            result.heapAfterGc() >> 20,
            result.stateBytes() >> 20,
            result.warmUp(),
            100 * result.compiling()));
    return result;
  }

  private Latency.Result noted(int round, Latency.Result result) throws IOException {
    Histogram nanos = result.nanos();
    Path file = out.resolve("latency-" + result.kind() + "-" + (round + 1) + ".hgrm");
    try (PrintStream hgrm = new PrintStream(file.toFile(), "UTF-8")) {
      nanos.outputPercentileDistribution(hgrm, 1e6);
    }
    runs.printf(
        Locale.ROOT,
        "latency most,%s,%.0f%nlatency at,%s,%.0f%n",
        result.kind(),
        result.most(),
        result.kind(),
        result.perSecond());
    say(
        String.format(
            Locale.ROOT,
            "latency: %s most %,.0f; at %,.0f events/s p50 %.1f p99 %.1f p99.9 %.1f max %.1f ms,"
                + " %,d orders, %d undecided",
            result.kind(),
            result.most(),
            result.perSecond(),
            result.millis(50),
            result.millis(99),
            result.millis(99.9),
            result.millis(100),
            nanos.getTotalCount(),
            result.undecided()));
    return result;
  }

  private void describe() {
    line(
        String.format(
            Locale.ROOT,
            "%d cores, Java %s; broker -Xmx%s, job -Xmx%s (512 MB more for RocksDB), sender -Xmx%d m;"
                + " %d round(s), %d s measured after %d s",
            Runtime.getRuntime().availableProcessors(),
            Runtime.version(),
            Stage.BROKER_HEAP,
            Stage.JOB_HEAP,
            Runtime.getRuntime().maxMemory() >> 20,
            rounds,
            seconds,
            warmUp));
    line("");
    line(
        "| what | measured | goal | processor µs/event, job (with broker) | noise | heap after GC, state |");
    line("|---|---|---|---|---|---|");
  }

  private void row(String what, String measured, String goal, List<Drain.Result> results) {
    String cpu = "";
    String noise = "";
    String memory = "";
    if (!results.isEmpty()) {
      cpu =
          String.format(
              "%s (%s)",
              new Figures(results.stream().map(Drain.Result::jobCpuMicrosPerEvent).toList())
                  .show("%.1f"),
              cpu(results).show("%.1f"));
      noise = new Figures(results.stream().map(r -> 100 * r.noise()).toList()).show("%.0f") + " %";
      memory =
          String.format(
              Locale.ROOT,
              "%.0f MB, %.0f MB",
              heap(results).median() / (1 << 20),
              new Figures(results.stream().map(r -> (double) r.stateBytes()).toList()).median()
                  / (1 << 20));
    }
    line("| " + String.join(" | ", what, measured, goal, cpu, noise, memory) + " |");
  }

  /** Kept as it grows, so that a run cut short leaves what it had. */
  private void line(String line) {
    table.add(line);
    say(line);
    try {
      Files.write(out.resolve("table.md"), table);
    } catch (IOException e) {
      say("table.md was not written: " + e);
    }
  }

  private static String verdict(boolean met, String goal) {
    return goal + (met ? ": met" : ": MISSED");
  }

  private static Figures rate(List<Drain.Result> results) {
    return new Figures(results.stream().map(Drain.Result::perSecond).toList());
  }

  private static Figures cpu(List<Drain.Result> results) {
    return new Figures(results.stream().map(Drain.Result::cpuMicrosPerEvent).toList());
  }

  private static Figures heap(List<Drain.Result> results) {
    return new Figures(results.stream().map(r -> (double) r.heapAfterGc()).toList());
  }

  private static Figures p99(List<Latency.Result> results) {
    return new Figures(results.stream().map(r -> r.millis(99)).toList());
  }

  private void say(String line) {
    System.err.println((shown ? "\r\033[K" : "") + line);
    shown = false;
  }

  /** One line that the next one writes over; none when nobody watches. */
  private void show(String line) {
    if (System.console() != null) {
      System.err.print("\r\033[K" + line);
      shown = true;
    }
  }
}
