package io.fenghuo.console;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends by a producer that waits for all replicas. */
public final class KafkaOutgoing implements Outgoing, AutoCloseable {

  private final Producer<String, byte[]> producer;

  public KafkaOutgoing(Producer<String, byte[]> producer) {
    this.producer = producer;
  }

  @Override
  public CompletableFuture<Void> send(String topic, String key, byte[] value) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      producer.send(
          new ProducerRecord<>(topic, key, value),
          (metadata, error) -> {
            if (error == null) {
              done.complete(null);
            } else {
              done.completeExceptionally(error);
            }
          });
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
