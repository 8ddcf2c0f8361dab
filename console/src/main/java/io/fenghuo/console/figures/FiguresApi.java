package io.fenghuo.console.figures;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.FigureInfo;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.live.FigureJson;
import io.fenghuo.console.live.LiveApi;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Any figure, over any time, beside what it was before. */
public final class FiguresApi {

  private static final int MOST_VALUES = 1_000;

  private final StoredFigures stored;
  private final FigureJson json;
  private final InstantSource clock;

  public FiguresApi(StoredFigures stored, FigureJson json, InstantSource clock) {
    this.stored = stored;
    this.json = json;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/figures", Need.VIEWER, "All figures there are", this::list),
        Route.get("/figures/{name}", Need.VIEWER, "A figure over time; JSON or CSV", this::one)
            .query("window", "from", "to", "dim.NAME", "compare", "format"),
        Route.get(
                "/figures/{name}/values",
                Need.VIEWER,
                "A figure's values by one dimension, of the latest window",
                this::values)
            .query("dimension", "window", "from"));
  }

  private void list(Call call) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    for (FigureInfo info : json.infos().values()) {
      ObjectNode item = items.addObject();
      item.put("name", info.name());
      item.set("title", FigureJson.text(info.zh(), info.en()));
      item.put("unit", info.unit());
      item.put("exactness", info.exactness());
      item.set("windows", Json.MAPPER.valueToTree(info.windows()));
      item.set("dimensions", Json.MAPPER.valueToTree(info.dimensions()));
      item.put("group", info.group());
    }
    answer.putNull("next");
    call.answer(answer);
  }

  private void one(Call call) {
    String name = call.path("name");
    Window window = LiveApi.window(call, Window.MINUTE);
    Instant to = call.time("to").orElseGet(clock::instant);
    Instant from = call.time("from").orElseGet(() -> to.minus(LiveApi.usual(window)));
    Map<String, String> dimensions = LiveApi.dimensions(call);
    Map<String, List<KpiPoint>> series = new LinkedHashMap<>();
    series.put("now", stored.series(name, dimensions, window, from, to));
    for (String before : call.query("compare").map(text -> text.split(",")).orElse(new String[0])) {
      Duration ago =
          switch (before) {
            case "day" -> Duration.ofDays(1);
            case "week" -> Duration.ofDays(7);
            default -> throw Problem.field("compare", "expected day, week or both");
          };
      series.put(before, stored.series(name, dimensions, window, from.minus(ago), to.minus(ago)));
    }
    if (call.query("format").map("csv"::equals).orElse(false)) {
      call.context()
          .header("Content-Disposition", "attachment; filename=\"" + fileName(name) + ".csv\"")
          .contentType("text/csv; charset=utf-8")
          .result(csv(series));
      return;
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("name", name);
    answer.set("title", json.title(name));
    answer.put("unit", json.unit(name, series.get("now")));
    ArrayNode all = answer.putArray("series");
    series.forEach(
        (label, points) -> {
          ArrayNode array = all.addObject().put("label", label).putArray("points");
          points.forEach(point -> array.add(FigureJson.point(point)));
        });
    call.answer(answer);
  }

  private static String fileName(String name) {
    return name.replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  private static String csv(Map<String, List<KpiPoint>> series) {
    // The mark is what makes Excel read UTF-8.
    StringBuilder csv = new StringBuilder("\uFEFFseries,from,value,numerator,denominator\r\n");
    series.forEach(
        (label, points) ->
            points.forEach(
                point ->
                    csv.append(cell(label))
                        .append(',')
                        .append(cell(FigureJson.time(point.getFrom())))
                        .append(',')
                        .append(point.getValue() == null ? "" : number(point.getValue()))
                        .append(',')
                        .append(number(point.getNumerator()))
                        .append(',')
                        .append(number(point.getDenominator()))
                        .append("\r\n")));
    return csv.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A text a spreadsheet takes for a text: what would be a formula is defused. */
  static String cell(String text) {
    String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return safe.matches("(?s).*[\",\r\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  private void values(Call call) {
    String name = call.path("name");
    String dimension =
        call.query("dimension")
            .orElseThrow(() -> Problem.field("dimension", "expected a dimension's name"));
    String cut = String.join(",", Arrays.stream(dimension.split("\\+")).sorted().toList());
    Window window = LiveApi.window(call, Window.DAY);
    Instant at = call.time("from").orElseGet(clock::instant);
    List<KpiPoint> points = stored.values(name, cut, window, at, MOST_VALUES);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("title", json.title(name));
    answer.put("unit", json.unit(name, points));
    ArrayNode items = answer.putArray("items");
    points.forEach(point -> items.add(json.figure(point)));
    answer.putNull("next");
    call.answer(answer);
  }
}
