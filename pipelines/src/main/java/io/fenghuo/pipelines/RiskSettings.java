package io.fenghuo.pipelines;

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

  boolean waits() {
    return mode == Mode.EVENT_TIME;
  }

  public RiskSettings mode(Mode mode) {
    this.mode = mode;
    return this;
  }
}
