package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Text;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the names in braces. */
final class Texts {

  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][\\w.]*)}");

  private Texts() {}

  static Text fill(Text template, Function<String, Object> names) {
    return new Text(fill(template.getZh(), names), fill(template.getEn(), names));
  }

  private static String fill(String template, Function<String, Object> names) {
    return NAME.matcher(template)
        .replaceAll(match -> Matcher.quoteReplacement(print(names.apply(match.group(1)))));
  }

  /** Doubles are rounded half up to 2 decimals, with no zeros at the end and no exponent. */
  static String print(Object value) {
    if (value == null) {
      return "-";
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      BigDecimal rounded = BigDecimal.valueOf(number).setScale(2, RoundingMode.HALF_UP);
      return rounded.stripTrailingZeros().toPlainString();
    }
    return value instanceof Enum<?> constant ? constant.name() : value.toString();
  }
}
