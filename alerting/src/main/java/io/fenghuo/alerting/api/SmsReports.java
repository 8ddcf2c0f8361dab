package io.fenghuo.alerting.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Alerting;
import io.fenghuo.alerting.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;

/**
 * Where Aliyun reports what the carrier did with a message. It brings no header of ours, so the
 * address itself is the secret; {@code GET /api/fenghuo/receipts} tells it.
 *
 * @see <a href="https://help.aliyun.com/document_detail/101867.html">Aliyun: SmsReport</a>
 */
final class SmsReports {

  private static final String PROVIDER = "sms";

  private final Alerting alerting;

  SmsReports(Alerting alerting) {
    this.alerting = alerting;
  }

  void addTo(RoutesConfig routes) {
    routes.get(
        "/api/fenghuo/receipts",
        context ->
            AlertmanagerApi.answer(
                context,
                200,
                Map.of(
                    PROVIDER,
                    alerting.routing().get().externalUrl() + alerting.links().receipts(PROVIDER))));
    routes.post("/receipts/sms/{sign}", this::reported);
  }

  private void reported(Context context) {
    if (!alerting.links().isReceipts(PROVIDER, context.path())) {
      AlertmanagerApi.answer(context, 403, "not the address that was given out");
      return;
    }
    JsonNode reports;
    try {
      reports = Json.tree(context.body());
    } catch (IllegalStateException e) {
      AlertmanagerApi.answer(context, 400, "expected a JSON list of reports");
      return;
    }
    for (JsonNode report : reports) {
      boolean delivered = report.path("success").asBoolean(false);
      String text =
          delivered
              ? "delivered " + report.path("report_time").asText("")
              : report.path("err_code").asText("") + " " + report.path("err_msg").asText("");
      alerting.report(report.path("out_id").asText(""), delivered, text.strip());
    }
    // What it wants to hear; whatever else makes it come again.
    AlertmanagerApi.answer(context, 200, Map.of("code", 0, "msg", "ok"));
  }
}
