package io.fenghuo.console.browser;

import static io.fenghuo.console.browser.Json.object;
import static io.fenghuo.console.browser.Json.text;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The review queue of the made-up shop: cases are taken, decided and undone in memory. */
final class SampleCases {
  static final int UNDO_SECONDS = 10;
  private static final int CASES = 48;
  private static final String[] RULES = {
    "order/burst",
    "payment/card-testing",
    "order/shared-address",
    "account/takeover-order",
    "order/coupon-farming",
    "payment/probe-then-large"
  };
  private static final String[][] REASONS = {
    {
      "同一用户 10 分钟内下了 7 单，1 小时合计 ¥28,430",
      "7 orders by one user in 10 minutes, ¥28,430 within the hour"
    },
    {
      "设备 1 小时内 11 次支付失败、涉及 6 个账户后突然成功",
      "11 failed payments with 6 accounts on the device within the hour, then a success"
    },
    {"收货地址 7 天内被 8 个新买家使用", "8 new buyers used the receiver's address within 7 days"},
    {
      "连续 3 次登录失败后换设备登录，22 分钟内下单 ¥12,999",
      "Three failed log-ins, then a new device, and an order of ¥12,999 after 22 minutes"
    },
    {"同一设备 24 小时内 4 笔首单优惠", "Four first-order coupons on one device in 24 hours"},
    {"三笔一元试探后支付 ¥6,880", "¥6,880 after three probes of one yuan"}
  };
  private static final String[] OUTCOMES = {
    "REVIEW", "BLOCK", "REVIEW", "CHALLENGE", "REVIEW", "REVIEW"
  };

  private final Map<String, Map<String, Object>> cases = new LinkedHashMap<>();
  private final List<Map<String, Object>> notes = new ArrayList<>();

  SampleCases(boolean longNames) {
    Instant now = Instant.now();
    for (int i = 0; i < CASES; i++) {
      int kind = i % RULES.length;
      Instant opened = now.minusSeconds(60 + i * 47L);
      String id = i == 0 && longNames ? "o-" + "9".repeat(400) : "o-20261122-" + (81_734 + i * 13);
      String user =
          i == 1 && longNames
              ? "<script>alert(1)</script>" + "阿".repeat(9_000)
              : "u-" + (40_213 + i * 7 % 900);
      String zh = i == 2 && longNames ? "🔥".repeat(2_000) + "\u202Eمرحبا" : REASONS[kind][0];
      cases.put(
          id,
          object(
              "id",
              id,
              "outcome",
              OUTCOMES[kind],
              "score",
              95 - i,
              "amount",
              1_299_900L + i * 31_700L,
              "currency",
              "CNY",
              "userId",
              user,
              "openedAt",
              opened.toString(),
              "dueAt",
              opened.plusSeconds(1800).toString(),
              "state",
              i == 3 ? "taken" : "open",
              "takenBy",
              i == 3 ? "li.na" : null,
              "takenUntil",
              i == 3 ? now.plusSeconds(3600).toString() : null,
              "priority",
              1000 - i,
              "reason",
              text(zh, REASONS[kind][1]),
              "rules",
              List.of(RULES[kind]),
              "escalated",
              i == 4
                  ? object(
                      "by",
                      "li.na",
                      "at",
                      opened.plusSeconds(60).toString(),
                      "note",
                      "同一地址还有三单在等，请定")
                  : null,
              "verdict",
              null));
    }
  }

