package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class FenghuoTest {

  @Test
  void withoutArgumentsShowsHelp() {
    CommandRun run = CommandRun.of();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("up", "publish", "tail", "rules", "simulate");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    CommandLine all =
        Fenghuo.commandLine(
            new StopSignal(),
            InputStream.nullInputStream(),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()));
    for (String command : all.getSubcommands().keySet()) {
      CommandRun run = CommandRun.of(command, "--help");
      assertThat(run.exitCode()).as(command).isZero();
      assertThat(run.out()).as(command).contains("Example", "./fenghuo " + command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "tail",
        "tail nonsense",
        "tail orders --max 0",
        "tail orders --timeout 0",
        "tail orders --kafka nowhere",
        "tail orders --kafka 127.0.0.1:99999",
        "publish",
        "simulate --rate 0",
        "simulate --scenario nonsense",
        "simulate --start 2026-01-01T00:00:00Z",
        "up --simulate nonsense",
        "up --bound 5",
        "up --rate -1",
        "up --kafka-port 0",
        "rules",
        "alerts",
        "alerts route nonsense",
        "up --alerting-port 0",
        "receiver --port 0"
      })
  void aWrongCallIsExplainedAndExitsWithTwo(String call) {
    CommandRun run = CommandRun.of(call.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: ").contains("--help");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void itSaysWhichVersionItIs() {
    CommandRun run = CommandRun.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().strip()).isEqualTo("fenghuo " + Fenghuo.VERSION);
  }

  @Test
  void anUnknownStreamIsAnsweredWithTheKnownOnes() {
    assertThat(CommandRun.of("tail", "order").err())
        .contains("no stream 'order'; there are orders, payments");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tail orders", "publish orders pom.xml", "simulate --seconds 1"})
  void noKafkaIsSaidAtOnceTogetherWithWhatToDo(String call) {
    int nobody = LoopbackPort.free();
    CommandRun run = CommandRun.of((call + " --kafka 127.0.0.1:" + nobody).split(" "));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("No Kafka answers at 127.0.0.1:" + nobody, "Is `./fenghuo up` running?");
  }
}
