package io.fenghuo.local;

import io.fenghuo.local.simulate.Scenario;
import io.fenghuo.local.simulate.SimulatedEvent;
import io.fenghuo.local.simulate.Simulator;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.Stream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Makes the events of a shop that does not exist: into files, or live into Kafka. */
@Command(
    name = "simulate",
    description = "Make the events of a simulated shop, as files or live.",
    footer = {
      "",
      "With --out DIR, writes DIR/STREAM.jsonl and DIR/labels.csv (the ids of events that",
      "are part of a fraud, and the rule it should trip) as fast as it can. The same",
      "scenario, seed, rate, users and start give the same events.",
      "Without --out, publishes to Kafka at the rate, in real time.",
      "",
      "Scenarios: mixed (all frauds), ordinary, promotion (ten times as much within a minute,",
      "after one), genuine, the id of a rule (that fraud alone), and what breaks 20 minutes",
      "after the start of an ordinary day, or --break-after:",
      "  payment-down     alipay fails, channel_unavailable",
      "  slow-page        product pages load more and more slowly",
      "  source-lost      nobody comes from search any more",
      "  host-overloaded  the CPU of order-1 climbs past 70, 85 and 95 %%",
      "  silent-stream    payments say nothing while the shop goes on",
      "",
      "Examples:",
      "  ./fenghuo simulate --scenario mixed --rate 200 --seconds 600 --out sample",
      "  ./fenghuo simulate --scenario promotion --rate 1000 --seconds 60",
      "  ./fenghuo simulate --seconds 3600 --out night --start 2026-11-11T00:00:00+08:00"
    })
final class Simulate implements Callable<Integer> {

  /** When files begin unless told otherwise: a fixed moment, so that they can be made again. */
  private static final Instant FILES_START = Instant.parse("2026-01-01T00:00:00Z");

