package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.FigureInfo;
import io.fenghuo.schemas.KpiPoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Figures as the API writes them. */
public final class FigureJson {

  private final Map<String, FigureInfo> infos;

  public FigureJson(List<FigureInfo> infos) {
    this.infos =
        infos.stream()
            .collect(
                Collectors.toMap(FigureInfo::name, Function.identity(), (a, b) -> a, TreeMap::new));
  }

  public Map<String, FigureInfo> infos() {
    return infos;
  }

  /** The whole figure, with its title. */
  public ObjectNode figure(KpiPoint point) {
    return figure(point, Integer.MAX_VALUE);
  }

  /**
   * The figure with its title.
   *
   * @param places of a ranking that are shown
   */
  ObjectNode figure(KpiPoint point, int places) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("name", point.getName());
    node.set("dimensions", Json.MAPPER.valueToTree(new TreeMap<>(point.getDimensions())));
    node.put("window", point.getWindow().name());
    node.put("from", time(point.getFrom()));
    node.put("to", time(point.getTo()));
    number(node, "value", point.getValue());
    number(node, "numerator", point.getNumerator());
    number(node, "denominator", point.getDenominator());
    node.put("unit", point.getUnit());
    number(node, "error", point.getError());
    ArrayNode ranking = node.putArray("ranking");
    point.getRanking().stream()
        .limit(places)
        .forEach(
            item ->
                number(ranking.addObject().put("item", item.getItem()), "value", item.getValue()));
    node.put("revision", point.getRevision());
    node.set("title", title(point.getName()));
    return node;
  }

  /** One point of a series. */
  public static ObjectNode point(KpiPoint point) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("from", time(point.getFrom()));
    node.put("to", time(point.getTo()));
    number(node, "value", point.getValue());
    number(node, "numerator", point.getNumerator());
    number(node, "denominator", point.getDenominator());
    node.put("revision", point.getRevision());
    return node;
  }

  public ObjectNode title(String name) {
    FigureInfo info = infos.get(name);
    return text(info == null ? name : info.zh(), info == null ? name : info.en());
  }

  public String unit(String name, List<KpiPoint> points) {
    FigureInfo info = infos.get(name);
    return info != null ? info.unit() : points.isEmpty() ? "count" : points.get(0).getUnit();
  }

  public static ObjectNode text(String zh, String en) {
    return Json.MAPPER.createObjectNode().put("zh", zh).put("en", en);
  }

  public static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  /** Unknown is null, never 0. */
  static void number(ObjectNode node, String name, Double value) {
    if (value == null || !Double.isFinite(value)) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }
}
