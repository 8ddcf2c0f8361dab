package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.Event;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class InStepReaderTest {

  private static final long MINUTE = 60_000;
  private static final long NOW = 1_767_225_600_000L;
  private static final long YESTERDAY = NOW - 24 * 60 * MINUTE;

  /** Records that may come after a partition has gone too far and before it is told to wait. */
  private static final int UNTIL_TOLD = 256;

  private long now = NOW;
  private final Partitions partitions = new Partitions();
  private final InStepReader<SourceSplit> reader = new InStepReader<>(partitions, () -> now);
  private final Heard heard = new Heard();

  @Test
  void whoIsAheadInABacklogWaitsForTheOthers() throws Exception {
    partitions.give("orders", YESTERDAY, 600, 1_000);
    partitions.give("logins", YESTERDAY, 600, 10_000);
    readAll();
    assertThat(heard.most("logins", "orders"))
        .isLessThanOrEqualTo(InStep.APART + UNTIL_TOLD * 10_000L);
    assertThat(heard.counts).isEqualTo(Map.of("orders", 600, "logins", 600));
    assertThat(partitions.everPaused).containsExactly("logins");
  }

  @Test
  void nobodyAtThePresentWaitsHoweverLateOthersAre() throws Exception {
    partitions.give("orders", NOW - 2_000_000, 2_000, 1_000);
    partitions.give("traffic", YESTERDAY, 2_000, 1_000);
    now = NOW - 1_800_000;
    readAll();
    assertThat(partitions.everPaused).isEmpty();
    assertThat(heard.counts).isEqualTo(Map.of("orders", 2_000, "traffic", 2_000));
  }

  @Test
  void nobodyWaitsWhoIsReadAsHeIsWritten() throws Exception {
    partitions.given = () -> now - 1_000;
    partitions.give("orders", YESTERDAY, 600, 1_000);
    partitions.give("logins", YESTERDAY, 600, 10_000);
    readAll();
    assertThat(partitions.everPaused).isEmpty();
    partitions.given = () -> now - 2 * InStep.FRESH;
    partitions.give("orders", YESTERDAY + 60 * MINUTE, 600, 1_000);
    partitions.give("logins", YESTERDAY + 200 * MINUTE, 600, 10_000);
    readAll();
    assertThat(partitions.everPaused).containsExactly("logins");
  }

  @Test
  void nobodyWaitsForLongForAPartitionThatHasNoMore() throws Exception {
    partitions.give("orders", YESTERDAY, 10, 1_000);
    partitions.give("logins", YESTERDAY + 60 * MINUTE, 600, 60_000);
    long began = now;
    readAll();
    assertThat(heard.counts).isEqualTo(Map.of("orders", 10, "logins", 600));
    assertThat(partitions.everPaused).containsExactly("logins");
    assertThat(now - began).isBetween(InStepReader.PATIENCE, 10 * InStepReader.PATIENCE);
  }

  @Test
  void aPartitionThatSpeaksAgainIsWaitedForAgain() throws Exception {
    partitions.give("orders", YESTERDAY, 10, 1_000);
    partitions.give("logins", YESTERDAY + 60 * MINUTE, 300, 60_000);
    readAll();
    partitions.everPaused.clear();
    partitions.give("orders", YESTERDAY + MINUTE, 600, 1_000);
    partitions.give("logins", YESTERDAY + 400 * MINUTE, 600, 60_000);
    readAll();
    assertThat(partitions.everPaused).containsExactly("logins");
    assertThat(heard.counts).isEqualTo(Map.of("orders", 610, "logins", 900));
  }

  @Test
  void whoWaitsIsLookedAtAgainThoughNothingComes() throws Exception {
    partitions.give("orders", YESTERDAY, 10, 1_000);
    partitions.give("logins", YESTERDAY + 60 * MINUTE, 600, 60_000);
    while (reader.pollNext(heard) == InputStatus.MORE_AVAILABLE) {
      now++;
    }
    assertThat(partitions.paused).containsExactly("logins");
    reader.isAvailable().get(10, TimeUnit.SECONDS);
  }

  @Test
  void whoWaitsIsNotSilent() throws Exception {
    partitions.give("orders", YESTERDAY, 10, 1_000);
    partitions.give("logins", YESTERDAY + 60 * MINUTE, 600, 60_000);
    while (reader.pollNext(heard) == InputStatus.MORE_AVAILABLE) {
      now++;
    }
    heard.clock.advanceTime(Duration.ofMinutes(1));
    Said orders = new Said();
    heard.generators.get("orders").onPeriodicEmit(orders);
    assertThat(orders.idle).isTrue();
    Said logins = new Said();
    heard.generators.get("logins").onPeriodicEmit(logins);
    assertThat(logins.idle).isFalse();

    // Only from then on, when it may speak again, does its silence count.
    partitions.records.get("logins").clear();
    partitions.give("orders", YESTERDAY + 24 * 60 * MINUTE - 10 * MINUTE, 300, 1_000);
    readAll();
    reader.pollNext(heard);
    now += 1_000;
    reader.pollNext(heard);
    assertThat(partitions.paused).doesNotContain("logins");
    heard.generators.get("logins").onPeriodicEmit(logins);
    assertThat(logins.idle).isFalse();
    heard.clock.advanceTime(Duration.ofMinutes(1));
    heard.generators.get("logins").onPeriodicEmit(logins);
    assertThat(logins.idle).isTrue();
  }

  @Test
  void whoIsAloneNeverWaits() throws Exception {
    partitions.give("orders", YESTERDAY, 2_000, 60_000);
    readAll();
    assertThat(partitions.everPaused).isEmpty();
    assertThat(reader.isAvailable()).isNotDone();
  }

  @Test
  void everythingIsReadOnceAndInOrderWhateverThePartitionsHold() throws Exception {
    long seed = Long.getLong("fenghuo.seed", 1);
    for (int run = 0; run < 50; run++) {
      Random random = new Random(seed + run);
      Partitions some = new Partitions();
      InStepReader<SourceSplit> inStep = new InStepReader<>(some, () -> now);
      Heard all = new Heard();
      Map<String, Integer> given = new TreeMap<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int records = 1 + random.nextInt(1_000);
        some.give(
            "p" + i,
            YESTERDAY + random.nextInt(1_500) * MINUTE,
            records,
            1 + random.nextInt(100_000));
        given.put("p" + i, records);
      }
      read(inStep, some, all);
      assertThat(all.counts).as("seed %s", seed + run).isEqualTo(given);
    }
  }

  private void readAll() throws Exception {
    read(reader, partitions, heard);
  }

  /** As a task does: again and again, the clock going on a millisecond each time. */
  private void read(InStepReader<SourceSplit> from, Partitions until, Heard to) throws Exception {
    for (int polls = 0; !until.isEmpty(); polls++) {
      assertThat(polls).as("polls; waiting: %s", until.paused).isLessThan(1_000_000);
      from.pollNext(to);
      now++;
    }
  }

  /** Gives the next of each partition by turns, and of those paused nothing. */
  private static final class Partitions implements SourceReader<Arrival, SourceSplit> {

    private final Map<String, Queue<Long>> records = new TreeMap<>();
    private final Map<String, SourceOutput<Arrival>> outputs = new HashMap<>();
    private final ArrayDeque<String> turns = new ArrayDeque<>();
    private final Set<String> paused = new HashSet<>();
    private final Set<String> everPaused = new HashSet<>();
    private LongSupplier given = () -> YESTERDAY;

    void give(String partition, long from, int count, long apart) {
      if (!records.containsKey(partition)) {
        turns.add(partition);
      }
      Queue<Long> queue = records.computeIfAbsent(partition, p -> new ArrayDeque<>());
      for (int i = 0; i < count; i++) {
        queue.add(from + i * apart);
      }
    }

    boolean isEmpty() {
      return records.values().stream().allMatch(Queue::isEmpty);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Arrival> output) {
      for (int i = turns.size(); i > 0; i--) {
        String partition = turns.poll();
        turns.add(partition);
        if (!paused.contains(partition) && !records.get(partition).isEmpty()) {
          outputs
              .computeIfAbsent(partition, output::createOutputForSplit)
              .collect(login(records.get(partition).poll()), given.getAsLong());
          return InputStatus.MORE_AVAILABLE;
        }
      }
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
      paused.addAll(pause);
      everPaused.addAll(pause);
      paused.removeAll(resume);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return new CompletableFuture<>();
    }

    @Override
    public void start() {}

    @Override
    public List<SourceSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void addSplits(List<SourceSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}

    private static Arrival login(long time) {
      LoginEvent login =
          LoginEvent.newBuilder()
              .setEventId("e" + time)
              .setEventTime(time)
              .setKind(LoginKind.LOGIN)
              .setSuccess(true)
              .build();
      return Arrival.of(new Event(login, EventCodec.singleObject().encode(login)));
    }
  }

  private static final class Said implements WatermarkOutput {

    private boolean idle;

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {}
  }

  /** Notes what comes of each partition. */
  private static final class Heard implements ReaderOutput<Arrival> {

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Long> latest = new HashMap<>();
    private final List<Map<String, Long>> course = new ArrayList<>();
    private final Map<String, WatermarkGenerator<Arrival>> generators = new HashMap<>();
    private final ManualClock clock = new ManualClock();
    private final EventClock eventClock = new EventClock(new RiskSettings("none", Map.of()));

    /** The most that one was ahead of another, event time, while both were read. */
    long most(String ahead, String behind) {
      long end = latest.get(behind);
      return course.stream()
          .filter(at -> at.containsKey(ahead) && at.containsKey(behind) && at.get(behind) < end)
          .mapToLong(at -> at.get(ahead) - at.get(behind))
          .max()
          .orElseThrow();
    }

    @Override
    public SourceOutput<Arrival> createOutputForSplit(String id) {
      // As Flink does.
      WatermarkGenerator<Arrival> generator =
          eventClock.createWatermarkGenerator(
              new WatermarkGeneratorSupplier.Context() {
                @Override
                public MetricGroup getMetricGroup() {
                  return new UnregisteredMetricsGroup();
                }

                @Override
                public RelativeClock getInputActivityClock() {
                  return clock;
                }
              });
      generators.put(id, generator);
      return new SourceOutput<>() {
        @Override
        public void collect(Arrival arrival) {
          long time = arrival.event().time();
          generator.onEvent(arrival, time, new Said());
          assertThat(latest.getOrDefault(id, Long.MIN_VALUE)).isLessThan(time);
          counts.merge(id, 1, Integer::sum);
          latest.put(id, time);
          course.add(Map.copyOf(latest));
        }

        @Override
        public void collect(Arrival arrival, long time) {
          collect(arrival);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
      };
    }

    @Override
    public void releaseOutputForSplit(String id) {}

    @Override
    public void collect(Arrival arrival) {
      throw new AssertionError("without a partition");
    }

    @Override
    public void collect(Arrival arrival, long time) {
      throw new AssertionError("without a partition");
    }

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
  }
}
