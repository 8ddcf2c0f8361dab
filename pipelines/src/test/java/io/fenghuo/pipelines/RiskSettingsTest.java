package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RiskSettingsTest {

  private final RiskSettings settings = new RiskSettings("127.0.0.1:9092", Map.of("a.yaml", ""));

  @Test
  void namesTheKeyTheValueAndWhatWasExpected() {
    refuses("bound: PT0S (expected: > 0)", s -> s.bound(Duration.ZERO));
    refuses("idle: PT-1S (expected: > 0)", s -> s.idle(Duration.ofSeconds(-1)));
    refuses("future: PT0S (expected: > 0)", s -> s.future(Duration.ZERO));
    refuses("retention: PT0S (expected: > 0)", s -> s.retention(Duration.ZERO));
    refuses("cachedBytes: -1 (expected: >= 0)", s -> s.cachedBytes(-1));
    assertThatThrownBy(() -> new RiskSettings(null, Map.of()))
        .hasMessage("kafka: expected host:port");
  }

  private void refuses(String message, Consumer<RiskSettings> setting) {
    assertThatThrownBy(() -> setting.accept(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void travelsToTheTaskManagersWhole() throws Exception {
    settings
        .mode(RiskSettings.Mode.EVENT_TIME)
        .bound(Duration.ofSeconds(7))
        .registry("http://127.0.0.1:8085")
        .kafkaProperty("security.protocol", "SSL");
    RiskSettings there =
        InstantiationUtil.deserializeObject(
            InstantiationUtil.serializeObject(settings), getClass().getClassLoader());
    assertThat(there.mode()).isEqualTo(RiskSettings.Mode.EVENT_TIME);
    assertThat(there.bound()).isEqualTo(Duration.ofSeconds(7));
    assertThat(there.registry()).isEqualTo("http://127.0.0.1:8085");
    assertThat(there.rules()).containsOnlyKeys("a.yaml");
    assertThat(there.kafkaProperties()).containsEntry("security.protocol", "SSL");
  }

  @Test
  void approvedModesStandAmongTheRules(@TempDir Path folder) throws Exception {
    Path modes = Files.writeString(folder.resolve("anything.yaml"), "modes: {}\n");
    RiskSettings given =
        new RiskJobMain().settings("--kafka", "127.0.0.1:9092", "--modes", modes.toString());
    assertThat(given.rules()).containsEntry("modes.yaml", "modes: {}\n").hasSizeGreaterThan(20);
    assertThatThrownBy(
            () ->
                new RiskJobMain()
                    .settings("--kafka", "127.0.0.1:9092", "--modes", folder + "/none.yaml"))
        .hasMessageContaining("--modes: " + folder + "/none.yaml (expected: a file");
  }
}
