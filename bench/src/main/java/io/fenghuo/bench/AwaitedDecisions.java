package io.fenghuo.bench;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An order is answered by its first decision. */
final class AwaitedDecisions implements Awaited {

  private final String topic;
  private final ConcurrentHashMap<String, Long> orders = new ConcurrentHashMap<>();

  AwaitedDecisions(String topic) {
    this.topic = topic;
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public void expect(String orderId, long dueNanos) {
    orders.put(orderId, dueNanos);
  }

  @Override
  public void answer(ConsumerRecord<byte[], byte[]> record, LongConsumer due) {
    Long sent = orders.remove(new String(record.key(), StandardCharsets.UTF_8));
    if (sent != null) {
      due.accept(sent);
    }
  }

  @Override
  public int size() {
    return orders.size();
  }

  @Override
  public long overdue(long nanos) {
    return orders.values().stream().filter(due -> due < nanos).count();
  }
}
