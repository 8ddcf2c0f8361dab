package io.fenghuo.console.browser;

import static io.fenghuo.console.browser.Json.object;
import static io.fenghuo.console.browser.Json.text;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A made-up shop on a good day: its figures at any time follow from the time alone, so that the
 * past can be looked at again.
 */
final class SampleShop {
  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  private static final double FEN_A_DAY = 5.6e10;
  private static final double[] HOURS = {
    9, 5, 3, 1.5, 1, 1, 1.5, 2.5, 4, 6, 7, 6, 5, 4.5, 4.5, 5, 5, 4.5, 5, 7, 10, 11, 9, 7
  };
  private static final String[] METHODS = {"alipay", "wechat", "unionpay", "card"};
  private static final double[] METHOD_SHARES = {0.46, 0.38, 0.09, 0.07};
  private static final double[] METHOD_SUCCESS = {0.9931, 0.9962, 0.9884, 0.9467};
  private static final String[] PROVINCES = {
    "广东", "浙江", "江苏", "上海", "北京", "四川", "山东", "湖北", "河南", "福建"
  };
  private static final String[] PRODUCTS = {
    "极光 S27 Ultra 手机 512 GB",
    "云朵 4K 投影仪 Max",
    "山野户外冲锋衣 三合一",
    "小厨 5.5L 空气炸锅",
    "Nordic 羽绒被 1.8m",
    "青瓷 玻尿酸精华 50ml×2",
    "星跃 儿童平衡车",
    "晨光 人体工学椅 Pro"
  };

  private final String[] products;
  private final String[] provinces;

  SampleShop(boolean longNames) {
    products = PRODUCTS.clone();
    provinces = PROVINCES.clone();
    if (longNames) {
      products[0] =
          "<script>alert('x')</script><img src=x onerror=alert(1)> " + "很长的名字".repeat(400);
      products[1] = "👩‍👩‍👧‍👦🔥".repeat(60);
      products[2] = "\u202Eمنتج رائع جدا\u202C " + "مرحبا ".repeat(50);
      products[3] = "W".repeat(10_000);
      provinces[0] = "N".repeat(300);
    }
  }

  static Instant startOfDay(Instant at) {
    return at.atZone(ZONE).toLocalDate().atStartOfDay(ZONE).toInstant();
  }

  /** Share of the day's trade done by then, 0 to 1. */
  private static double done(Instant at) {
    double all = 0;
    for (double hour : HOURS) {
      all += hour;
    }
    ZonedDateTime local = at.atZone(ZONE);
    double sum = 0;
    for (int hour = 0; hour < local.getHour(); hour++) {
      sum += HOURS[hour];
    }
    double within = local.toLocalTime().toSecondOfDay() % 3600 + local.getNano() / 1e9;
    return (sum + HOURS[local.getHour()] * within / 3600) / all;
  }

  /** Fen paid in one minute: the hour's pace and a little of everything on top. */
  private static double minute(Instant from) {
    LocalTime time = from.atZone(ZONE).toLocalTime();
    int index = time.toSecondOfDay() / 60;
    double pace = (done(from.plusSeconds(59)) - done(from)) * FEN_A_DAY;
    double wave = 1 + 0.12 * Math.sin(index * 1.7) + 0.07 * Math.cos(index * 0.31);
    return pace * wave * (time.getMinute() < 3 && time.getHour() % 10 == 0 ? 2.6 : 1);
  }

  Map<String, Object> live(Instant at, List<Map<String, Object>> alerts) {
    return object(
        "at", at.toString(),
        "figuresAt", at.minusMillis(900).toString(),
        "day",
            object(
                "from",
                startOfDay(at).toString(),
                "to",
                startOfDay(at).plus(Duration.ofDays(1)).toString()),
        "figures", figures(at),
        "targets", List.of(target(at)),
        "lamps", lamps(),
        "alerts", alerts,
        "decisions", counts(at),
        "events", object("perSecond", 8421));
  }

