package io.fenghuo.pipelines;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * What every job can be told. Everything has a default but Kafka's address and the rules.
 *
 * @param <S> the job's own settings
 */
public abstract class JobSettings<S extends JobSettings<S>> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final String kafka;
  private final HashMap<String, String> rules;
  private Duration bound = Duration.ofSeconds(5);
  private Duration idle = Duration.ofSeconds(5);
  private Duration future = Duration.ofMinutes(5);
  private Duration behind = Duration.ofMinutes(15);
  private long oldest = 946_684_800_000L;
  private String registry;
  private String group;
  private Duration retention = Duration.ofDays(31);
  private int cachedBytes = 256 << 20;
  private final Properties kafkaProperties = new Properties();

  JobSettings(String kafka, Map<String, String> rules, String group) {
    this.kafka = Objects.requireNonNull(kafka, "kafka: expected host:port");
    this.rules = new HashMap<>(rules);
    this.group = group;
  }

  abstract S self();

  public String kafka() {
    return kafka;
  }

  public Map<String, String> rules() {
    return rules;
  }

  /** How late an event may arrive and still be counted in its place. */
  public Duration bound() {
    return bound;
  }

  public S bound(Duration bound) {
    this.bound = positive("bound", bound);
    return self();
  }

  /**
   * After this silence a partition no longer holds event time back; after twice, event time runs on
   * by the clock.
   */
  public Duration idle() {
    return idle;
  }

  public S idle(Duration idle) {
    this.idle = positive("idle", idle);
    return self();
  }

  /** An event further in the future than this is dead-lettered. */
  public Duration future() {
    return future;
  }

  public S future(Duration future) {
    this.future = positive("future", future);
    return self();
  }

  /**
   * A host's sample that is older than this when Kafka is given it is dead-lettered: the host's
   * clock is slow. One that is older than a day is taken for an archive that somebody reads in.
   */
  public Duration behind() {
    return behind;
  }

  public S behind(Duration behind) {
    this.behind = positive("behind", behind);
    return self();
  }

  /** An event before this, milliseconds since 1970, is dead-lettered; by default the year 2000. */
  public long oldest() {
    return oldest;
  }

  public S oldest(long oldest) {
    this.oldest = oldest;
    return self();
  }

  /** Address of a schema registry when events are in the Confluent wire format, else null. */
  public String registry() {
    return registry;
  }

  public S registry(String registry) {
    this.registry = registry;
    return self();
  }

  /** Consumer group under which progress shows in Kafka. */
  public String group() {
    return group;
  }

  public S group(String group) {
    this.group = group;
    return self();
  }

  /** Further client properties, such as those for TLS and SASL. */
  public Properties kafkaProperties() {
    return kafkaProperties;
  }

  public S kafkaProperty(String key, String value) {
    kafkaProperties.setProperty(key, value);
    return self();
  }

  /** What was not touched for this long is forgotten. At least the longest window. */
  public Duration retention() {
    return retention;
  }

  public S retention(Duration retention) {
    this.retention = positive("retention", retention);
    return self();
  }

  /** Heap for recently used entities in each subtask, bytes; everything else is in RocksDB. */
  public int cachedBytes() {
    return cachedBytes;
  }

  public S cachedBytes(int cachedBytes) {
    if (cachedBytes < 0) {
      throw new IllegalArgumentException("cachedBytes: " + cachedBytes + " (expected: >= 0)");
    }
    this.cachedBytes = cachedBytes;
    return self();
  }

  static Duration positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: > 0)");
    }
    return value;
  }
}
