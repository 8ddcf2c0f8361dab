package io.fenghuo.console.browser;

import static io.fenghuo.console.browser.Json.object;
import static io.fenghuo.console.browser.Json.text;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Answers of the made-up shop that are only looked at: service levels, rules, health, the catalogue
 * of figures.
 */
final class SampleViews {
  private SampleViews() {}

  static Map<String, Object> sla() {
    String since = Instant.now().minusSeconds(760).toString();
    return object(
        "objectives",
            List.of(
                objective(
                    "sla/payment-success",
                    text("支付成功率", "Payment success"),
                    object("method", "alipay"),
                    0.995,
                    0.9871,
                    0.08,
                    16.2,
                    7.1,
                    2.4,
                    1.1,
                    "critical"),
                objective(
                    "sla/availability",
                    text("可用性", "Availability"),
                    object(),
                    0.999,
                    0.99934,
                    0.61,
                    0.7,
                    0.9,
                    1.1,
                    0.8,
                    "ok"),
                objective(
                    "sla/page-response",
                    text("接口 2 秒内响应", "Responses within 2 s"),
                    object(),
                    0.99,
                    0.9861,
                    0.31,
                    2.3,
                    6.4,
                    1.9,
                    1.2,
                    "warning"),
                objective(
                    "sla/first-screen",
                    text("移动端首屏 1.5 秒内", "First screen within 1.5 s on mobile"),
                    object("channel", "app"),
                    0.95,
                    0.9688,
                    0.83,
                    0.4,
                    0.5,
                    0.6,
                    0.6,
                    "ok"),
                objective(
                    "sla/third-party",
                    text("第三方接口 300 毫秒内", "Third-party calls within 300 ms"),
                    object("endpoint", "logistics"),
                    0.99,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    "unknown")),
        "tiers",
            List.of(
                tier(
                    "sla/host-cpu",
                    text("主机 CPU", "Host CPU"),
                    object("host", "web-03"),
                    0.884,
                    1.0,
                    "warning"),
                tier(
                    "sla/host-disk",
                    text("主机磁盘", "Host disk"),
                    object("host", "web-07"),
                    0.712,
                    1.0,
                    "notice"),
                tier(
                    "sla/page-load-p95",
                    text("页面加载 p95", "Page load p95"),
                    object("pageType", "product"),
                    1420,
                    3000.0,
                    "ok"),
                tier(
                    "sla/response-p95",
                    text("接口响应 p95", "Response p95"),
                    object("endpoint", "/api/cart"),
                    610,
                    2000.0,
                    "ok"),
                tier(
                    "campaign/singles-day/order-load",
                    text("下单负载", "Order load"),
                    object(),
                    14_200,
                    30_000.0,
                    "ok")),
        "anomalies",
            List.of(
                object(
                    "id",
                    "anomaly/orders",
                    "title",
                    text("订单量异常", "Orders unusual"),
                    "subject",
                    object("province", "广东"),
                    "value",
                    412,
                    "low",
                    560,
                    "high",
                    690,
                    "expected",
                    618,
                    "direction",
                    "drop",
                    "since",
                    since,
                    "explains",
                    text(
                        "广东订单低于预期 31 %，81 % 来自小程序",
                        "Orders of Guangdong 31 % below what is expected, 81 % of it in the mini program"),
                    "unit",
                    "count",
                    "state",
                    "warning"),
                object(
                    "id",
                    "anomaly/error-rate",
                    "title",
                    text("错误率异常", "Error rate unusual"),
                    "subject",
                    object("endpoint", "/api/pay"),
                    "value",
                    0.031,
                    "low",
                    0.001,
                    "high",
                    0.006,
                    "expected",
                    0.003,
                    "direction",
                    "spike",
                    "since",
                    since,
                    "explains",
                    text("", ""),
                    "unit",
                    "ratio",
                    "state",
                    "critical")));
  }

  private static Map<String, Object> objective(
      String id,
      Map<String, Object> title,
      Map<String, Object> subject,
      double goal,
      Double now,
      Double left,
      Double hour,
      Double six,
      Double day,
      Double three,
      String state) {
    return object(
        "id",
        id,
        "title",
        title,
        "subject",
        subject,
        "goal",
        goal,
        "now",
        now,
        "budgetLeft",
        left,
        "burn",
        object("1h", hour, "6h", six, "1d", day, "3d", three),
        "state",
        state);
  }

  private static Map<String, Object> tier(
      String id,
      Map<String, Object> title,
      Map<String, Object> subject,
      double value,
      double limit,
      String state) {
    return object(
        "id", id, "title", title, "subject", subject, "value", value, "limit", limit, "state",
        state);
  }

