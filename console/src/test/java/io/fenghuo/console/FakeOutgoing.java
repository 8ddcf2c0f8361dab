package io.fenghuo.console;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.UndecodableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Keeps what is sent; can refuse it, and can answer it. */
final class FakeOutgoing implements Outgoing {

  record Sent(String topic, String key, SpecificRecord record) {}

  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private volatile boolean away;
  private volatile Consumer<Sent> then = each -> {};

  @Override
  public CompletableFuture<Void> send(String topic, String key, byte[] value) {
    if (away) {
      return CompletableFuture.failedFuture(new IllegalStateException("Kafka is away"));
    }
    try {
      Sent each = new Sent(topic, key, EventCodec.singleObject().decode(value));
      sent.add(each);
      then.accept(each);
      return CompletableFuture.completedFuture(null);
    } catch (UndecodableException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  void goAway(boolean gone) {
    away = gone;
  }

  /** Done with each record that is sent. */
  void then(Consumer<Sent> answer) {
    then = answer;
  }

  List<Sent> to(String topic) {
    return sent.stream().filter(each -> each.topic().equals(topic)).toList();
  }
}
