package io.fenghuo.console.browser;

import static io.fenghuo.console.browser.Json.object;
import static io.fenghuo.console.browser.Json.text;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Incidents, silences and who is on duty in the made-up shop. */
final class SampleOnCall {
  private final Map<String, Map<String, Object>> incidents = new LinkedHashMap<>();
  private final List<Map<String, Object>> silences = new ArrayList<>();
  private final List<Map<String, Object>> comments = new ArrayList<>();
  private final boolean longNames;

  SampleOnCall(boolean longNames) {
    this.longNames = longNames;
    Instant now = Instant.now();
    add(
        "i-1",
        "critical",
        "open",
        now.minusSeconds(190),
        null,
        text(
            "支付宝成功率跌到 81.2 %，主要失败码 channel_unavailable，建议切到备用通道",
            "Alipay succeeds at 81.2 %, mostly channel_unavailable; switch to the fallback"),
        Map.of(
            "alertname",
            "PaymentFailing",
            "rule",
            "sla/payment-failover",
            "key",
            "method=alipay",
            "severity",
            "critical",
            "owner",
            "payments"),
        4);
    add(
        "i-2",
        "warning",
        "answered",
        now.minusSeconds(1_900),
        "wang.fang",
        text("广东订单量低于预期 31 %", "Orders of Guangdong 31 % below what is expected"),
        Map.of(
            "alertname",
            "Anomaly",
            "rule",
            "anomaly/orders",
            "key",
            "province=广东",
            "severity",
            "warning",
            "owner",
            "trade"),
        1);
    add(
        "i-3",
        "notice",
        "open",
        now.minusSeconds(4_200),
        null,
        text("主机 web-07 磁盘使用 71 %", "Disk of web-07 at 71 %"),
        Map.of(
            "alertname",
            "Tier",
            "rule",
            "sla/host-disk",
            "key",
            "host=web-07",
            "severity",
            "notice",
            "owner",
            "platform"),
        1);
    add(
        "i-4",
        "critical",
        "resolved",
        now.minusSeconds(90_000),
        "li.na",
        text("接口 /api/cart p95 2.9 秒", "p95 of /api/cart 2.9 s"),
        Map.of(
            "alertname",
            "Objective",
            "rule",
            "sla/page-response",
            "key",
            "",
            "severity",
            "critical",
            "owner",
            "platform"),
        2);
    silences.add(
        object(
            "id",
            "s-1",
            "state",
            "active",
            "matchers",
            List.of(
                object("name", "key", "value", "host=db-02", "isRegex", false, "isEqual", true)),
            "startsAt",
            now.minusSeconds(600).toString(),
            "endsAt",
            now.plusSeconds(3_000).toString(),
            "createdBy",
            "li.na",
            "comment",
            "换磁盘"));
  }

  private void add(
      String id,
      String severity,
      String state,
      Instant opened,
      String who,
      Map<String, Object> summary,
      Map<String, String> labels,
      int alerts) {
    Map<String, Object> said = summary;
    if (longNames && id.equals("i-1")) {
      said = text("<script>alert(1)</script>" + "告警".repeat(5_000), "<b>x</b>" + "W".repeat(9_000));
    }
    incidents.put(
        id,
        object(
            "id",
            id,
            "state",
            state,
            "severity",
            severity,
            "labels",
            labels,
            "summary",
            said,
            "openedAt",
            opened.toString(),
            "answeredAt",
            who == null ? null : opened.plusSeconds(75).toString(),
            "answeredBy",
            who,
            "assignee",
            who,
            "resolvedAt",
            state.equals("resolved") ? opened.plusSeconds(2_400).toString() : null,
            "answerBy",
            opened.plusSeconds(600).toString(),
            "resolveBy",
            opened.plusSeconds(3_600).toString(),
            "nextStep",
            state.equals("open")
                ? object(
                    "at",
                    opened.plusSeconds(600).toString(),
                    "text",
                    text("电话通知二线 赵磊", "call the second line, Zhao Lei"))
                : null,
            "alerts",
            alerts));
  }

  synchronized List<Map<String, Object>> list(String state) {
    return incidents.values().stream()
        .filter(each -> "all".equals(state) || !"resolved".equals(each.get("state")))
        .toList();
  }

