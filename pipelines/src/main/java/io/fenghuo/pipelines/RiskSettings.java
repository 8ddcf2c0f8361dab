package io.fenghuo.pipelines;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** What the risk job can be told. Everything has a default but Kafka's address and the rules. */
public final class RiskSettings implements Serializable {

  private static final long serialVersionUID = 1L;

  /** When an order is decided. */
  public enum Mode {
    /** At once, with what has arrived. */
    ARRIVAL,
    /**
     * When event time has passed the order by the bound: exact whatever the arrival order within
     * it.
     */
    EVENT_TIME
  }

  private final String kafka;
  private final HashMap<String, String> rules;
  private Mode mode = Mode.ARRIVAL;
  private Duration bound = Duration.ofSeconds(5);
  private Duration idle = Duration.ofSeconds(5);
  private Duration future = Duration.ofMinutes(5);
  private long oldest = 946_684_800_000L;
  private Duration retention = Duration.ofDays(31);
  private int cachedBytes = 256 << 20;
  private String registry;
  private String group = "fenghuo-risk";
  private final Properties kafkaProperties = new Properties();

  /**
   * @param kafka bootstrap servers, host:port
   * @param rules rule files by path
   */
  public RiskSettings(String kafka, Map<String, String> rules) {
    this.kafka = Objects.requireNonNull(kafka, "kafka: expected host:port");
    this.rules = new HashMap<>(rules);
  }

  public String kafka() {
    return kafka;
  }

  public Map<String, String> rules() {
    return rules;
  }

  public Mode mode() {
    return mode;
  }

  public RiskSettings mode(Mode mode) {
    this.mode = mode;
    return this;
  }

  /** How late an event may arrive and still be counted in its place. */
  public Duration bound() {
    return bound;
  }

  public RiskSettings bound(Duration bound) {
    this.bound = positive("bound", bound);
    return this;
  }

  /**
   * After this silence a partition no longer holds event time back; after twice, event time runs on
   * by the clock.
   */
  public Duration idle() {
    return idle;
  }

  public RiskSettings idle(Duration idle) {
    this.idle = positive("idle", idle);
    return this;
  }

  /** An event further in the future than this is dead-lettered. */
  public Duration future() {
    return future;
  }

  public RiskSettings future(Duration future) {
    this.future = positive("future", future);
    return this;
  }

  /** An event before this, milliseconds since 1970, is dead-lettered; by default the year 2000. */
  public long oldest() {
    return oldest;
  }

  public RiskSettings oldest(long oldest) {
    this.oldest = oldest;
    return this;
  }

  /** What was not touched for this long is forgotten. At least the longest window. */
  public Duration retention() {
    return retention;
  }

  public RiskSettings retention(Duration retention) {
    this.retention = positive("retention", retention);
    return this;
  }

  /** Heap for recently used entities in each subtask, bytes; everything else is in RocksDB. */
  public int cachedBytes() {
    return cachedBytes;
  }

  public RiskSettings cachedBytes(int cachedBytes) {
    if (cachedBytes < 0) {
      throw new IllegalArgumentException("cachedBytes: " + cachedBytes + " (expected: >= 0)");
    }
    this.cachedBytes = cachedBytes;
    return this;
  }

  /** Address of a schema registry when events are in the Confluent wire format, else null. */
  public String registry() {
    return registry;
  }

  public RiskSettings registry(String registry) {
    this.registry = registry;
    return this;
  }

  /** Consumer group under which progress shows in Kafka. */
  public String group() {
    return group;
  }

  public RiskSettings group(String group) {
    this.group = group;
    return this;
  }

  /** Further client properties, such as those for TLS and SASL. */
  public Properties kafkaProperties() {
    return kafkaProperties;
  }

  public RiskSettings kafkaProperty(String key, String value) {
    kafkaProperties.setProperty(key, value);
    return this;
  }

  private static Duration positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: > 0)");
    }
    return value;
  }
}
