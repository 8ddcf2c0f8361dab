package io.fenghuo.local;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes JSON lines: all of them, or none when one is bad. */
@Command(
    name = "publish",
    description = "Publish events, one JSON object per line, to a stream.",
    footer = {
      "",
      "The whole input is checked first. A bad line is reported as FILE:LINE: what is",
      "wrong, and nothing is published unless --skip-invalid is given.",
      "",
      "Examples:",
      "  ./fenghuo publish orders orders.jsonl",
      "  zcat logins.jsonl.gz | ./fenghuo publish logins -",
      "  ./fenghuo publish payments payments.jsonl --skip-invalid --kafka 10.0.0.5:9092"
    })
final class Publish implements Callable<Integer> {

  /** More bad lines than anyone reads; the rest are counted. */
  private static final int FAULTS_SHOWN = 100;

  @Parameters(
      index = "0",
      paramLabel = "STREAM",
      converter = StreamConverter.class,
      completionCandidates = StreamConverter.Names.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private Stream stream;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "-",
      description = "File of JSON lines; - is standard input (default).")
  private String file;

  @Option(names = "--skip-invalid", description = "Leave bad lines out and publish the others.")
  private boolean skipInvalid;

  @Mixin private KafkaOption kafka;

  @Spec private CommandSpec spec;

  private final StopSignal stop;
  private final InputStream standardInput;

  Publish(StopSignal stop, InputStream standardInput) {
    this.stop = stop;
    this.standardInput = standardInput;
  }

  @Override
  public Integer call() throws IOException {
    boolean piped = file.equals("-");
    // Checked first, read again to publish: standard input has to be kept somewhere in between.
    Path input = piped ? spool(standardInput) : Path.of(file);
    try {
      return publish(input, piped ? "stdin" : file);
    } finally {
      if (piped) {
        Files.deleteIfExists(input);
      }
    }
  }

  private int publish(Path input, String name) throws IOException {
    if (!Files.isRegularFile(input) || !Files.isReadable(input)) {
      throw new CommandFailure(
          name + ": no such file, or not readable.", "Give a file of JSON lines, or - for stdin.");
    }
    kafka.address().partitions(stream.topic());
    Check check = check(input, name);
    if (stop.isRequested()) {
      throw new CommandFailure("Stopped before anything was published.", "Start again.");
    }
    if (check.invalid > 0 && !skipInvalid) {
      throw new CommandFailure(
          check.invalid + " of " + check.total() + " lines are invalid; nothing was published.",
          "Mend them, or give --skip-invalid to publish the other " + check.valid + ".");
    }
    long published = send(input, check);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "published "
            + published
            + " to "
            + stream.topic()
            + (check.invalid > 0 ? ", skipped " + check.invalid + " invalid" : ""));
    out.flush();
    return 0;
  }

  private Check check(Path input, String name) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = new Progress(err);
    EventCodec codec = EventCodec.singleObject();
    Check check = new Check();
    try (JsonLines lines = new JsonLines(Files.newInputStream(input))) {
      JsonLines.Line line;
      while ((line = lines.next()) != null && !stop.isRequested()) {
        String fault = fault(line, codec);
        if (fault == null) {
          check.valid++;
        } else if (++check.invalid <= FAULTS_SHOWN) {
          progress.say(name + ":" + line.number() + ": " + fault);
        }
        if (progress.isDue()) {
          progress.show("checking: " + check.total() + " lines, " + check.invalid + " invalid");
        }
      }
    }
    progress.end();
    if (check.invalid > FAULTS_SHOWN) {
      err.println("… and " + (check.invalid - FAULTS_SHOWN) + " more invalid lines");
      err.flush();
    }
    return check;
  }

  /** Why the line is not an event that can be published, or null when it is one. */
  private String fault(JsonLines.Line line, EventCodec codec) {
    if (line.fault() != null) {
      return line.fault();
    }
    try {
      codec.encode(EventJson.fromJson(stream.schema(), line.text()));
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private long send(Path input, Check check) throws IOException {
    Progress progress = new Progress(spec.commandLine().getErr());
    try (JsonLines lines = new JsonLines(Files.newInputStream(input));
        EventPublisher publisher = new EventPublisher(kafka.address().bulkProducer())) {
      JsonLines.Line line;
      while ((line = lines.next()) != null) {
        SpecificRecord event = event(line);
        if (event != null) {
          publisher.publish(stream, event);
        }
        if (stop.isRequested()) {
          publisher.flush();
          throw new CommandFailure(
              "Stopped after " + publisher.published() + " of " + check.valid + " were published.",
              "Publish the whole again: an event sent twice counts once.");
        }
        if (progress.isDue()) {
          progress.show("publishing: " + publisher.published() + " of " + check.valid);
        }
      }
      publisher.flush();
      progress.end();
      return publisher.published();
    }
  }

  /** The line's event, or null for a line the check has reported. */
  private SpecificRecord event(JsonLines.Line line) {
    if (line.fault() != null) {
      return null;
    }
    try {
      return EventJson.fromJson(stream.schema(), line.text());
    } catch (IllegalArgumentException e) {
      if (skipInvalid) {
        return null;
      }
      throw new CommandFailure(
          "Line "
              + line.number()
              + " is invalid now and was not when it was checked: "
              + e.getMessage(),
          "Publish a file that nothing writes to any more.",
          e);
    }
  }

  private static Path spool(InputStream in) throws IOException {
    Path copy = Files.createTempFile("fenghuo-publish-", ".jsonl");
    Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    return copy;
  }

  private static final class Check {
    private long valid;
    private long invalid;

    private long total() {
      return valid + invalid;
    }
  }
}
