package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.read.StoredFigures;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The wall screen's routes. */
public final class LiveApi {

  private static final String DIMENSION = "dim.";

  private final LiveScreen screen;
  private final StoredFigures stored;
  private final FigureJson json;
  private final InstantSource clock;

  public LiveApi(LiveScreen screen, StoredFigures stored, FigureJson json, InstantSource clock) {
    this.screen = screen;
    this.stored = stored;
    this.json = json;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/live", Need.VIEWER, "The wall screen, now or at a time", this::live)
            .query("at"),
        Route.get("/live/series", Need.VIEWER, "One figure over time", this::series)
            .query("figure", "window", "from", "to", "dim.NAME"),
        Route.get(
                "/live/stream",
                Need.VIEWER,
                "The wall screen as server-sent events",
                call -> screen.stream().open(call))
            .answers("text/event-stream"));
  }

  private void live(Call call) {
    if (call.query("at").isEmpty()) {
      call.answer(screen.body());
      return;
    }
    Instant at = call.time("at").orElseThrow();
    String body =
        screen
            .at(at)
            .orElseThrow(
                () ->
                    new Problem(
                        404, "not_known", "没有保存这个时刻的画面", "The screen of that time is not kept"));
    call.context().contentType("application/json; charset=utf-8").result(body);
  }

  private void series(Call call) {
    String figure =
        call.query("figure").orElseThrow(() -> Problem.field("figure", "expected a figure's name"));
    Window window = window(call, Window.MINUTE);
    Instant to = call.time("to").orElseGet(clock::instant);
    Instant from = call.time("from").orElseGet(() -> to.minus(usual(window)));
    List<KpiPoint> points = stored.series(figure, dimensions(call), window, from, to);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("figure", figure);
    answer.set("title", json.title(figure));
    answer.put("unit", json.unit(figure, points));
    ArrayNode array = answer.putArray("points");
    points.forEach(point -> array.add(FigureJson.point(point)));
    call.answer(answer);
  }

  /** The window asked for; seconds are not kept. */
  public static Window window(Call call, Window otherwise) {
    Window window =
        call.query("window")
            .map(text -> Call.choice(Window.class, "window", text))
            .orElse(otherwise);
    if (window == Window.SECOND) {
      throw Problem.field("window", "seconds are not kept (expected: MINUTE, HOUR, DAY, …)");
    }
    return window;
  }

  /** As much as a chart usually shows. */
  public static Duration usual(Window window) {
    return switch (window) {
      case MINUTE -> Duration.ofHours(1);
      case HOUR -> Duration.ofDays(2);
      default -> Duration.ofDays(60);
    };
  }

  /** {@code dim.method=alipay} as a cut. */
  public static Map<String, String> dimensions(Call call) {
    Map<String, String> dimensions = new TreeMap<>();
    call.context()
        .queryParamMap()
        .forEach(
            (name, values) -> {
              if (name.startsWith(DIMENSION) && !values.isEmpty()) {
                dimensions.put(name.substring(DIMENSION.length()), values.get(0));
              }
            });
    return dimensions;
  }
}
