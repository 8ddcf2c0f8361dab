package io.fenghuo.pipelines;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Partitions whose contents are written beforehand, in this JVM. Each reader takes from its
 * partitions by seeded chance, and pauses now and then, so that event time moves in many small
 * steps.
 *
 * <p>It can be told to wait where a part of each partition is read, until the job is stopped with a
 * savepoint; another source with the same script goes on from there.
 */
final class ScriptedSource
    implements Source<Arrival, ScriptedSource.Partition, ScriptedSource.Nothing> {

  private static final long serialVersionUID = 1L;
  private static final Map<Integer, List<List<Arrival>>> SCRIPTS = new ConcurrentHashMap<>();
  private static final AtomicInteger LAST = new AtomicInteger();
  private static final int BETWEEN_PAUSES = 7;
  private static final Executor SOON = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);

  private static final Map<Integer, AtomicInteger> READ = new ConcurrentHashMap<>();

  private final int script;
  private final long seed;
  private final double share;

  ScriptedSource(List<List<Arrival>> partitions, long seed) {
    this(LAST.incrementAndGet(), seed, 1);
    SCRIPTS.put(script, partitions);
    READ.put(script, new AtomicInteger());
  }

  private ScriptedSource(int script, long seed, double share) {
    this.script = script;
    this.seed = seed;
    this.share = share;
  }

  /** The same script, waiting where this share of each partition is read; 1 reads to the end. */
  ScriptedSource upTo(double share) {
    return new ScriptedSource(script, seed, share);
  }

  /** The first record of a partition that this source does not read. */
  int end(List<Arrival> partition) {
    return end(partition, share);
  }

  private static int end(List<Arrival> partition, double share) {
    return (int) (partition.size() * share);
  }

  /** True when it has read all it reads. */
  boolean waits() {
    return READ.get(script).get()
        == SCRIPTS.get(script).stream().mapToInt(partition -> end(partition)).sum();
  }

  /** One partition and how far it has been read. */
  record Partition(int number, int next) implements SourceSplit, Serializable {
    @Override
    public String splitId() {
      return "partition " + number;
    }
  }

  /** What the enumerator remembers. */
  record Nothing() {}

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SplitEnumerator<Partition, Nothing> createEnumerator(
      SplitEnumeratorContext<Partition> context) {
    return new Enumerator(context, SCRIPTS.get(script).size());
  }

  @Override
  public SplitEnumerator<Partition, Nothing> restoreEnumerator(
      SplitEnumeratorContext<Partition> context, Nothing nothing) {
    return new Enumerator(context, 0);
  }

  @Override
  public SourceReader<Arrival, Partition> createReader(SourceReaderContext context) {
    return new Reader(
        SCRIPTS.get(script),
        READ.get(script),
        share,
        new Random(seed + context.getIndexOfSubtask()));
  }

  @Override
  public SimpleVersionedSerializer<Partition> getSplitSerializer() {
    return new SimpleVersionedSerializer<>() {
      @Override
      public int getVersion() {
        return 1;
      }

      @Override
      public byte[] serialize(Partition partition) {
        return ByteBuffer.allocate(8).putInt(partition.number).putInt(partition.next).array();
      }

      @Override
      public Partition deserialize(int version, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Partition(in.getInt(), in.getInt());
      }
    };
  }

  @Override
  public SimpleVersionedSerializer<Nothing> getEnumeratorCheckpointSerializer() {
    return new SimpleVersionedSerializer<>() {
      @Override
      public int getVersion() {
        return 1;
      }

      @Override
      public byte[] serialize(Nothing nothing) {
        return new byte[0];
      }

      @Override
      public Nothing deserialize(int version, byte[] bytes) {
        return new Nothing();
      }
    };
  }

  private record Enumerator(SplitEnumeratorContext<Partition> context, int partitions)
      implements SplitEnumerator<Partition, Nothing> {
    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<Partition> splits, int subtask) {
      throw new IllegalStateException("no reader is to fail");
    }

    @Override
    public void addReader(int subtask) {
      for (int number = subtask; number < partitions; number += context.currentParallelism()) {
        context.assignSplit(new Partition(number, 0), subtask);
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public Nothing snapshotState(long checkpoint) {
      return new Nothing();
    }

    @Override
    public void close() {}
  }

  private static final class Reader implements SourceReader<Arrival, Partition> {

    private final List<List<Arrival>> script;
    private final AtomicInteger read;
    private final double share;
    private final Random random;
    private final List<Partition> open = new ArrayList<>();
    private final CompletableFuture<Void> assigned = new CompletableFuture<>();
    private boolean complete;
    private int taken;
    private CompletableFuture<Void> available = assigned;

    Reader(List<List<Arrival>> script, AtomicInteger read, double share, Random random) {
      this.script = script;
      this.read = read;
      this.share = share;
      this.random = random;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Arrival> output) {
      if (!complete) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      if (open.isEmpty()) {
        return InputStatus.END_OF_INPUT;
      }
      List<Partition> ready = open.stream().filter(one -> share == 1 || !isAtEnd(one)).toList();
      if (ready.isEmpty()) {
        available = new CompletableFuture<>();
        return InputStatus.NOTHING_AVAILABLE;
      }
      Partition partition = ready.get(random.nextInt(ready.size()));
      int chosen = open.indexOf(partition);
      List<Arrival> records = script.get(partition.number);
      if (partition.next == records.size()) {
        open.remove(chosen);
        output.releaseOutputForSplit(partition.splitId());
        return InputStatus.MORE_AVAILABLE;
      }
      output.createOutputForSplit(partition.splitId()).collect(records.get(partition.next), 0);
      read.incrementAndGet();
      open.set(chosen, new Partition(partition.number, partition.next + 1));
      if (++taken % BETWEEN_PAUSES == 0) {
        available = CompletableFuture.runAsync(() -> {}, SOON);
        return InputStatus.NOTHING_AVAILABLE;
      }
      return InputStatus.MORE_AVAILABLE;
    }

    private boolean isAtEnd(Partition partition) {
      return partition.next == end(script.get(partition.number), share);
    }

    @Override
    public List<Partition> snapshotState(long checkpoint) {
      return List.copyOf(open);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<Partition> splits) {
      open.addAll(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      complete = true;
      assigned.complete(null);
    }

    @Override
    public void close() {}
  }
}
