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
 */
final class ScriptedSource
    implements Source<Arrival, ScriptedSource.Partition, ScriptedSource.Nothing> {

  private static final long serialVersionUID = 1L;
  private static final Map<Integer, List<List<Arrival>>> SCRIPTS = new ConcurrentHashMap<>();
  private static final AtomicInteger LAST = new AtomicInteger();
  private static final int BETWEEN_PAUSES = 7;
  private static final Executor SOON = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);

  private final int script = LAST.incrementAndGet();
  private final long seed;

  ScriptedSource(List<List<Arrival>> partitions, long seed) {
    this.seed = seed;
    SCRIPTS.put(script, partitions);
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
    return new Reader(SCRIPTS.get(script), new Random(seed + context.getIndexOfSubtask()));
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
    private final Random random;
    private final List<Partition> open = new ArrayList<>();
    private final CompletableFuture<Void> assigned = new CompletableFuture<>();
    private boolean complete;
    private int taken;
    private CompletableFuture<Void> available = assigned;

    Reader(List<List<Arrival>> script, Random random) {
      this.script = script;
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
      int chosen = random.nextInt(open.size());
      Partition partition = open.get(chosen);
      List<Arrival> records = script.get(partition.number);
      if (partition.next == records.size()) {
        open.remove(chosen);
        output.releaseOutputForSplit(partition.splitId());
        return InputStatus.MORE_AVAILABLE;
      }
      output.createOutputForSplit(partition.splitId()).collect(records.get(partition.next), 0);
      open.set(chosen, new Partition(partition.number, partition.next + 1));
      if (++taken % BETWEEN_PAUSES == 0) {
        available = CompletableFuture.runAsync(() -> {}, SOON);
        return InputStatus.NOTHING_AVAILABLE;
      }
      return InputStatus.MORE_AVAILABLE;
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
