package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.junit.jupiter.api.Test;

class WriteBackCacheTest {

  private final Table table = new Table();

  @Test
  void writesNothingBeforeItMust() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(1 << 20);
    append(cache, "a", "1");
    append(cache, "a", "2");
    assertThat(table.rows).isEmpty();
    cache.flush();
    assertThat(table.rows).containsExactly(Map.entry("a", "12"));
    assertThat(table.writes).isEqualTo(1);
    cache.flush();
    assertThat(table.writes).isEqualTo(1);
  }

  @Test
  void whatIsPutOutToMakeRoomIsThereWhenItIsWantedAgain() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(0);
    append(cache, "a", "1");
    append(cache, "b", "2");
    assertThat(table.rows).containsExactly(Map.entry("a", "1"));
    append(cache, "a", "3");
    assertThat(cache.size()).isEqualTo(1);
    cache.flush();
    assertThat(table.rows).containsOnly(Map.entry("a", "13"), Map.entry("b", "2"));
  }

  @Test
  void theCurrentKeyIsTheSameAfterMakingRoom() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(0);
    append(cache, "a", "1");
    append(cache, "b", "2");
    assertThat(table.key).isEqualTo("b");
  }

  @Test
  void whatBecameEmptyIsForgotten() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(1 << 20);
    append(cache, "a", "1");
    cache.flush();
    table.key = "a";
    cache.get("a").setLength(0);
    cache.changed();
    cache.flush();
    assertThat(table.rows).isEmpty();
    assertThat(cache.size()).isZero();
  }

  @Test
  void soManyChangesWaitAtMost() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(Long.MAX_VALUE);
    int all = 3 * WriteBackCache.MOST_WAITING;
    for (int i = 0; i < all; i++) {
      append(cache, "k" + i, "x");
      assertThat(table.key).isEqualTo("k" + i);
    }
    assertThat(table.writes).isEqualTo(all - WriteBackCache.MOST_WAITING);
    assertThat(table.rows).containsKey("k0").doesNotContainKey("k" + (all - 1));
    cache.flush();
    assertThat(table.rows).hasSize(all);
    assertThat(table.writes).isEqualTo(all);
  }

  @Test
  void noChangeWaitsLongUnlessThereAreMany() throws Exception {
    WriteBackCache<StringBuilder> cache = cache(Long.MAX_VALUE);
    append(cache, "a", "1");
    cache.tick();
    append(cache, "b", "1");
    append(cache, "a", "2");
    for (int i = 2; i < WriteBackCache.PATIENCE; i++) {
      cache.tick();
    }
    assertThat(table.rows).isEmpty();
    cache.tick();
    assertThat(table.rows).containsExactly(Map.entry("a", "12"));
    cache.tick();
    assertThat(table.rows).containsOnly(Map.entry("a", "12"), Map.entry("b", "1"));
    append(cache, "a", "3");
    cache.flush();
    assertThat(table.rows).containsEntry("a", "123");
    assertThat(table.writes).isEqualTo(3);

    int many = WriteBackCache.MOST_AT_ONCE + 1;
    for (int i = 0; i < many; i++) {
      append(cache, "k" + i, "x");
    }
    for (int i = 0; i < WriteBackCache.PATIENCE; i++) {
      cache.tick();
    }
    assertThat(table.writes).isEqualTo(3 + many - 1);
    cache.tick();
    assertThat(table.writes).isEqualTo(3 + many);
  }

  @Test
  void withAnyLimitItHoldsWhatAMapWouldHold() throws Exception {
    holdsWhatAMapWouldHold(30, 5_000, 2_000, 20);
  }

  @Test
  void withManyKeysItHoldsWhatAMapWouldHold() throws Exception {
    holdsWhatAMapWouldHold(20_000, 200_000, 4_000_000, 20_000);
  }

  private void holdsWhatAMapWouldHold(int keys, int changes, int limit, int betweenRestarts)
      throws Exception {
    long seed = Long.getLong("fenghuo.seed", 1);
    Random random = new Random(seed);
    Map<String, String> expected = new HashMap<>();
    WriteBackCache<StringBuilder> cache = cache(limit / 2);
    for (int i = 0; i < changes; i++) {
      String key = "k" + random.nextInt(keys);
      if (random.nextInt(betweenRestarts) == 0) {
        // As a checkpoint and a restart would.
        cache.flush();
        cache = cache(random.nextInt(limit));
      }
      if (random.nextInt(5) == 0) {
        cache.tick();
      }
      String letter = String.valueOf((char) ('a' + random.nextInt(26)));
      append(cache, key, letter);
      expected.merge(key, letter, String::concat);
    }
    cache.flush();
    assertThat(table.rows).as("seed %s", seed).isEqualTo(expected);
  }

  private WriteBackCache<StringBuilder> cache(long limit) {
    return new WriteBackCache<>(
        table, new Letters(), StringBuilder::length, key -> table.key = key, limit);
  }

  private void append(WriteBackCache<StringBuilder> cache, String key, String text)
      throws Exception {
    table.key = key;
    cache.get(key).append(text);
    cache.changed();
  }

  private static final class Letters implements WriteBackCache.Form<StringBuilder> {
    @Override
    public StringBuilder create(String key) {
      return new StringBuilder();
    }

    @Override
    public StringBuilder unpack(String key, byte[] bytes) {
      return new StringBuilder(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public byte[] pack(String key, StringBuilder value) {
      return value.isEmpty() ? null : value.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Keyed state in a map. */
  private static final class Table implements ValueState<byte[]> {

    final Map<String, String> rows = new HashMap<>();
    String key;
    int writes;

    @Override
    public byte[] value() {
      String row = rows.get(key);
      return row == null ? null : row.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void update(byte[] value) {
      writes++;
      rows.put(key, new String(value, StandardCharsets.UTF_8));
    }

    @Override
    public void clear() {
      rows.remove(key);
    }
  }
}
