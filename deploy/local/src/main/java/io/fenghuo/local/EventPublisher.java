package io.fenghuo.local;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes events to their topics and counts those Kafka has taken. For one thread. */
final class EventPublisher implements AutoCloseable {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = EventCodec.singleObject();
  private final LongAdder published = new LongAdder();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  EventPublisher(KafkaProducer<String, byte[]> producer) {
    this.producer = producer;
  }

  /** Sends the event; whether Kafka took it is known after {@link #flush()}. */
  void publish(Stream stream, SpecificRecord event) {
    failIfOneFailed();
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(stream.topic(), stream.keyOf(event), codec.encode(event));
    producer.send(
        record,
        (metadata, error) -> {
          if (error == null) {
            published.increment();
          } else {
            failure.compareAndSet(null, error);
          }
        });
  }

  /** Waits until Kafka has taken or refused every event sent. */
  void flush() {
    producer.flush();
    failIfOneFailed();
  }

  /** Events Kafka has taken. */
  long published() {
    return published.sum();
  }

  /** Sends what is still to be sent, for a limited time: Kafka may be gone. */
  @Override
  public void close() {
    producer.close(CLOSE_LIMIT);
  }

  private void failIfOneFailed() {
    Exception error = failure.get();
    if (error != null) {
      throw new CommandFailure(
          "Kafka did not take an event: "
              + error.getMessage()
              + " ("
              + published()
              + " were published before).",
          "When Kafka is well again, publish the whole again: an event sent twice counts once.",
          error);
    }
  }
}