  static Map<String, Object> counts(Instant at) {
    double done = done(at);
    return object(
        "PASS", (long) (1_184_000 * done),
        "CHALLENGE", (long) (12_310 * done),
        "REVIEW", (long) (3_480 * done),
        "BLOCK", (long) (964 * done));
  }

  static List<Map<String, Object>> lamps() {
    return List.of(
        object("id", "trade", "state", "ok", "why", text("成交比计划高 3.1 %", "3.1 % above plan")),
        object(
            "id",
            "payment",
            "state",
            "warning",
            "why",
            text("银行卡成功率 94.7 %，低于 97 %", "Cards succeed at 94.7 %, below 97 %")),
        object("id", "site", "state", "ok", "why", text("页面加载 p95 1.42 秒", "Page load p95 1.42 s")),
        object("id", "risk", "state", "ok", "why", text("决策 p99 38 毫秒", "Decisions p99 38 ms")));
  }

  private static Map<String, Object> target(Instant at) {
    double done = done(at);
    return object(
        "campaign",
        "campaign/singles-day",
        "title",
        text("双十一", "11.11"),
        "figure",
        "gmv_paid",
        "target",
        5.4e10,
        "expectedNow",
        5.4e10 * done * 0.985,
        "forecast",
        5.57e10,
        "low",
        5.31e10,
        "high",
        5.79e10);
  }

  /** All figures of the wall at a time. */
  List<Map<String, Object>> figures(Instant at) {
    List<Map<String, Object>> all = new ArrayList<>();
    Instant day = startOfDay(at);
    Instant lastMinute = at.truncatedTo(ChronoUnit.MINUTES).minusSeconds(60);
    for (Instant minute : List.of(lastMinute.minusSeconds(60), lastMinute)) {
      window(all, "MINUTE", minute, minute.plusSeconds(60), minute(minute));
    }
    window(all, "DAY", day, day.plus(Duration.ofDays(1)), FEN_A_DAY * done(at));
    return all;
  }

  /** The figures that change within a second. */
  List<Map<String, Object>> changed(Instant at) {
    Instant day = startOfDay(at);
    List<Map<String, Object>> all = new ArrayList<>();
    window(all, "DAY", day, day.plus(Duration.ofDays(1)), FEN_A_DAY * done(at));
    if (at.atZone(ZONE).getSecond() < 2) {
      Instant minute = at.truncatedTo(ChronoUnit.MINUTES).minusSeconds(60);
      window(all, "MINUTE", minute, minute.plusSeconds(60), minute(minute));
    }
    return all;
  }

  private void window(
      List<Map<String, Object>> all, String window, Instant from, Instant to, double paid) {
    double orders = paid / 31_250;
    double buyers = orders * (window.equals("DAY") ? 0.81 : 0.99);
    double uv = buyers / 0.0412;
    count(all, "gmv_paid", window, from, to, "fen", paid);
    count(all, "gmv_ordered", window, from, to, "fen", paid * 1.071);
    count(all, "orders", window, from, to, "count", orders);
    count(all, "buyers", window, from, to, "count", buyers);
    count(all, "uv", window, from, to, "count", uv);
    count(all, "pv", window, from, to, "count", uv * 9.3);
    rate(all, "conversion", window, from, to, Map.of(), buyers, uv);
    rate(all, "average_order_value", window, from, to, Map.of(), paid * 1.071, buyers);
    rate(all, "availability", window, from, to, Map.of(), uv * 9.297, uv * 9.3);
    rate(all, "error_rate", window, from, to, Map.of(), uv * 0.003, uv * 9.3);
    double[] funnel = {uv * 0.74, uv * 0.52, uv * 0.131, buyers, buyers * 0.931};
    String[] steps = {
      "funnel_home", "funnel_product", "funnel_cart", "funnel_order", "funnel_paid"
    };
    String[] rates = {"home_to_product", "product_to_cart", "cart_to_order", "order_to_paid"};
    for (int i = 0; i < steps.length; i++) {
      count(all, steps[i], window, from, to, "count", funnel[i]);
      if (i > 0) {
        rate(all, rates[i - 1], window, from, to, Map.of(), funnel[i], funnel[i - 1]);
      }
    }
    for (int i = 0; i < METHODS.length; i++) {
      double attempts = Math.floor(orders * METHOD_SHARES[i]);
      Map<String, Object> method = Map.of("method", METHODS[i]);
      rate(
          all,
          "payment_success",
          window,
          from,
          to,
          method,
          Math.floor(attempts * METHOD_SUCCESS[i]),
          attempts);
      figure(
          all,
          "payment_attempts",
          window,
          from,
          to,
          method,
          "count",
          attempts,
          attempts,
          1,
          List.of());
    }
    double share = 0.19;
    for (String province : provinces) {
      figure(
          all,
          "gmv_ordered",
          window,
          from,
          to,
          Map.of("province", province),
          "fen",
          paid * share,
          paid * share,
          1,
          List.of());
      share *= 0.82;
    }
    List<Object> ranking = new ArrayList<>();
    double money = paid * 0.031;
    for (String product : products) {
      ranking.add(object("item", product, "value", Math.floor(money)));
      money *= 0.86;
    }
    figure(all, "hot_products_by_money", window, from, to, Map.of(), "fen", null, 0, 1, ranking);
  }

