package io.fenghuo.rules.figure;

/** How the events of a window become one number. */
public enum Aggregate {
  /** How many; with a field only those where it is there. Exact. */
  COUNT(0),
  /** Sum of a field. Exact: whole numbers as they are, real ones in millionths. */
  SUM(0),
  /** Largest value of a field. Exact. */
  MAX(0),
  /** Smallest value of a field. Exact. */
  MIN(0),
  /**
   * How many different values a field has. HyperLogLog with 2^16 registers: two standard deviations
   * are 0.82 %, and small numbers are exact.
   */
  DISTINCT(0.0082),
  /** How many different values a field has that none of the 29 days before had; by day only. */
  FRESH(0.01),
  /** How many different values a field has that come at least twice in 30 days. */
  REPEATED(0.01),
  /** Quantiles of a field. KLL with k = 350: off by at most 0.78 % in rank. */
  QUANTILE(0.0078),
  /**
   * The 50 values of a field that come most often, or carry most of a weight. Exact as long as a
   * window has no more than 49,152 different values; beyond, the figure says by how much it may be
   * off.
   */
  TOP(0);

  private final double error;

  Aggregate(double error) {
    this.error = error;
  }

  /** How far off it may be: a share of the value, for quantiles of the rank; 0 for exact. */
  public double error() {
    return error;
  }

  /** True when it looks at a number. */
  boolean ofNumber() {
    return switch (this) {
      case SUM, MAX, MIN, QUANTILE -> true;
      case COUNT, DISTINCT, FRESH, REPEATED, TOP -> false;
    };
  }

  /** True when it tells values apart without needing to know them. */
  boolean ofIdentity() {
    return this == DISTINCT || this == FRESH || this == REPEATED;
  }
}