  static List<Map<String, Object>> rules(boolean longNames) {
    List<Map<String, Object>> rules = new ArrayList<>();
    rules.add(
        rule(
            "order/burst",
            text("短时间内大量下单", "Burst of orders"),
            "LIVE",
            "REVIEW",
            60,
            1_284,
            0.0011,
            0.71,
            212,
            184_230_000L,
            31_120_000L,
            null));
    rules.add(
        rule(
            "payment/card-testing",
            text("同一设备盗刷试卡", "Card testing on one device"),
            "LIVE",
            "BLOCK",
            90,
            96,
            0.0001,
            0.97,
            88,
            64_110_000L,
            1_280_000L,
            null));
    rules.add(
        rule(
            "order/coupon-farming",
            text("首单优惠薅羊毛", "First-order coupon farming"),
            "LIVE",
            "REVIEW",
            60,
            2_911,
            0.0024,
            0.38,
            140,
            22_904_000L,
            58_400_000L,
            object(
                "mode",
                "SHADOW",
                "by",
                "zhou.min",
                "at",
                Instant.now().minusSeconds(5_400).toString(),
                "reason",
                "误拦多于拦住，先试运行一周")));
    rules.add(
        rule(
            "order/inhuman-speed",
            text("下单速度超出人手极限", "Ordering faster than a person can"),
            "SHADOW",
            "REVIEW",
            60,
            3_402,
            0.0029,
            null,
            0,
            0,
            0,
            null));
    rules.add(
        rule(
            "account/takeover-order",
            text(longNames ? "<script>".repeat(300) : "疑似盗号下单", "Order after account takeover"),
            "LIVE",
            "CHALLENGE",
            50,
            41,
            0.00003,
            0.83,
            36,
            18_220_000L,
            2_110_000L,
            null));
    rules.add(
        rule(
            "account/credential-stuffing",
            text("撞库攻击", "Credential stuffing"),
            "OFF",
            null,
            0,
            0,
            0,
            null,
            0,
            0,
            0,
            null));
    Map<String, Object> set = approved("in_force", "LIVE");
    rules.get(0).put("change", set);
    rules.get(0).put("inForce", set);
    rules.get(0).put("fileMode", "SHADOW");
    rules.get(3).put("change", approved("coming", "LIVE"));
    Map<String, Object> failed = approved("failed", "LIVE");
    failed.put(
        "problem",
        text(
            "风控作业没能换用新的规则集，仍按原来的规则集运行：保存点没有写成",
            "The risk job did not take the new rule set and runs by the former one: no savepoint"));
    rules.get(5).put("change", failed);
    return rules;
  }

  /** A mode that zhou.min asked for and wang.lei approved. */
  static Map<String, Object> approved(String state, String mode) {
    Map<String, Object> request =
        object(
            "mode",
            mode,
            "by",
            "zhou.min",
            "at",
            Instant.now().minusSeconds(5_400).toString(),
            "reason",
            "试运行一周，准确率 96%",
            "state",
            state,
            "decidedBy",
            "wang.lei",
            "decidedAt",
            Instant.now().minusSeconds(1_260).toString(),
            "problem",
            null,
            "ignored",
            null);
    if (state.equals("in_force")) {
      request.put("inForceAt", Instant.now().minusSeconds(1_254).toString());
      request.put("ruleSetVersion", "5d0f0bc1a3e7");
    }
    return request;
  }

  static Map<String, Object> modes() {
    Map<String, Object> gone = approved("in_force", "OFF");
    gone.put("id", "order/night-owl");
    gone.put(
        "ignored", text("规则已不存在，批准的状态不生效", "The rule is gone; the approved mode is not applied"));
    return object(
        "file", "modes.yaml", "text", "modes: {}", "jobsHere", true, "ignored", List.of(gone));
  }

