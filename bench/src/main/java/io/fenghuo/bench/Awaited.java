package io.fenghuo.bench;

import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The orders sent and not answered yet. Expected by one thread, answered in another. */
interface Awaited {

  /** Where answers are read. */
  String topic();

  /** An order is sent that was due then, by {@link System#nanoTime()}. */
  void expect(String orderId, long dueNanos);

  /** Gives the due time of each order that this record answers. */
  void answer(ConsumerRecord<byte[], byte[]> record, LongConsumer due);

  int size();

  /** Those due before then. */
  long overdue(long nanos);
}
