package io.fenghuo.pipelines;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;

/** What the monitor job can be told. */
public final class MonitorSettings extends JobSettings<MonitorSettings> {

  private static final long serialVersionUID = 1L;

  /** Where the shop is, unless it says otherwise. */
  public static final ZoneId SHOP = ZoneId.of("Asia/Shanghai");

  private ZoneId zone = SHOP;
  private Duration late = Duration.ofHours(6);
  private Duration gather = Duration.ofMillis(250);
  private Duration publish = Duration.ofSeconds(1);
  private int rememberedBytes = 128 << 20;

  /**
   * @param kafka bootstrap servers, host:port
   * @param rules rule files by path
   */
  public MonitorSettings(String kafka, Map<String, String> rules) {
    super(kafka, rules, "fenghuo-monitor");
  }

  @Override
  MonitorSettings self() {
    return this;
  }

  /** The shop's time zone: a day is the shop's day. */
  public ZoneId zone() {
    return zone;
  }

  public MonitorSettings zone(ZoneId zone) {
    this.zone = zone;
    return this;
  }

  /**
   * How long after its time an event still revises its windows; later ones are counted, and nothing
   * else. Ids are remembered as long, to know duplicates.
   */
  public Duration late() {
    return late;
  }

  public MonitorSettings late(Duration late) {
    this.late = positive("late", late);
    return this;
  }

  /** How long a subtask gathers before it hands on what it has. */
  public Duration gather() {
    return gather;
  }

  public MonitorSettings gather(Duration gather) {
    this.gather = positive("gather", gather);
    return this;
  }

  /** How often figures that have changed are published. */
  public Duration publish() {
    return publish;
  }

  public MonitorSettings publish(Duration publish) {
    this.publish = positive("publish", publish);
    return this;
  }

  /** Heap for recent event ids in each subtask, bytes; the others are in RocksDB. */
  public int rememberedBytes() {
    return rememberedBytes;
  }

  public MonitorSettings rememberedBytes(int rememberedBytes) {
    if (rememberedBytes < 0) {
      throw new IllegalArgumentException(
          "rememberedBytes: " + rememberedBytes + " (expected: >= 0)");
    }
    this.rememberedBytes = rememberedBytes;
    return this;
  }
}
