package io.fenghuo.local;

import picocli.CommandLine.Option;

/** The option of every command that talks to Kafka. */
final class KafkaOption {

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      converter = KafkaAddress.Converter.class,
      description = "Where Kafka is (default: ${DEFAULT-VALUE}).")
  private KafkaAddress address;

  KafkaAddress address() {
    return address;
  }
}
