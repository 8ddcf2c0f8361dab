package io.fenghuo.alerting.api;

import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.channel.Language;
import io.fenghuo.alerting.escalate.Incident;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.escalate.Person;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Locale;
import java.util.Optional;

/**
 * What the link in a message opens. It asks, and only the answer, a POST, does anything: a chat
 * program that fetches the link for a preview acknowledges nothing. The page needs no script.
 */
final class ConfirmPage {

  private final Alerting alerting;

  ConfirmPage(Alerting alerting) {
    this.alerting = alerting;
  }

  void addTo(RoutesConfig routes) {
    routes.get(
        "/i/{id}", context -> opened(context).ifPresent(incident -> ask(context, incident, "")));
    routes.post(
        "/i/{id}", context -> opened(context).ifPresent(incident -> act(context, incident)));
  }

  private Optional<Incident> opened(Context context) {
    String id = context.pathParam("id");
    String complaint =
        alerting
            .links()
            .complaint(
                id,
                context.queryParam("until"),
                context.queryParam("sign"),
                alerting.clock().instant());
    if (!complaint.isEmpty()) {
      page(
          context,
          complaint.equals("expired") ? 410 : 403,
          complaint.equals("expired")
              ? "链接已过期 / This link has expired"
              : "链接无效 / This link is not valid",
          "");
      return Optional.empty();
    }
    Optional<Incident> incident = alerting.incidents().find(id);
    if (incident.isEmpty()) {
      page(context, 404, "没有这个事件 / No such incident", "");
    }
    return incident;
  }

  private void act(Context context, Incident incident) {
    String who = Optional.ofNullable(context.formParam("who")).orElse("").strip();
    String wanted = Optional.ofNullable(context.formParam("action")).orElse("");
    if (who.isEmpty() || who.length() > 64) {
      ask(context, incident, "请填写姓名 / Please give your name");
      return;
    }
    if (!wanted.equals("answer") && !wanted.equals("resolve") && !wanted.equals("unanswer")) {
      ask(context, incident, "请选择 / Please choose");
      return;
    }
    try {
      Incident after =
          alerting
              .incidents()
              .act(
                  incident.id(), Incidents.Action.valueOf(wanted.toUpperCase(Locale.ROOT)), who, "")
              .orElse(incident);
      ask(context, after, "已记录 / Done");
    } catch (IllegalStateException cannot) {
      ask(context, incident, "事件已解决 / The incident is resolved");
    }
  }

  private void ask(Context context, Incident incident, String said) {
    Language language = alerting.routing().get().wording().language();
    StringBuilder body = new StringBuilder();
    if (!said.isEmpty()) {
      body.append("<p><strong>").append(html(said)).append("</strong></p>");
    }
    body.append("<pre>")
        .append(
            html(
                alerting
                    .routing()
                    .get()
                    .wording()
                    .plain(
                        incident
                            .notice()
                            .onItsPage(Optional.ofNullable(incident.assignee()).orElse("")),
                        language,
                        alerting.clock().instant(),
                        false)))
        .append("</pre>");
    String state =
        switch (incident.state()) {
          case "open" -> "无人响应 / Nobody is on it";
          case "answered" -> "处理中：" + incident.assignee() + " / On it: " + incident.assignee();
          default -> "已解决：" + incident.resolvedBy() + " / Resolved by " + incident.resolvedBy();
        };
    body.append("<p>").append(html(state)).append("</p>");
    if (!incident.state().equals("resolved")) {
      body.append(
          "<form method=\"post\"><p><label>姓名 / Name <input name=\"who\" list=\"people\" required maxlength=\"64\"></label></p><datalist id=\"people\">");
      for (Person person : alerting.routing().get().roster().people().values()) {
        body.append("<option value=\"").append(html(person.name())).append("\">");
      }
      body.append(
              "</datalist><p><button name=\"action\" value=\"answer\">我来处理 / I am on it</button> ")
          .append("<button name=\"action\" value=\"resolve\">已解决 / Resolved</button>");
      if (incident.state().equals("answered")) {
        body.append(" <button name=\"action\" value=\"unanswer\">放弃处理 / I am not on it</button>");
      }
      body.append("</p></form>");
    }
    page(context, 200, "烽火 Fenghuo", body.toString());
  }

  private static void page(Context context, int status, String title, String body) {
    context
        .status(status)
        .contentType("text/html; charset=utf-8")
        .header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff")
        .header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
        .result(
            "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>烽火</title>"
                + "<style>body{font:16px/1.6 sans-serif;max-width:36em;margin:1em auto;padding:0 1em}"
                + "pre{white-space:pre-wrap;overflow-wrap:anywhere}button,input{font:inherit;padding:.6em}</style><h1>"
                + html(title)
                + "</h1>"
                + body
                + "</html>");
  }

  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
