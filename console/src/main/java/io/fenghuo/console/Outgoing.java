package io.fenghuo.console;

import java.util.concurrent.CompletableFuture;

/** Kafka's edge, outwards. */
public interface Outgoing {

  /**
   * Sends a record.
   *
   * @param key null for a topic whose records have none
   * @return completes when Kafka has it, exceptionally when it has not
   */
  CompletableFuture<Void> send(String topic, String key, byte[] value);
}
