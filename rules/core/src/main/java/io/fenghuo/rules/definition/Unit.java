package io.fenghuo.rules.definition;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a number in a text is shown in: {@code {amount|money}} shows fen as yuan, {@code
 * {user.signup_age_24h|minutes}} milliseconds as minutes.
 */
public enum Unit {
  MONEY(100),
  SECONDS(1_000),
  MINUTES(60_000),
  HOURS(3_600_000),
  DAYS(86_400_000);

  private final BigDecimal parts;

  Unit(long parts) {
    this.parts = BigDecimal.valueOf(parts);
  }

  /** As rules write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The unit of that name. */
  public static Optional<Unit> of(String label) {
    return Arrays.stream(values()).filter(unit -> unit.label().equals(label)).findFirst();
  }

  /** The names of all. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Unit::label).toList();
  }

  /**
   * A number in this unit, rounded half up to two decimals: money always with both and its
   * thousands set off, as 24,600.00; times without zeros at the end, as 1.5.
   */
  public String shown(BigDecimal number) {
    BigDecimal rounded = number.divide(parts, 2, RoundingMode.HALF_UP);
    if (this == MONEY) {
      return String.format(Locale.ROOT, "%,.2f", rounded);
    }
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
