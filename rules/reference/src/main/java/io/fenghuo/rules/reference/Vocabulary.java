package io.fenghuo.rules.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The small world events and rules are drawn from, so that they meet often. */
final class Vocabulary {

  enum Kind {
    LONG,
    DOUBLE,
    STRING,
    BOOLEAN,
    ENUM
  }

  /**
   * A property, or anything else a condition can name.
   *
   * @param pool whence its values come; only values of one pool are worth comparing
   */
  record Operand(String text, Kind kind, String pool, boolean nullable) {

    Operand of(String alias) {
      return new Operand(alias + "." + text, kind, pool, nullable);
    }
  }

  static final List<String> TYPES =
      List.of("OrderEvent", "PaymentEvent", "LoginEvent", "TrafficEvent");

  /** Values of the pools of strings and enum constants. */
  static final Map<String, List<String>> POOLS = pools();

  static final Map<String, List<Operand>> PROPERTIES = properties();

  /** Latitude and longitude by place; quarters of a degree, so that sums of them are exact. */
  static final Map<String, double[]> PLACES =
      Map.of(
          "Beijing", new double[] {39.75, 116.5},
          "Tianjin", new double[] {39.25, 117.25},
          "Shanghai", new double[] {31.25, 121.5},
          "Shenzhen", new double[] {22.5, 114.0});

  private Vocabulary() {}

  static Operand property(String type, String name) {
    return PROPERTIES.get(type).stream()
        .filter(property -> property.text().equals(name))
        .findFirst()
        .orElse(null);
  }

  static boolean concerns(String type, String entity) {
    return property(type, Event.keyField(entity)) != null;
  }

  /** A value as EPL writes it, of the usual size for the pool. */
  static String literal(Dice dice, Operand operand) {
    String pool = operand.pool();
    if (operand.kind() == Kind.ENUM) {
      return pool + "." + dice.oneOf(POOLS.get(pool));
    }
    if (operand.kind() == Kind.STRING) {
      return "'" + dice.oneOf(POOLS.get(pool)) + "'";
    }
    return switch (pool) {
      case "amount" -> "" + amount(dice) + dice.oneOf("", "", "", "L");
      case "amounts" -> "" + amount(dice) * dice.between(1, 4);
      case "discount" -> "" + 100 * dice.below(4);
      case "tier" -> "" + dice.below(4);
      case "milliseconds" -> "" + 250 * dice.between(0, 8);
      case "several milliseconds" -> "" + 250 * dice.between(0, 20);
      case "http" -> dice.oneOf("0", "200", "404", "500");
      case "count" -> "" + dice.oneOf(List.of(0, 1, 1, 2, 2, 3, 4, 6));
      case "age" -> dice.oneOf("0", "0", "500", "1000", "5000", "60000", "600000");
      case "latitude" -> "" + dice.between(22, 39) + dice.oneOf("", ".25", ".5");
      case "longitude" -> "" + dice.between(113, 121) + dice.oneOf("", ".25", ".5");
      case "degrees" -> dice.oneOf("30.5", "80.25", "120", "300.75");
      default -> throw new IllegalArgumentException("no numbers of " + pool);
    };
  }

  static long amount(Dice dice) {
    return dice.oneOf(List.of(0, 100, 990, 5000, 9900, 20000, 50000, 100000, 200000));
  }

