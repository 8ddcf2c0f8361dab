package io.fenghuo.pipelines;

import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps what it is given, in this JVM. */
final class Collected implements Sink<Outgoing> {

  private static final long serialVersionUID = 1L;
  private static final Map<Integer, Queue<Outgoing>> KEPT = new ConcurrentHashMap<>();
  private static final AtomicInteger LAST = new AtomicInteger();

  private final int number = LAST.incrementAndGet();

  Collected() {
    KEPT.put(number, new ConcurrentLinkedQueue<>());
  }

  Collection<Outgoing> records() {
    return KEPT.get(number);
  }

  @Override
  public SinkWriter<Outgoing> createWriter(WriterInitContext context) {
    Queue<Outgoing> kept = KEPT.get(number);
    return new SinkWriter<>() {
      @Override
      public void write(Outgoing record, Context where) {
        kept.add(record);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
