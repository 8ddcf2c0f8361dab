package io.fenghuo.rules.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.watch.Watches;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every shipped watch raises the alerts its test says, and no others. */
class WatchPacksTest {

  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private final Map<String, String> files = RulePacks.in(Path.of("..", "packs"));

  @Test
  void theShippedWatchesReadTogether() throws Exception {
    Watches watches = Watches.read(files, SHANGHAI);
    // A campaign makes watches of its own for its capacity.
    assertThat(watches.all())
        .extracting(watch -> watch.about().id())
        .containsAll(WatchTest.watchesIn(files));
    assertThat(watches.needs()).doesNotHaveDuplicates();
  }

  @TestFactory
  Stream<DynamicTest> everyWatchHasATestThatHolds() {
    return tests(false);
  }

  @TestFactory
  Stream<DynamicTest> aRestartAfterEveryReadingChangesNothing() {
    return tests(true);
  }

  private Stream<DynamicTest> tests(boolean restart) {
    return WatchTest.watchesIn(files).stream()
        .map(
            watch ->
                DynamicTest.dynamicTest(
                    watch,
                    () -> {
                      var test = WatchTest.of(watch, files, SHANGHAI);
                      assertThat(test).as("test of " + watch).isPresent();
                      assertThat(test.get().run(restart)).isEmpty();
                    }));
  }
}
