package io.fenghuo.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time goes: a flight recording of the job's JVM, its samples sorted by the part of the
 * product nearest to the top of the stack.
 */
final class Profile {

  private static final int SHOWN_FRAMES = 40;
  private static final int SHOWN_ALLOCATIONS = 15;

  /**
   * A part, and how the classes begin that are its own; the first match from the top of the stack
   * decides.
   */
  private record Part(String name, List<String> classes) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("RocksDB through JNI", List.of("org.rocksdb.")),
          new Part("Esper", List.of("com.espertech.", "generated.")),
          new Part("our bridge to Esper", List.of("io.fenghuo.rules.esper.")),
          new Part(
              "pack and unpack",
              List.of("io.fenghuo.rules.journal.Packer", "io.fenghuo.rules.journal.Unpacker")),
          new Part("Avro", List.of("org.apache.avro.", "io.fenghuo.schemas.")),
          new Part(
              "extract",
              List.of("io.fenghuo.rules.assess.Extractor", "io.fenghuo.pipelines.ExtractFunction")),
          new Part(
              "decide",
              List.of(
                  "io.fenghuo.rules.assess.Decider",
                  "io.fenghuo.rules.assess.OrderCase",
                  "io.fenghuo.pipelines.DecideOperator")),
          new Part("write-back cache", List.of("io.fenghuo.pipelines.WriteBackCache")),
          new Part("assess", List.of("io.fenghuo.rules.", "io.fenghuo.pipelines.AssessOperator")),
          new Part(
              "intake and admission",
              List.of("io.fenghuo.pipelines.Intake", "io.fenghuo.pipelines.Admission")),
          new Part("other of ours", List.of("io.fenghuo.")),
          new Part(
              "Kafka client",
              List.of("org.apache.kafka.", "org.apache.flink.connector.kafka.", "net.jpountz.")),
          new Part(
              "Flink state backend",
              List.of(
                  "org.apache.flink.state.",
                  "org.apache.flink.contrib.",
                  "org.apache.flink.runtime.state.")),
          new Part("Flink network and serialisation", List.of("org.apache.flink.")));

  static final String COMPILER = "JIT compiler";

  private static final String OTHER = "other JVM";

  private final long pid;
  private final Path recording;

  private Profile(long pid, Path recording) {
    this.pid = pid;
    this.recording = recording;
  }

  /**
   * Begins to record. To be called before the warm-up: the recorder changes classes, and what was
   * compiled before is compiled again.
   */
  static Profile begin(long pid, Path recording) throws IOException {
    jcmd(pid, "JFR.start", "name=bench", "settings=profile");
    return new Profile(pid, recording);
  }

  void end() throws IOException {
    jcmd(pid, "JFR.stop", "name=bench", "filename=" + recording);
  }

  private static void jcmd(long pid, String... command) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    all.add(String.valueOf(pid));
    all.addAll(List.of(command));
    Process process =
        new ProcessBuilder(all).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("jcmd " + command[0] + " failed (is this a JDK?)");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Counts of something, the most first. */
  private static final class Counts {

    private final Map<String, Double> counts = new HashMap<>();
    private double all;

    void add(String name, double weight) {
      counts.merge(name, weight, Double::sum);
      all += weight;
    }

    void show(String title, int most, Consumer<String> out) {
      out.accept(title);
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
          .limit(most)
          .forEach(
              e ->
                  out.accept(
                      String.format(
                          Locale.ROOT, "  %5.1f %%  %s", 100 * e.getValue() / all, e.getKey())));
    }
  }

  /**
   * Prints what the recording says.
   *
   * @param from when the measuring began; the warm-up does not count
   */
  static void show(Path recording, Instant from, Map<String, Double> threads, Consumer<String> out)
      throws IOException {
    Counts parts = new Counts();
    Counts frames = new Counts();
    Counts ours = new Counts();
    Counts byThread = new Counts();
    Counts allocations = new Counts();
    Counts allocators = new Counts();
    double[] pauses = new double[1];
    threads.forEach((thread, time) -> byThread.add(group(thread), time));
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getStartTime().isBefore(from)) {
          continue;
        }
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> sample(event, 1, parts, frames, ours);
          // Taken half as often. A thread that waits in the kernel is sampled too; RocksDB's
          // callers do not wait.
          case "jdk.NativeMethodSample" -> {
            if (isRocksDb(event)) {
              sample(event, 2, parts, frames, ours);
            }
          }
          case "jdk.GCPhasePause" -> pauses[0] += event.getDuration().toNanos() / 1e9;
          case "jdk.ObjectAllocationSample" -> {
            double weight = event.getLong("weight");
            allocations.add(event.getClass("objectClass").getName(), weight);
            allocators.add(part(event), weight);
          }
          default -> {}
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    byThread.show("Processor time of the job's JVM by kind of thread", 20, out);
    parts.show("Samples of Java threads by part (nearest to the top of the stack)", 20, out);
    ours.show("Samples by the method of ours nearest to the top", SHOWN_FRAMES, out);
    frames.show("Top frames by self time", SHOWN_FRAMES, out);
    allocators.show("Bytes allocated by part", 20, out);
    allocations.show("Bytes allocated by class", SHOWN_ALLOCATIONS, out);
    out.accept(String.format(Locale.ROOT, "Pauses for collection: %.2f s", pauses[0]));
  }

  private static void sample(
      RecordedEvent event, double weight, Counts parts, Counts frames, Counts ours) {
    if (event.getStackTrace() == null || event.getStackTrace().getFrames().isEmpty()) {
      return;
    }
    parts.add(part(event), weight);
    ours.add(nearestOfOurs(event), weight);
    frames.add(name(event.getStackTrace().getFrames().get(0)), weight);
  }

  private static String nearestOfOurs(RecordedEvent event) {
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      if (name(frame).startsWith("io.fenghuo.")) {
        return name(frame).substring("io.fenghuo.".length());
      }
    }
    return "(none, on thread " + group("- " + event.getThread("sampledThread").getJavaName()) + ")";
  }

  private static boolean isRocksDb(RecordedEvent event) {
    return event.getStackTrace() != null
        && !event.getStackTrace().getFrames().isEmpty()
        && name(event.getStackTrace().getFrames().get(0)).startsWith("org.rocksdb.");
  }

  private static String part(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return OTHER;
    }
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      if (frame.isJavaFrame()) {
        String name = frame.getMethod().getType().getName();
        for (Part part : PARTS) {
          if (part.classes.stream().anyMatch(name::startsWith)) {
            return part.name;
          }
        }
      }
    }
    return OTHER;
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + '.' + frame.getMethod().getName();
  }

  /** Threads of one kind, by how the kernel spells the first fifteen characters of their names. */
  private static String group(String thread) {
    String name = thread.substring(thread.indexOf(' ') + 1);
    if (name.startsWith("GC ") || name.startsWith("G1 ")) {
      return "GC";
    }
    if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
      return COMPILER;
    }
    if (name.startsWith("rocksdb")) {
      return "RocksDB background";
    }
    return name.replaceAll("[-_ ]*\\(?[0-9/]+\\)?.*$", "");
  }

  /** Groups of threads with their seconds, for tables. */
  static Map<String, Double> groups(Map<String, Double> threads) {
    Map<String, Double> groups = new TreeMap<>();
    threads.forEach((thread, time) -> groups.merge(group(thread), time, Double::sum));
    return groups;
  }
}
