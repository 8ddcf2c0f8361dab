package io.fenghuo.bench;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import io.fenghuo.schemas.Window;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An order is answered when the published figure {@code orders} has counted it: the n-th order sent
 * by the first moment at which the minutes published so far add up to n. Orders overtake each other
 * between partitions; the n-th counted is not always the n-th sent, but as many are behind.
 */
final class AwaitedFigures implements Awaited {

  private static final String FIGURE = "orders";

  private final EventCodec codec = EventCodec.singleObject();
  private final ConcurrentLinkedQueue<Long> orders = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<Long, Double> minutes = new HashMap<>();
  private double published;
  private long answered;

  @Override
  public String topic() {
    return Stream.KPIS.topic();
  }

  @Override
  public void expect(String orderId, long dueNanos) {
    orders.add(dueNanos);
    waiting.incrementAndGet();
  }

  @Override
  public void answer(ConsumerRecord<byte[], byte[]> record, LongConsumer due) {
    KpiPoint point;
    try {
      point = codec.decode(record.value(), KpiPoint.class);
    } catch (UndecodableException e) {
      throw new IllegalStateException(e);
    }
    if (!point.getName().equals(FIGURE)
        || point.getWindow() != Window.MINUTE
        || !point.getDimensions().isEmpty()) {
      return;
    }
    Double before = minutes.put(point.getFrom(), point.getNumerator());
    published += point.getNumerator() - (before == null ? 0 : before);
    for (; answered < published; answered++) {
      waiting.decrementAndGet();
      due.accept(orders.remove());
    }
  }

  @Override
  public int size() {
    return waiting.get();
  }

  @Override
  public long overdue(long nanos) {
    return orders.stream().filter(due -> due < nanos).count();
  }
}
