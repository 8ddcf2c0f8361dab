package io.fenghuo.pipelines;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Another source, read {@linkplain InStep in step}.
 *
 * @param <S> a partition as the other source knows it
 * @param <E> which partitions have been given to whom
 */
record InStepSource<S extends SourceSplit, E>(Source<Arrival, S, E> source)
    implements Source<Arrival, S, E>, ResultTypeQueryable<Arrival> {

  private static final long serialVersionUID = 1L;

  @Override
  public SourceReader<Arrival, S> createReader(SourceReaderContext context) throws Exception {
    return new InStepReader<>(source.createReader(context), System::currentTimeMillis);
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SplitEnumerator<S, E> createEnumerator(SplitEnumeratorContext<S> context)
      throws Exception {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<S, E> restoreEnumerator(SplitEnumeratorContext<S> context, E checkpoint)
      throws Exception {
    return source.restoreEnumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<S> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<E> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<Arrival> getProducedType() {
    return PackedType.ARRIVAL;
  }
}