  synchronized List<Map<String, Object>> lines(
      String state, String outcome, String search, String sort, String me) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Map<String, Object> each : cases.values()) {
      boolean wanted =
          switch (state) {
            case "mine" -> "taken".equals(each.get("state")) && me.equals(each.get("takenBy"));
            case "done" -> "done".equals(each.get("state"));
            case "escalated" -> "open".equals(each.get("state")) && each.get("escalated") != null;
            default -> !"done".equals(each.get("state"));
          };
      if (wanted
          && (outcome == null || outcome.isEmpty() || outcome.equals(each.get("outcome")))
          && (search == null
              || (each.get("id") + " " + each.get("userId") + each.get("reason"))
                  .contains(search))) {
        found.add(each);
      }
    }
    if ("amount".equals(sort)) {
      found.sort((a, b) -> Long.compare((long) b.get("amount"), (long) a.get("amount")));
    }
    return found;
  }

  synchronized Map<String, Object> counts(String me) {
    return object(
        "open", lines("open", null, null, null, me).size(),
        "escalated", lines("escalated", null, null, null, me).size(),
        "mine", lines("mine", null, null, null, me).size(),
        "overdue",
            lines("open", null, null, null, me).stream()
                .filter(each -> Instant.parse((String) each.get("dueAt")).isBefore(Instant.now()))
                .count());
  }

  synchronized Map<String, Object> next(String me) {
    for (Map<String, Object> each : cases.values()) {
      if ("open".equals(each.get("state"))) {
        return take((String) each.get("id"), me);
      }
    }
    return null;
  }

  /** The case, locked; null when somebody else has it or it is done. */
  synchronized Map<String, Object> take(String id, String me) {
    Map<String, Object> line = cases.get(id);
    boolean taken = "taken".equals(line.get("state")) && !me.equals(line.get("takenBy"));
    if (taken || "done".equals(line.get("state"))) {
      return null;
    }
    line.put("state", "taken");
    line.put("takenBy", me);
    line.put("takenUntil", Instant.now().plusSeconds(300).toString());
    return details(id);
  }

  synchronized void release(String id) {
    Map<String, Object> line = cases.get(id);
    line.put("state", "open");
    line.put("takenBy", null);
    line.put("takenUntil", null);
    line.put("verdict", null);
  }

  synchronized Instant decide(String id, String verdict, String note, String me) {
    Map<String, Object> line = cases.get(id);
    if (verdict.equals("ESCALATE")) {
      line.put("state", "open");
      line.put("takenBy", null);
      line.put("escalated", object("by", me, "at", Instant.now().toString(), "note", note));
      return Instant.now().plusSeconds(UNDO_SECONDS);
    }
    line.put("state", "done");
    line.put(
        "verdict",
        object("at", Instant.now().toString(), "reviewer", me, "verdict", verdict, "note", note));
    return Instant.now().plusSeconds(UNDO_SECONDS);
  }

  synchronized String escalatedBy(String id) {
    Object escalated = cases.get(id).get("escalated");
    return escalated == null ? null : (String) ((Map<?, ?>) escalated).get("by");
  }

  synchronized String verdict(String id) {
    Object verdict = cases.get(id).get("verdict");
    return verdict == null ? null : (String) ((Map<?, ?>) verdict).get("verdict");
  }

  synchronized void note(String id, String text, String me) {
    notes.add(object("at", Instant.now().toString(), "who", me, "what", "note", "text", text));
  }

  synchronized boolean knows(String id) {
    return cases.containsKey(id);
  }

  synchronized Map<String, Object> details(String id) {
    Map<String, Object> all = new LinkedHashMap<>(cases.get(id));
    Instant ordered = Instant.parse((String) all.get("openedAt"));
    List<Object> timeline = new ArrayList<>();
    String[][] events = {
      {"logins", "LOGIN", "登录失败，密码错误，上海", "user"},
      {"logins", "LOGIN", "登录失败，密码错误，上海", "user"},
      {"logins", "LOGIN", "登录成功，新设备 dev-7f31，成都", "user"},
      {"logins", "PASSWORD_RESET", "重置密码", "user"},
      {"traffic", "PAGE_VIEW", "商品页 极光 S27 Ultra", "user"},
      {"orders", "CREATED", "下单 ¥4,299.00，寄往四川", "user"},
      {"payments", "FAILED", "支付失败 risk_declined，账户 acc-19", "device"},
      {"payments", "FAILED", "支付失败 insufficient_balance，账户 acc-22", "device"},
      {"orders", "CREATED", "u-40871 下单 ¥1,280.00", "address"},
      {"orders", "CREATED", "下单 ¥5,199.00，寄往四川", "user"},
      {"orders", "CREATED", "下单 ¥12,999.00，寄往四川", "user"},
      {"payments", "SUCCEEDED", "支付成功，银行卡，2.1 秒", "account"},
      {"orders", "CANCELLED", "u-40871 取消订单", "address"}
    };
    for (int i = 0; i < events.length; i++) {
      timeline.add(
          object(
              "time",
              ordered.minusSeconds((events.length - 2 - i) * 95L).toString(),
              "stream",
              events[i][0],
              "kind",
              events[i][1],
              "line",
              events[i][2],
              "eventId",
              "e-" + i,
              "mine",
              i == 2 || i == 5 || i == 9 || i == 10,
              "who",
              events[i][3]));
    }
    all.put(
        "decision",
        object(
            "decisionId",
            id + "/0",
            "revision",
            1,
            "eventId",
            "e-10",
            "decisionTime",
            ordered.plusMillis(38).toString(),
            "eventTime",
            ordered.toString(),
            "ruleSetVersion",
            "a41f",
            "hits",
            List.of(
                object(
                    "ruleId",
                    "order/burst",
                    "title",
                    text("短时间内大量下单", "Burst of orders"),
                    "version",
                    3,
                    "mode",
                    "LIVE",
                    "outcome",
                    "REVIEW",
                    "score",
                    60,
                    "reason",
                    text(
                        "10 分钟内 7 单，1 小时 ¥28,430.00",
                        "7 orders in 10 minutes, ¥28,430.00 within the hour"),
                    "features",
                    List.of(
                        object(
                            "name",
                            "user.orders_10m",
                            "title",
                            text("用户 10 分钟内下单数", "Orders of the user in 10 minutes"),
                            "value",
                            7,
                            "threshold",
                            ">= 5"),
                        object(
                            "name",
                            "user.spend_1h",
                            "title",
                            text("用户 1 小时内下单金额", "Money ordered by the user in 1 hour"),
                            "value",
                            2_843_000,
                            "threshold",
                            ">= 2000000"))),
                object(
                    "ruleId",
                    "order/new-device-large-order",
                    "title",
                    text("新设备大额下单", "Large order from a new device"),
                    "version",
                    1,
                    "mode",
                    "SHADOW",
                    "outcome",
                    "CHALLENGE",
                    "score",
                    40,
                    "reason",
                    text(
                        "设备首次出现 22 分钟后下单 ¥12,999.00",
                        "An order of ¥12,999.00 22 minutes after the device first appeared"),
                    "features",
                    List.of(
                        object(
                            "name",
                            "user.device_age_30d",
                            "title",
                            text("设备在该用户名下的时间", "How long the user has had the device"),
                            "value",
                            1_320_000,
                            "threshold",
                            "< 3600000"),
                        object(
                            "name",
                            "user.devices_30d",
                            "title",
                            text("30 天内设备数", "Devices in 30 days"),
                            "value",
                            3,
                            "threshold",
                            ">= 2")))),
            "evidence",
            List.of(
                object(
                    "eventId", "e-10", "eventTime", ordered.toString(), "line", "下单 ¥12,999.00")),
            "lists",
            List.of("WATCH device dev-7f31: 上月拒付两次")));
    all.put(
        "revisions",
        List.of(
            object(
                "revision",
                0,
                "outcome",
                "PASS",
                "score",
                0,
                "decisionTime",
                ordered.minusSeconds(95).toString(),
                "reason",
                text("没有规则命中", "No rule hit"))));
    all.put(
        "order",
        object(
            "orderId",
            id,
            "eventTime",
            ordered.toString(),
            "amount",
            all.get("amount"),
            "currency",
            "CNY",
            "discount",
            20_000,
            "items",
            List.of(object("productId", "p-88123", "quantity", 1, "price", 1_299_900)),
            "channel",
            "app",
            "province",
            "四川",
            "cityTier",
            2,
            "firstOrder",
            false,
            "userId",
            all.get("userId"),
            "deviceId",
            "dev-7f31",
            "addressToken",
            "addr-5c0e",
            "accountToken",
            "acc-***22",
            "ip",
            "117.136.*.*",
            "campaign",
            "singles-day"));
    all.put("timeline", timeline);
    all.put(
        "links",
        object(
            "nodes",
                List.of(
                    object("id", "o", "kind", "order", "label", id, "outcome", all.get("outcome")),
                    object("id", "u1", "kind", "user", "label", all.get("userId"), "outcome", null),
                    object("id", "u2", "kind", "user", "label", "u-40871", "outcome", "BLOCK"),
                    object("id", "u3", "kind", "user", "label", "u-39002", "outcome", "PASS"),
                    object("id", "d", "kind", "device", "label", "dev-7f31", "outcome", null),
                    object("id", "a", "kind", "address", "label", "addr-5c0e", "outcome", null),
                    object("id", "p", "kind", "account", "label", "acc-***22", "outcome", null)),
            "edges",
                List.of(
                    object("from", "o", "to", "u1"),
                    object("from", "u1", "to", "d"),
                    object("from", "u1", "to", "a"),
                    object("from", "u2", "to", "d"),
                    object("from", "u2", "to", "a"),
                    object("from", "u3", "to", "a"),
                    object("from", "u1", "to", "p"),
                    object("from", "u2", "to", "p"))));
    all.put(
        "verdicts",
        List.of(
            object(
                "at",
                ordered.minusSeconds(86_400 * 9).toString(),
                "reviewer",
                "li.na",
                "verdict",
                "REJECT",
                "note",
                "与 u-40871 同一地址，拒付",
                "undone",
                false)));
    all.put("notes", List.copyOf(notes));
    all.put("etag", "\"1\"");
    return all;
  }
}
