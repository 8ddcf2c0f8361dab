package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./fenghuo up} as a process of its own, so that it can be killed. */
final class UpProcess {

  /** Most of a short life is start-up: what is compiled well would not be run often enough. */
  static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final Process process;
  private final Path out;

  private UpProcess(Process process, Path out) {
    this.process = process;
    this.out = out;
  }

  /**
   * Starts it.
   *
   * @param out where it prints to
   */
  static UpProcess start(Path out, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SHORT_LIVED);
    command.add("-Xmx1g");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Fenghuo.class.getName());
    command.add("up");
    command.addAll(options);
    Process up =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    endWithThisProcess(up.pid());
    return new UpProcess(up, out);
  }

  /** A test that is killed must not leave a shop running behind it. */
  private static void endWithThisProcess(long up) throws IOException {
    new ProcessBuilder(
            "sh",
            "-c",
            "while kill -0 %1$d && kill -0 %2$d; do sleep 1; done; kill -9 %1$d"
                .formatted(up, ProcessHandle.current().pid()))
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD)
        .start();
  }

  String said() {
    try {
      return Files.readString(out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What the first group of the pattern found in what it has said. */
  String said(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(said());
    assertThat(matcher.find()).as(said()).isTrue();
    return matcher.group(1);
  }

  void awaitReady(Duration patience) {
    await()
        .atMost(patience)
        .failFast(() -> assertThat(process.isAlive()).as(said()).isTrue())
        .untilAsserted(() -> assertThat(said()).contains("READY"));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As `kill -9` does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** As Ctrl-C does; returns its exit code. */
  int stop(Duration patience) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)).as(said()).isTrue();
    return process.exitValue();
  }
}