  @Option(
      names = "--scenario",
      paramLabel = "S",
      defaultValue = "mixed",
      converter = ScenarioConverter.class,
      description = "What happens in the shop (default: ${DEFAULT-VALUE}).")
  private Scenario scenario;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Events per second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "For how long, in the shop's own time (default: ${DEFAULT-VALUE}).")
  private long seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Another seed, other events (default: 1 with --out; live, one nobody had before).")
  private Long seed;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Shoppers (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--break-after",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "When what is special about the scenario begins, such as 5m.")
  private Duration breakAfter;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description =
          "With --out, when it begins: milliseconds or ISO 8601 (default: 2026-01-01T00:00:00Z).")
  private Instant start;

  @Option(names = "--out", paramLabel = "DIR", description = "Write files here.")
  private Path out;

  @Mixin private KafkaOption kafka;

  @Spec private CommandSpec spec;

  private final StopSignal stop;

  Simulate(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws IOException {
    requireRate(rate);
    if (breakAfter != null) {
      scenario = scenario.beginningAfter(breakAfter);
    }
    if (seconds < 1) {
      throw CommandFailure.usage("--seconds: " + seconds + " (expected: at least 1)");
    }
    if (users < 1) {
      throw CommandFailure.usage("--users: " + users + " (expected: at least 1)");
    }
    if (out == null && start != null) {
      throw CommandFailure.usage("--start goes with --out only: live events happen now");
    }
    return out == null ? live() : files();
  }

  static void requireRate(double rate) {
    if (!(rate > 0 && rate <= 1e6)) {
      throw CommandFailure.usage("--rate: " + rate + " (expected: more than 0, at most 1000000)");
    }
  }

  private int live() {
    kafka.address().partitions(Stream.ORDERS.topic()); // fails if there is no Kafka of ours
    long startTime = System.currentTimeMillis();
    long used = seed == null ? startTime : seed;
    Progress progress = new Progress(spec.commandLine().getErr());
    Simulator simulator = new Simulator(scenario, used, rate, startTime, users);
    SimulatedShop shop = SimulatedShop.open(simulator, startTime + seconds * 1000, kafka.address());
    try (shop) {
      while (!shop.finishedWithin(Duration.ofMillis(200)) && !stop.isRequested()) {
        if (progress.isDue()) {
          progress.show(
              "published "
                  + shop.published()
                  + ", "
                  + (System.currentTimeMillis() - startTime) / 1000
                  + " of "
                  + seconds
                  + " s");
        }
      }
    }
    progress.end();
    if (shop.failure().isPresent()) {
      throw shop.failure().get();
    }
    print("published " + shop.published() + " events (seed " + used + ")");
    return 0;
  }

  private int files() throws IOException {
    long startTime = (start == null ? FILES_START : start).toEpochMilli();
    long endTime = startTime + seconds * 1000;
    Simulator simulator = new Simulator(scenario, seed == null ? 1 : seed, rate, startTime, users);
    Files.createDirectories(out);
    Progress progress = new Progress(spec.commandLine().getErr());
    long written = 0;
    long labelled = 0;
    try (Output files = new Output(out)) {
      files.labels().write("eventId,label\n");
      while (simulator.hasNext()) {
        SimulatedEvent next = simulator.next();
        long time = EventTime.of(next.event());
        if (time >= endTime) {
          break;
        }
        if (stop.isRequested()) {
          throw new CommandFailure("Stopped; no file was written.", "Start again.");
        }
        files.of(next.topic()).append(EventJson.toJson(next.event())).append('\n');
        written++;
        if (next.label() != null) {
          files.labels().write(eventId(next.event()) + ',' + next.label() + '\n');
          labelled++;
        }
        if (progress.isDue()) {
          progress.show(
              "written " + written + ", " + (time - startTime) / 1000 + " of " + seconds + " s");
        }
      }
      files.finish();
    }
    progress.end();
    print("wrote " + written + " events, " + labelled + " of them labelled, to " + out);
    return 0;
  }

  private void print(String line) {
    PrintWriter writer = spec.commandLine().getOut();
    writer.println(line);
    writer.flush();
  }

  private static String eventId(SpecificRecord event) {
    return String.valueOf(event.get(event.getSchema().getField("eventId").pos()));
  }

  /** Reads the name of a scenario; its list of scenarios goes into the error. */
  static final class ScenarioConverter implements ITypeConverter<Scenario> {

    @Override
    public Scenario convert(String name) {
      try {
        return Scenario.named(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a moment. */
  static final class TimeConverter implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String text) {
      try {
        return text.matches("\\d+")
            ? Instant.ofEpochMilli(Long.parseLong(text))
            : OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException | NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' (expected: milliseconds since 1970, or 2026-11-11T00:00:00+08:00)");
      }
    }
  }

  /** The files while they are written: whole ones appear under their names, half ones never. */
  private static final class Output implements AutoCloseable {

    private static final String LABELS = "labels.csv";
    private static final String UNFINISHED = ".part";

    private final Path folder;
    private final Map<String, BufferedWriter> writers = new LinkedHashMap<>();

    private Output(Path folder) throws IOException {
      this.folder = folder;
      open(LABELS);
    }

    private BufferedWriter labels() {
      return writers.get(LABELS);
    }

    private BufferedWriter of(String topic) throws IOException {
      String name = topic + ".jsonl";
      BufferedWriter writer = writers.get(name);
      return writer == null ? open(name) : writer;
    }

    private BufferedWriter open(String name) throws IOException {
      BufferedWriter writer =
          Files.newBufferedWriter(folder.resolve(name + UNFINISHED), StandardCharsets.UTF_8);
      writers.put(name, writer);
      return writer;
    }

    private void finish() throws IOException {
      for (Map.Entry<String, BufferedWriter> entry : writers.entrySet()) {
        entry.getValue().close();
        Files.move(
            folder.resolve(entry.getKey() + UNFINISHED),
            folder.resolve(entry.getKey()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }

    @Override
    public void close() throws IOException {
      for (Map.Entry<String, BufferedWriter> entry : writers.entrySet()) {
        entry.getValue().close();
        Files.deleteIfExists(folder.resolve(entry.getKey() + UNFINISHED));
      }
    }
  }
}
