package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeenIdsTest {

  @Test
  void anIdIsNewOnceAlsoAfterItWasWrittenAndRecalled() {
    long seed = Long.getLong("fenghuo.seed", new Random().nextLong());
    System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
    Random random = new Random(seed);
    SeenIds ids = new SeenIds();
    for (int i = 0; i < 10_000; i++) {
      assertThat(ids.add(random.nextLong(), random.nextLong())).isTrue();
    }
    assertThat(ids.add(0, 0)).isTrue();
    assertThat(ids.add(0, 0)).isFalse();
    SeenIds recalled = new SeenIds();
    recalled.recall(ids.takeFresh());

    assertThat(ids.takeFresh()).isNull();
    assertThat(recalled.size()).isEqualTo(10_001);
    random.setSeed(seed);
    for (int i = 0; i < 10_000; i++) {
      assertThat(recalled.add(random.nextLong(), random.nextLong())).isFalse();
    }
  }
}