  private static Map<String, Object> rule(
      String id,
      Map<String, Object> title,
      String mode,
      String outcome,
      int score,
      int hits,
      double share,
      Double precision,
      int of,
      long stopped,
      long held,
      Map<String, Object> request) {
    List<Integer> hours = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      hours.add(hits == 0 || i > 17 ? 0 : (int) (hits / 18.0 * (1 + 0.8 * Math.sin(i * 0.9))));
    }
    return object(
        "id",
        id,
        "title",
        title,
        "owner",
        "risk-team",
        "mode",
        mode,
        "outcome",
        outcome,
        "score",
        score,
        "text",
        "title: { zh: 短时间内大量下单, en: Burst of orders }\nwhen: OrderEvent(type = OrderType.CREATED and user.orders_10m >= 5 and user.spend_1h >= 2000000)\noutcome: REVIEW\nscore: 60\nowner: risk-team\nmode: live\n",
        "tests",
        4,
        "hits",
        object("today", hits, "byHour", hours),
        "shareOfDecisions",
        share,
        "precision",
        precision == null ? null : object("value", precision, "of", of),
        "moneyStopped",
        stopped,
        "moneyWronglyHeld",
        held,
        "overlaps",
        List.of(
            object("id", "order/large-spend", "share", 0.42),
            object("id", "order/shared-device", "share", 0.08)),
        "request",
        request,
        "fileMode",
        mode,
        "change",
        null,
        "inForce",
        null,
        "jobsHere",
        true);
  }

  static Map<String, Object> health() {
    return object(
        "jobs",
        List.of(
            object(
                "name",
                "fenghuo-risk",
                "state",
                "RUNNING",
                "restarts",
                0,
                "checkpointAgeSeconds",
                7,
                "lastFailure",
                null),
            object(
                "name",
                "fenghuo-monitor",
                "state",
                "RUNNING",
                "restarts",
                1,
                "checkpointAgeSeconds",
                4,
                "lastFailure",
                "org.apache.kafka.common.errors.TimeoutException: Timeout of 60000ms expired before the position for partition traffic-3 could be determined")),
        "lag",
        List.of(
            lag("orders", 12),
            lag("payments", 4),
            lag("logins", 0),
            lag("traffic", 14_210),
            lag("resources", null)),
        "deadLetters",
        object("today", 7, "byReason", object("malformed", 4, "future", 2, "missing_id", 1)),
        "stateBytes",
        4_812_000_000L,
        "database",
        object("state", "ok", "bytes", 812_000_000L),
        "versions",
        object(
            "fenghuo",
            "0.1.0",
            "ruleSet",
            "a41f90c2",
            "java",
            "17.0.12",
            "flink",
            "2.2.1",
            "kafka",
            "4.2.0"));
  }

  private static Map<String, Object> lag(String topic, Integer records) {
    return object("topic", topic, "records", records);
  }

  static List<Map<String, Object>> letters() {
    List<Map<String, Object>> letters = new ArrayList<>();
    String[] reasons = {
      "malformed", "future", "missing_id", "malformed", "malformed", "future", "malformed"
    };
    for (int i = 0; i < reasons.length; i++) {
      letters.add(
          object(
              "id",
              "orders-2-" + (991 + i),
              "topic",
              i % 2 == 0 ? "orders" : "payments",
              "partition",
              2,
              "offset",
              991 + i,
              "at",
              Instant.now().minusSeconds(300L + i * 1_900).toString(),
              "reason",
              reasons[i],
              "detail",
              "amount: -129900 (expected: 0 to 1,000,000,000,000)",
              "bytes",
              214 + i,
              "json",
              reasons[i].equals("malformed")
                  ? null
                  : "{\"eventId\":\"e-7\",\"orderId\":\"o-7\",\"type\":\"CREATED\",\"amount\":-129900}"));
    }
    return letters;
  }

  static List<Map<String, Object>> figures() {
    List<String> all = List.of("SECOND", "MINUTE", "HOUR", "DAY");
    List<String> most = List.of("MINUTE", "HOUR", "DAY");
    return List.of(
        figure("gmv_paid", text("支付金额", "GMV paid"), "fen", all, List.of("method"), "trade"),
        figure(
            "gmv_ordered",
            text("下单金额", "GMV ordered"),
            "fen",
            all,
            List.of("channel", "province", "campaign"),
            "trade"),
        figure(
            "orders", text("订单数", "Orders"), "count", all, List.of("channel", "province"), "trade"),
        figure("buyers", text("下单买家数", "Buyers"), "count", most, List.of("channel"), "trade"),
        figure(
            "payment_success",
            text("支付成功率", "Payment success rate"),
            "ratio",
            all,
            List.of("method"),
            "payment"),
        figure(
            "payment_attempts",
            text("支付笔数", "Payment attempts"),
            "count",
            all,
            List.of("method"),
            "payment"),
        figure(
            "uv",
            text("访客数", "Unique visitors"),
            "count",
            most,
            List.of("source", "channel"),
            "traffic"),
        figure(
            "pv", text("浏览量", "Page views"), "count", all, List.of("source", "channel"), "traffic"),
        figure(
            "conversion",
            text("访客下单转化率", "Visitors who ordered"),
            "ratio",
            most,
            List.of("channel"),
            "funnel"),
        figure(
            "page_load",
            text("页面加载耗时", "Page load time"),
            "ms",
            most,
            List.of("pageType"),
            "technical"));
  }

  private static Map<String, Object> figure(
      String name,
      Map<String, Object> title,
      String unit,
      List<String> windows,
      List<String> dimensions,
      String group) {
    return object(
        "name",
        name,
        "title",
        title,
        "unit",
        unit,
        "exactness",
        text("精确", "exact"),
        "windows",
        windows,
        "dimensions",
        dimensions,
        "group",
        group);
  }
}
