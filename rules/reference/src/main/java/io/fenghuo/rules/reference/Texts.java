package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Text;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the names in braces; behind a bar stands what a number is counted in. */
final class Texts {

  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][\\w.]*)(?:\\|([a-z]+))?}");

  private Texts() {}

  static Text fill(Text template, Function<String, Object> names) {
    return new Text(fill(template.getZh(), names), fill(template.getEn(), names));
  }

  private static String fill(String template, Function<String, Object> names) {
    return NAME.matcher(template)
        .replaceAll(
            match -> Matcher.quoteReplacement(print(names.apply(match.group(1)), match.group(2))));
  }

  private static String print(Object value, String unit) {
    if (unit == null
        || !(value instanceof Number number)
        || !Double.isFinite(number.doubleValue())) {
      return print(value);
    }
    BigDecimal exact = new BigDecimal(value.toString());
    if (unit.equals("money")) {
      BigDecimal yuan = exact.movePointLeft(2).setScale(2, RoundingMode.HALF_UP);
      return new DecimalFormat("#,##0.00", DecimalFormatSymbols.getInstance(Locale.ROOT))
          .format(yuan);
    }
    long millis =
        Map.of("seconds", 1L, "minutes", 60L, "hours", 3600L, "days", 86400L).get(unit) * 1000;
    BigDecimal rounded = exact.divide(BigDecimal.valueOf(millis), 2, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
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