  private static void count(
      List<Map<String, Object>> all,
      String name,
      String window,
      Instant from,
      Instant to,
      String unit,
      double value) {
    figure(
        all,
        name,
        window,
        from,
        to,
        Map.of(),
        unit,
        Math.floor(value),
        Math.floor(value),
        1,
        List.of());
  }

  private static void rate(
      List<Map<String, Object>> all,
      String name,
      String window,
      Instant from,
      Instant to,
      Map<String, Object> dimensions,
      double numerator,
      double denominator) {
    double above = Math.floor(numerator);
    double below = Math.floor(denominator);
    figure(
        all,
        name,
        window,
        from,
        to,
        dimensions,
        name.equals("average_order_value") ? "fen" : "ratio",
        below == 0 ? null : above / below,
        above,
        below,
        List.of());
  }

  private static void figure(
      List<Map<String, Object>> all,
      String name,
      String window,
      Instant from,
      Instant to,
      Map<String, Object> dimensions,
      String unit,
      Double value,
      double numerator,
      double denominator,
      List<Object> ranking) {
    all.add(
        object(
            "name",
            name,
            "dimensions",
            dimensions,
            "window",
            window,
            "from",
            from.toString(),
            "to",
            to.toString(),
            "value",
            value,
            "numerator",
            numerator,
            "denominator",
            denominator,
            "unit",
            unit,
            "error",
            0,
            "ranking",
            ranking,
            "revision",
            1,
            "title",
            text(name, name)));
  }

  /** Points of a series, one for each window that is over. */
  static List<Map<String, Object>> series(String figure, Duration step, Instant from, Instant to) {
    List<Map<String, Object>> points = new ArrayList<>();
    long millis = step.toMillis();
    long first = Math.floorDiv(from.toEpochMilli() + millis - 1, millis) * millis;
    for (long at = first; at + millis <= to.toEpochMilli() && points.size() < 2000; at += millis) {
      Instant time = Instant.ofEpochMilli(at);
      double paid = minute(time) * step.toSeconds() / 60.0;
      boolean ratio = figure.contains("success") || figure.contains("conversion");
      double below = Math.floor(paid / 31_250);
      double above = Math.floor(below * (0.985 + 0.01 * Math.sin(at / 9e5)));
      points.add(
          ratio
              ? object(
                  "from",
                  time.toString(),
                  "value",
                  below == 0 ? null : above / below,
                  "numerator",
                  above,
                  "denominator",
                  below)
              : object(
                  "from",
                  time.toString(),
                  "value",
                  Math.floor(figure.startsWith("gmv") ? paid : below),
                  "numerator",
                  Math.floor(paid),
                  "denominator",
                  1));
    }
    return points;
  }

  List<String> values(String dimension) {
    return switch (dimension) {
      case "province" -> List.of(provinces);
      case "method" -> List.of(METHODS);
      default -> List.of("app", "mini-program", "web", "h5");
    };
  }
}
