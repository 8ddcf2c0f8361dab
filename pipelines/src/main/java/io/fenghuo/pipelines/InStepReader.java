package io.fenghuo.pipelines;

import io.fenghuo.rules.EventType;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * Another reader with its partitions {@linkplain InStep in step}.
 *
 * <p>Flink's own alignment of watermarks is not used: it makes whole readers wait, those at the
 * present too, and before every partition has spoken it cannot tell who is ahead.
 *
 * @param <S> a partition as the other reader knows it
 */
final class InStepReader<S extends SourceSplit> implements SourceReader<Arrival, S> {

  private static final int RECORDS_BETWEEN_REVIEWS = 256;
  private static final long MILLIS_BETWEEN_REVIEWS = 20;

  /** A few times as long as Kafka takes to answer that there is nothing. */
  static final long PATIENCE = 300;

  private static final long SOME_HAVE_COME = Long.MIN_VALUE;

  private final SourceReader<Arrival, S> reader;
  private final LongSupplier clock;
  private final InStep inStep = new InStep();
  private Noting noting;
  private int records;
  private long reviewed;
  private long nothingSince = SOME_HAVE_COME;

  /**
   * @param clock wall clock, milliseconds
   */
  InStepReader(SourceReader<Arrival, S> reader, LongSupplier clock) {
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Arrival> output) throws Exception {
    if (noting == null || noting.output != output) {
      noting = new Noting(output);
    }
    InputStatus status = reader.pollNext(noting);
    if (status == InputStatus.NOTHING_AVAILABLE) {
      waitFor(clock.getAsLong());
    } else {
      nothingSince = SOME_HAVE_COME;
      if (++records % RECORDS_BETWEEN_REVIEWS == 0) {
        review(clock.getAsLong());
      }
    }
    return status;
  }

  private void waitFor(long now) {
    if (nothingSince == SOME_HAVE_COME) {
      nothingSince = now;
    } else if (inStep.someWait() && now - nothingSince >= PATIENCE) {
      inStep.ranDry();
      nothingSince = now;
    }
    review(now);
  }

  private void review(long now) {
    if (now - reviewed >= MILLIS_BETWEEN_REVIEWS) {
      reviewed = now;
      inStep.review(now, reader::pauseOrResumeSplits);
    }
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> some = reader.isAvailable();
    return !inStep.someWait() || some.isDone()
        ? some
        : CompletableFuture.anyOf(
                some,
                new CompletableFuture<Void>()
                    .completeOnTimeout(null, MILLIS_BETWEEN_REVIEWS, TimeUnit.MILLISECONDS))
            .thenApply(any -> null);
  }

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public List<S> snapshotState(long checkpointId) {
    return reader.snapshotState(checkpointId);
  }

  @Override
  public void addSplits(List<S> splits) {
    reader.addSplits(splits);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    reader.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    reader.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
    throw new UnsupportedOperationException("watermarks are aligned here");
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }

  /** Notes how far each partition has come. */
  private final class Noting implements ReaderOutput<Arrival> {

    private final ReaderOutput<Arrival> output;

    Noting(ReaderOutput<Arrival> output) {
      this.output = output;
    }

    @Override
    public SourceOutput<Arrival> createOutputForSplit(String id) {
      InStep.Partition partition = inStep.partition(id);
      return new NotingOne(
          InStep.opening(partition, () -> output.createOutputForSplit(id)), partition);
    }

    @Override
    public void releaseOutputForSplit(String id) {
      output.releaseOutputForSplit(id);
    }

    @Override
    public void collect(Arrival arrival) {
      output.collect(arrival);
    }

    @Override
    public void collect(Arrival arrival, long time) {
      output.collect(arrival, time);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      output.markIdle();
    }

    @Override
    public void markActive() {
      output.markActive();
    }
  }

  private record NotingOne(SourceOutput<Arrival> output, InStep.Partition partition)
      implements SourceOutput<Arrival> {

    private void note(Arrival arrival, long given) {
      // A dead letter is as old as Kafka says, also where last year's events are read again.
      if (arrival.event() != null && arrival.event().type() != EventType.DEAD_LETTER) {
        partition.heard(arrival.event().time(), given);
      }
    }

    @Override
    public void collect(Arrival arrival) {
      note(arrival, Long.MIN_VALUE);
      output.collect(arrival);
    }

    @Override
    public void collect(Arrival arrival, long time) {
      note(arrival, time);
      output.collect(arrival, time);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      output.markIdle();
    }

    @Override
    public void markActive() {
      output.markActive();
    }
  }
}
