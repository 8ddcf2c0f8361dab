package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.Stream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateTest {

  @TempDir Path folder;

  @Test
  void theSameSeedGivesTheSameFilesAndAnotherOneOthers() throws Exception {
    CommandRun first = files("a", "7");
    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isZero();
    files("b", "7");
    files("c", "8");
    for (String file : List.of("orders.jsonl", "logins.jsonl", "traffic.jsonl", "labels.csv")) {
      assertThat(folder.resolve("b").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("a").resolve(file));
    }
    assertThat(
            Files.mismatch(
                folder.resolve("a").resolve("traffic.jsonl"),
                folder.resolve("c").resolve("traffic.jsonl")))
        .isNotEqualTo(-1);
  }

  @Test
  void filesHoldEventsThatPublishTakesAndLabelsOfThem() throws Exception {
    files("a", "7");
    Set<String> ids = new HashSet<>();
    try (var files = Files.list(folder.resolve("a"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
        Stream stream =
            Stream.ofTopic(file.getFileName().toString().replace(".jsonl", "")).orElseThrow();
        for (String line : Files.readAllLines(file)) {
          SpecificRecord event = EventJson.fromJson(stream.schema(), line);
          ids.add(event.get(event.getSchema().getField("eventId").pos()).toString());
        }
      }
    }
    List<String> labels = Files.readAllLines(folder.resolve("a").resolve("labels.csv"));
    assertThat(labels).first().isEqualTo("eventId,label");
    assertThat(labels.subList(1, labels.size()))
        .isNotEmpty()
        .allSatisfy(label -> assertThat(ids.contains(label.split(",")[0])).as(label).isTrue());
  }

  private CommandRun files(String name, String seed) {
    return CommandRun.of(
        "simulate",
        "--scenario",
        "mixed",
        "--rate",
        "100",
        "--seconds",
        "600",
        "--seed",
        seed,
        "--out",
        folder.resolve(name).toString());
  }
}
