package io.fenghuo.pipelines;

import java.time.Duration;
import java.util.Map;

/** What the risk job can be told. */
public final class RiskSettings extends JobSettings<RiskSettings> {

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

  private Mode mode = Mode.ARRIVAL;
  private Duration retention = Duration.ofDays(31);
  private int cachedBytes = 256 << 20;

  /**
   * @param kafka bootstrap servers, host:port
   * @param rules rule files by path
   */
  public RiskSettings(String kafka, Map<String, String> rules) {
    super(kafka, rules, "fenghuo-risk");
  }

  @Override
  RiskSettings self() {
    return this;
  }

  public Mode mode() {
    return mode;
  }

  public RiskSettings mode(Mode mode) {
    this.mode = mode;
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
}
