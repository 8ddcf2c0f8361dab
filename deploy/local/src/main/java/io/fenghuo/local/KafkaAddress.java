package io.fenghuo.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where Kafka is, and clients for it set for safety first and latency second.
 *
 * @param host name or address
 * @param port its port
 */
record KafkaAddress(String host, int port) {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final int CONNECT_MILLIS = 3_000;

  /** Reads HOST:PORT from the command line. */
  static final class Converter implements ITypeConverter<KafkaAddress> {

    @Override
    public KafkaAddress convert(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (colon > 0 && port >= 1 && port <= 65535) {
          return new KafkaAddress(text.substring(0, colon), port);
        }
      } catch (NumberFormatException e) {
        // falls through to the one message for all that can be wrong
      }
      throw new TypeConversionException("'" + text + "' (expected: HOST:PORT, as 127.0.0.1:9092)");
    }
  }

  /** The partitions of the topic; fails at once, and in plain words, when nobody answers. */
  List<TopicPartition> partitions(String topic) {
    requireListening();
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, toString(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_LIMIT.toMillis(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_LIMIT.toMillis());
    try (Admin admin = Admin.create(settings)) {
      TopicDescription description =
          admin
              .describeTopics(List.of(topic))
              .topicNameValues()
              .get(topic)
              .get(ANSWER_LIMIT.toSeconds() + 1, TimeUnit.SECONDS);
      return description.partitions().stream()
          .map(partition -> new TopicPartition(topic, partition.partition()))
          .toList();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new CommandFailure(
            "Kafka at " + this + " has no topic " + topic + ".",
            "`./fenghuo up` makes all topics of its own Kafka; on another, make it first.",
            e);
      }
      throw noAnswer(e.getCause());
    } catch (TimeoutException e) {
      throw noAnswer(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer(e);
    }
  }

  /** For events as they happen: sent within milliseconds. */
  KafkaProducer<String, byte[]> liveProducer() {
    Map<String, Object> settings = producerSettings();
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 1);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** For files: in large compressed batches. */
  KafkaProducer<String, byte[]> bulkProducer() {
    Map<String, Object> settings = producerSettings();
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** A reader that belongs to no group: it is assigned partitions and leaves no trace in Kafka. */
  KafkaConsumer<String, byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, toString());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // A record of an aborted transaction was never written.
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, toString());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    return settings;
  }

  /** Kafka's client retries a refused connection for a minute; a person wants to know now. */
  private void requireListening() {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new UnknownHostException("unknown host");
      }
      socket.connect(address, CONNECT_MILLIS);
    } catch (IOException e) {
      throw noAnswer(e);
    }
  }

  private CommandFailure noAnswer(Throwable cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new CommandFailure(
        "No Kafka answers at " + this + " (" + why + ").",
        "Is `./fenghuo up` running? For a Kafka elsewhere, give --kafka HOST:PORT.",
        cause);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
