package io.fenghuo.local;

import io.fenghuo.local.simulate.SimulatedEvent;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes simulated events in real time, each at its own event time and from a thread of its own.
 *
 * <p>The load is open: when Kafka or this machine falls behind, the events due are sent at once
 * afterwards, so that what is measured on them includes the wait.
 */
final class SimulatedShop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedShop.class);

  private final Iterator<SimulatedEvent> events;
  private final long endTime;
  private final EventPublisher publisher;
  private final StopSignal stop = new StopSignal();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Thread thread;

  private SimulatedShop(Iterator<SimulatedEvent> events, long endTime, EventPublisher publisher) {
    this.events = events;
    this.endTime = endTime;
    this.publisher = publisher;
    this.thread = new Thread(this::run, "simulated-shop");
  }

  /**
   * Opens the shop.
   *
   * @param endTime event time of the first event not to be sent any more
   */
  static SimulatedShop open(Iterator<SimulatedEvent> events, long endTime, KafkaAddress kafka) {
    SimulatedShop shop =
        new SimulatedShop(events, endTime, new EventPublisher(kafka.liveProducer()));
    shop.thread.start();
    return shop;
  }

  /** Events Kafka has taken. */
  long published() {
    return publisher.published();
  }

  /** Waits that long, or shorter when the last event has been sent; true if it has. */
  boolean finishedWithin(Duration time) {
    try {
      thread.join(Math.max(1, time.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /** Why it stopped before its time, or empty. */
  Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Closes the shop: nothing is sent afterwards. */
  @Override
  public void close() {
    stop.request();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    publisher.close();
  }

  private void run() {
    try {
      while (events.hasNext()) {
        SimulatedEvent next = events.next();
        long due = EventTime.of(next.event());
        if (due >= endTime) {
          break;
        }
        long wait = due - System.currentTimeMillis();
        if (stop.requestedWithin(Duration.ofMillis(Math.max(0, wait)))) {
          return;
        }
        publisher.publish(Stream.ofTopic(next.topic()).orElseThrow(), next.event());
      }
      publisher.flush();
    } catch (RuntimeException e) {
      LOG.info("The simulated shop stopped", e);
      failure.set(e);
    }
  }
}