  private static Map<String, List<Operand>> properties() {
    Map<String, List<Operand>> types = new LinkedHashMap<>();
    List<Operand> order = new ArrayList<>();
    order.add(enumeration("type", "OrderType"));
    strings(order, "userId", "deviceId", "ip", "accountToken", "addressToken");
    strings(order, "couponId", "goods", "channel", "campaign", "province");
    order.add(new Operand("orderId", Kind.STRING, "orderId", false));
    order.add(new Operand("currency", Kind.STRING, "currency", false));
    order.add(number("amount", "amount", false));
    order.add(number("discount", "discount", false));
    order.add(number("cityTier", "tier", false));
    order.add(new Operand("firstOrder", Kind.BOOLEAN, "boolean", false));
    types.put("OrderEvent", order);

    List<Operand> payment = new ArrayList<>();
    payment.add(enumeration("status", "PaymentStatus"));
    strings(payment, "paymentId", "userId", "deviceId", "ip", "accountToken");
    strings(payment, "method", "failureCode");
    payment.add(new Operand("orderId", Kind.STRING, "orderId", false));
    payment.add(new Operand("currency", Kind.STRING, "currency", false));
    payment.add(number("amount", "amount", false));
    payment.add(number("latencyMs", "milliseconds", true));
    types.put("PaymentEvent", payment);

    List<Operand> login = new ArrayList<>();
    login.add(enumeration("kind", "LoginKind"));
    login.add(new Operand("success", Kind.BOOLEAN, "boolean", false));
    strings(login, "userId", "deviceId", "ip", "reason", "place", "os", "browser", "method");
    login.add(new Operand("latitude", Kind.DOUBLE, "latitude", true));
    login.add(new Operand("longitude", Kind.DOUBLE, "longitude", true));
    types.put("LoginEvent", login);

    List<Operand> traffic = new ArrayList<>();
    traffic.add(enumeration("kind", "TrafficKind"));
    strings(traffic, "visitorId", "sessionId", "userId", "deviceId", "ip", "pageType");
    strings(traffic, "productId", "categoryId", "endpoint", "source", "channel", "campaign");
    traffic.add(number("status", "http", false));
    traffic.add(number("loadMs", "milliseconds", true));
    traffic.add(number("firstScreenMs", "milliseconds", true));
    types.put("TrafficEvent", traffic);
    return types;
  }

  private static Operand enumeration(String name, String type) {
    return new Operand(name, Kind.ENUM, type, false);
  }

  private static Operand number(String name, String pool, boolean nullable) {
    return new Operand(name, Kind.LONG, pool, nullable);
  }

  private static void strings(List<Operand> properties, String... names) {
    for (String name : names) {
      properties.add(new Operand(name, Kind.STRING, name, true));
    }
  }

  private static Map<String, List<String>> pools() {
    Map<String, List<String>> pools = new LinkedHashMap<>();
    pools.put("userId", List.of("u1", "u2", "u3", "u4", "u5"));
    pools.put("deviceId", List.of("d1", "d2", "d3", "d4"));
    pools.put("ip", List.of("10.0.0.1", "10.0.0.2", "10.0.1.1", "2001:db8::1"));
    pools.put("accountToken", List.of("a1", "a2", "a3"));
    pools.put("addressToken", List.of("h1", "h2", "h3"));
    pools.put("orderId", List.of("o1", "o2", "o3", "o4", "o5"));
    pools.put("currency", List.of("CNY", "USD"));
    pools.put("couponId", List.of("c1", "c2"));
    pools.put("goods", List.of("p1x1", "p2x1", "p2x2"));
    pools.put("channel", List.of("app", "web", "mini-program"));
    pools.put("campaign", List.of("618", "11.11"));
    pools.put("province", List.of("Guangdong", "Zhejiang", "广西"));
    pools.put("paymentId", List.of("pay1", "pay2", "pay3"));
    pools.put("method", List.of("alipay", "wechat", "card", "password", "sms"));
    pools.put("failureCode", List.of("E1", "E2", "timeout"));
    pools.put("reason", List.of("password", "locked"));
    pools.put("place", List.of("Beijing", "Tianjin", "Shanghai", "Shenzhen"));
    pools.put("os", List.of("android", "ios", "windows"));
    pools.put("browser", List.of("chrome", "safari"));
    pools.put("visitorId", List.of("v1", "v2", "v3"));
    pools.put("sessionId", List.of("s1", "s2", "s3"));
    pools.put("pageType", List.of("home", "list", "product", "checkout"));
    pools.put("productId", List.of("p1", "p2", "p3"));
    pools.put("categoryId", List.of("k1", "k2"));
    pools.put("endpoint", List.of("/api/pay", "/api/cart"));
    pools.put("source", List.of("direct", "search", "ad"));
    // UNKNOWN, the value of readers with an older schema, stays out.
    pools.put(
        "OrderType",
        List.of("CREATED", "CREATED", "CANCELLED", "SHIPPED", "DELIVERED", "REFUND_REQUESTED"));
    pools.put("PaymentStatus", List.of("INITIATED", "SUCCEEDED", "SUCCEEDED", "FAILED"));
    pools.put("LoginKind", List.of("SIGNUP", "LOGIN", "LOGIN", "LOGIN", "PASSWORD_RESET"));
    pools.put("TrafficKind", List.of("PAGE_VIEW", "PAGE_VIEW", "CLICK", "CART_ADD", "SEARCH"));
    return pools;
  }
}