  synchronized Map<String, Object> details(String id) {
    Map<String, Object> incident = incidents.get(id);
    if (incident == null) {
      return null;
    }
    Instant opened = Instant.parse((String) incident.get("openedAt"));
    Map<String, Object> all = new LinkedHashMap<>(incident);
    all.put("alerts", List.of(alert(incident, "f-" + id)));
    List<Map<String, Object>> story = new ArrayList<>();
    story.add(object("at", opened.toString(), "who", null, "what", "opened", "detail", ""));
    story.add(
        object(
            "at",
            opened.plusSeconds(2).toString(),
            "who",
            null,
            "what",
            "escalation",
            "detail",
            "第 1 步：钉钉 支付值班群"));
    if (incident.get("answeredBy") != null) {
      story.add(
          object(
              "at",
              incident.get("answeredAt"),
              "who",
              incident.get("answeredBy"),
              "what",
              "answered",
              "detail",
              ""));
    }
    story.addAll(comments);
    all.put("story", story);
    all.put(
        "notifications",
        List.of(
            object(
                "id",
                "n-1",
                "at",
                opened.plusSeconds(2).toString(),
                "channel",
                "payments/dingtalk[0]",
                "receiver",
                "支付值班群",
                "state",
                "sent",
                "attempts",
                1,
                "answer",
                "{\"errcode\":0,\"errmsg\":\"ok\"}",
                "providerId",
                "dt-81f20c"),
            object(
                "id",
                "n-2",
                "at",
                opened.plusSeconds(62).toString(),
                "channel",
                "payments/sms[0]",
                "receiver",
                "王芳 138****2210",
                "state",
                "sent",
                "attempts",
                2,
                "answer",
                "DELIVRD",
                "providerId",
                "900619746936498440"),
            object(
                "id",
                "n-3",
                "at",
                opened.plusSeconds(64).toString(),
                "channel",
                "payments/email[0]",
                "receiver",
                "payments@shop.example",
                "state",
                "failed",
                "attempts",
                5,
                "answer",
                "421 4.3.2 service not available",
                "providerId",
                null)));
    return all;
  }

  static Map<String, Object> alert(Map<String, Object> incident, String fingerprint) {
    return object(
        "fingerprint",
        fingerprint,
        "incident",
        incident.get("id"),
        "severity",
        incident.get("severity"),
        "state",
        "resolved".equals(incident.get("state")) ? "resolved" : "firing",
        "startsAt",
        incident.get("openedAt"),
        "endsAt",
        incident.get("resolvedAt"),
        "labels",
        incident.get("labels"),
        "summary",
        incident.get("summary"));
  }

  synchronized List<Map<String, Object>> alerts() {
    return incidents.values().stream().map(each -> alert(each, "f-" + each.get("id"))).toList();
  }

  synchronized boolean act(String id, String action, String detail, String me) {
    Map<String, Object> incident = incidents.get(id);
    if (incident == null) {
      return false;
    }
    switch (action) {
      case "answer" -> {
        incident.put("state", "answered");
        incident.put("answeredBy", me);
        incident.put("answeredAt", Instant.now().toString());
        incident.put("assignee", me);
      }
      case "unanswer" -> {
        incident.put("state", "open");
        incident.put("answeredBy", null);
        incident.put("assignee", null);
      }
      case "resolve" -> {
        incident.put("state", "resolved");
        incident.put("resolvedAt", Instant.now().toString());
      }
      case "assign" -> incident.put("assignee", detail);
      default ->
          comments.add(
              object(
                  "at", Instant.now().toString(), "who", me, "what", "comment", "detail", detail));
    }
    return true;
  }

  synchronized String state(String id) {
    return (String) incidents.get(id).get("state");
  }

  synchronized List<Map<String, Object>> silences() {
    return List.copyOf(silences);
  }

  synchronized void silence(Map<String, Object> silence, String me) {
    Map<String, Object> made = new LinkedHashMap<>(silence);
    made.put("id", "s-" + (silences.size() + 1));
    made.put("state", "active");
    made.put("createdBy", me);
    silences.add(made);
  }

  synchronized void unsilence(String id) {
    silences.removeIf(each -> id.equals(each.get("id")));
  }

  static Map<String, Object> duty() {
    String change = Instant.now().plusSeconds(20_000).toString();
    return object(
        "teams",
        List.of(
            object(
                "name",
                "支付",
                "onDuty",
                List.of(object("name", "王芳")),
                "next",
                object("name", "赵磊", "at", change)),
            object(
                "name",
                "平台",
                "onDuty",
                List.of(object("name", "李娜"), object("name", "陈强")),
                "next",
                null),
            object("name", "风控", "onDuty", List.of(), "next", object("name", "周敏", "at", change))));
  }
}
