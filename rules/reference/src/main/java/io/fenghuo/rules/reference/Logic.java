package io.fenghuo.rules.reference;

import java.util.List;

/** Three-valued logic, comparison and arithmetic. Null stands for "unknown". */
final class Logic {

  private static final double EARTH_RADIUS_KM = 6371;

  private Logic() {}

  static Boolean and(Object left, Object right) {
    Boolean a = truth(left);
    Boolean b = truth(right);
    if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) {
      return false;
    }
    return a == null || b == null ? null : true;
  }

  static Boolean or(Object left, Object right) {
    return not(and(not(left), not(right)));
  }

  static Boolean not(Object value) {
    Boolean truth = truth(value);
    return truth == null ? null : !truth;
  }

  static Boolean equal(Object a, Object b) {
    if (a == null || b == null) {
      return null;
    }
    if (a instanceof Number x && b instanceof Number y) {
      return same(x, y);
    }
    if (a.getClass() != b.getClass()) {
      throw incomparable(a, b);
    }
    return a.equals(b);
  }

  static Boolean less(Object a, Object b) {
    if (a == null || b == null) {
      return null;
    }
    if (a instanceof Number x && b instanceof Number y) {
      return bothLong(x, y) ? x.longValue() < y.longValue() : x.doubleValue() < y.doubleValue();
    }
    if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y) < 0;
    }
    throw incomparable(a, b);
  }

  static Boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "=" -> equal(a, b);
      case "!=", "<>" -> not(equal(a, b));
      case "<" -> less(a, b);
      case ">" -> less(b, a);
      // Not "not greater": with NaN neither holds.
      case "<=" -> or(less(a, b), equal(a, b));
      case ">=" -> or(less(b, a), equal(a, b));
      default -> throw new IllegalArgumentException("no comparison " + operator);
    };
  }

  static Boolean in(Object value, List<Object> choices) {
    Boolean found = false;
    for (Object choice : choices) {
      found = or(found, equal(value, choice));
    }
    return found;
  }

  static Boolean between(Object value, Object low, Object high) {
    return and(compare(">=", value, low), compare("<=", value, high));
  }

  static Boolean like(Object value, Object pattern) {
    if (value == null || pattern == null) {
      return null;
    }
    return like(value.toString(), (String) pattern);
  }

  private static boolean like(String value, String pattern) {
    if (pattern.isEmpty()) {
      return value.isEmpty();
    }
    if (pattern.charAt(0) == '%') {
      return like(value, pattern.substring(1))
          || (!value.isEmpty() && like(value.substring(1), pattern));
    }
    return !value.isEmpty()
        && (pattern.charAt(0) == '_' || pattern.charAt(0) == value.charAt(0))
        && like(value.substring(1), pattern.substring(1));
  }

  static Object arithmetic(String operator, Object a, Object b) {
    if (a == null || b == null) {
      return null;
    }
    Number x = (Number) a;
    Number y = (Number) b;
    if (bothLong(x, y) && !operator.equals("/")) {
      long p = x.longValue();
      long q = y.longValue();
      return switch (operator) {
        case "+" -> p + q;
        case "-" -> p - q;
        case "*" -> p * q;
        // An expression never fails: what is divided by zero is unknown.
        case "%" -> q == 0 ? null : (Object) (p % q);
        default -> throw new IllegalArgumentException("no arithmetic " + operator);
      };
    }
    double p = x.doubleValue();
    double q = y.doubleValue();
    return switch (operator) {
      case "+" -> p + q;
      case "-" -> p - q;
      case "*" -> p * q;
      case "/" -> q == 0 ? null : (Object) (p / q);
      case "%" -> q == 0 ? null : (Object) (p % q);
      default -> throw new IllegalArgumentException("no arithmetic " + operator);
    };
  }

  static Object coalesce(List<Object> values) {
    for (Object value : values) {
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** Great circle distance by the haversine formula. */
  static Double kilometres(List<Object> degrees) {
    if (degrees.size() != 4) {
      throw new IllegalArgumentException("kilometres takes 4 arguments, not " + degrees.size());
    }
    if (degrees.contains(null)) {
      return null;
    }
    double lat1 = Math.toRadians(((Number) degrees.get(0)).doubleValue());
    double lon1 = Math.toRadians(((Number) degrees.get(1)).doubleValue());
    double lat2 = Math.toRadians(((Number) degrees.get(2)).doubleValue());
    double lon2 = Math.toRadians(((Number) degrees.get(3)).doubleValue());
    double sinLat = Math.sin((lat2 - lat1) / 2);
    double sinLon = Math.sin((lon2 - lon1) / 2);
    double h = sinLat * sinLat + Math.cos(lat1) * Math.cos(lat2) * sinLon * sinLon;
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  private static boolean same(Number x, Number y) {
    return bothLong(x, y) ? x.longValue() == y.longValue() : x.doubleValue() == y.doubleValue();
  }

  private static boolean bothLong(Number x, Number y) {
    return x instanceof Long && y instanceof Long;
  }

  private static Boolean truth(Object value) {
    if (value == null || value instanceof Boolean) {
      return (Boolean) value;
    }
    throw new IllegalArgumentException(value + " is not a condition");
  }

  private static IllegalArgumentException incomparable(Object a, Object b) {
    return new IllegalArgumentException(
        "cannot compare %s %s with %s %s"
            .formatted(a.getClass().getSimpleName(), a, b.getClass().getSimpleName(), b));
  }
}
