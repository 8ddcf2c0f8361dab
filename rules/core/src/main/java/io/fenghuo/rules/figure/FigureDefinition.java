package io.fenghuo.rules.figure;

import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Words;
import io.fenghuo.schemas.Window;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One figure of one cut, as data. A file's definition with {@code by: [method, channel]} becomes
 * three of these: the whole, by method and by channel.
 *
 * @param name what it is published as, without a quantile's {@code _p95}
 * @param unit count, fen, ratio or ms
 * @param numerator what is measured
 * @param denominator what it is divided by, or null
 * @param by names of the dimensions whose combinations of values are kept apart; empty for the
 *     whole
 * @param cap combinations kept apart in one day of the shop; what comes after goes to {@link
 *     #OTHER}
 * @param windows over which it is published
 */
public record FigureDefinition(
    String name,
    Words title,
    String unit,
    Measure numerator,
    Measure denominator,
    List<String> by,
    int cap,
    Set<Window> windows)
    implements Serializable {

  /** The value of a dimension that stands for all values beyond the cap. */
  public static final String OTHER = "other";

  /** The value of a dimension when the event does not say. */
  public static final String UNKNOWN = "-";

  public static final int DEFAULT_CAP = 1_000;

  public static final Set<Window> DEFAULT_WINDOWS = Set.of(Window.MINUTE, Window.HOUR, Window.DAY);

  /**
   * What is taken of which events.
   *
   * @param field the field looked at; null for a plain count. In orders {@code productId}, {@code
   *     categoryId}, {@code quantity}, {@code price} and {@code money} are those of each line.
   *     {@code a - b} is the difference of two whole numbers
   * @param weight for {@link Aggregate#TOP}: the field that is summed, or null to count
   * @param percents for {@link Aggregate#QUANTILE}: 50, 95, 99; else empty
   */
  public record Measure(
      Filter of, Aggregate aggregate, String field, String weight, List<Integer> percents)
      implements Serializable {

    public static Measure count(Filter of) {
      return new Measure(of, Aggregate.COUNT, null, null, List.of());
    }

    public static Measure of(Filter of, Aggregate aggregate, String field) {
      return new Measure(of, aggregate, field, null, List.of());
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(aggregate.name().toLowerCase(Locale.ROOT));
      if (!percents.isEmpty()) {
        text.append(percents);
      }
      if (field != null) {
        text.append(' ').append(field);
      }
      if (weight != null) {
        text.append(" weighed by ").append(weight);
      }
      return text.append(" of ").append(of).toString();
    }
  }

  /** A figure without a denominator, over the usual windows. */
  public static FigureDefinition plain(String name, String unit, Measure measure, String... by) {
    return new FigureDefinition(
        name,
        new Words(name, name),
        unit,
        measure,
        null,
        List.of(by),
        DEFAULT_CAP,
        DEFAULT_WINDOWS);
  }

  /** A figure with a denominator, over the usual windows. */
  public static FigureDefinition ratio(
      String name, Measure numerator, Measure denominator, String... by) {
    return new FigureDefinition(
        name,
        new Words(name, name),
        "ratio",
        numerator,
        denominator,
        List.of(by),
        DEFAULT_CAP,
        DEFAULT_WINDOWS);
  }

  /** What is computed, in one line. */
  public String formula() {
    return denominator == null ? numerator.toString() : numerator + " ÷ " + denominator;
  }

  /**
   * Name of its state: as long as this is the same, the figure goes on from where it was; after an
   * edit of what it computes it begins again. Title and unit do not count.
   */
  public String key() {
    return name + by + "#" + Integer.toHexString((formula() + cap + windowNames()).hashCode());
  }

  private String windowNames() {
    return new TreeSet<>(windows).toString();
  }
}
