package io.fenghuo.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM on this class path. One line in, one line out; it ends when this one does. */
final class ChildJvm implements AutoCloseable {

  private static final String ANSWER = "::";
  private static final String SERVING = "serving";

  static final List<String> OPTIONS =
      List.of(
          // As ./fenghuo starts.
          "-XX:+UseG1GC",
          "-XX:-G1UseAdaptiveIHOP",
          "-XX:InitiatingHeapOccupancyPercent=60",
          "-XX:+ExitOnOutOfMemoryError",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-exports=java.base/sun.net.util=ALL-UNNAMED");

  /** Answers commands in the child. */
  @FunctionalInterface
  interface Answers {
    String answer(String command) throws Exception;
  }

  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;
  private final Path errors;

  private ChildJvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param heap as {@code 2g}
   * @param errors where its error output goes
   */
  static ChildJvm start(Class<?> main, String heap, Path errors, String... args)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(heap, main.getName(), args))
            .redirectError(ProcessBuilder.Redirect.to(errors.toFile()));
    ChildJvm child = new ChildJvm(builder.start(), errors);
    child.awaitAnswer();
    return child;
  }

  private static boolean hasHugePages() {
    try {
      return Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
          .matches("(?s).*\\[(madvise|always)].*");
    } catch (IOException notLinux) {
      return false;
    }
  }

  static List<String> command(String heap, String main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.addAll(OPTIONS);
    if (hasHugePages()) {
      command.add("-XX:+UseTransparentHugePages");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(Arrays.asList(args));
    return command;
  }

  /** In the child: says that it serves, then answers each line until there are no more. */
  static void serve(Answers answers) throws Exception {
    System.out.println(ANSWER + SERVING);
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(ANSWER + answers.answer(line));
      }
    }
  }

  long pid() {
    return process.pid();
  }

  String ask(String command) {
    try {
      in.write(command);
      in.newLine();
      in.flush();
      return awaitAnswer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String awaitAnswer() throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(ANSWER)) {
        return line.substring(ANSWER.length());
      }
    }
    throw new IOException("a child ended: " + Files.readString(errors));
  }

  @Override
  public void close() {
    // By a kill: an ordinary exit takes RocksDB's statics from under the threads that still flush.
    process.destroyForcibly();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
