package io.fenghuo.console.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.StatementContext;

/** Figures out of the database. */
public final class StoredFigures {

  /** A chart with more points shows nothing more. */
  public static final int MOST_POINTS = 5_000;

  private final ConsoleDatabase database;

  public StoredFigures(ConsoleDatabase database) {
    this.database = database;
  }

  /** Windows that begin in a span, the earliest first, at most {@value #MOST_POINTS}. */
  public List<KpiPoint> series(
      String name, Map<String, String> dimensions, Window window, Instant from, Instant to) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from "
                        + table(window)
                        + " where name = :name and dims = :dims and length = :length"
                        + " and from_time >= :from and from_time < :to"
                        + " order by from_time limit :most")
                .bind("name", name)
                .bind("dims", Json.write(new TreeMap<>(dimensions)))
                .bind("length", window.name())
                .bind("from", from)
                .bind("to", to)
                .bind("most", MOST_POINTS)
                .map(StoredFigures::point)
                .list());
  }

  /** The newest window's values of one cut, or those of the window that holds a time. */
  public List<KpiPoint> values(String name, String dimension, Window window, Instant at, int most) {
    String table = table(window);
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from "
                        + table
                        + " where name = :name and cut = :cut and length = :length and from_time ="
                        + " (select max(from_time) from "
                        + table
                        + " where name = :name and cut = :cut and length = :length"
                        + " and from_time <= :at)"
                        + " order by value desc nulls last, dims limit :most")
                .bind("name", name)
                .bind("cut", dimension)
                .bind("length", window.name())
                .bind("at", at)
                .bind("most", most)
                .map(StoredFigures::point)
                .list());
  }

  /** Every figure of the minutes that begin at a time or later: what a console begins with. */
  public List<KpiPoint> minutesSince(Instant since) {
    return since("select * from figure_minute where from_time >= :since", since);
  }

  /** Every figure of the days that begin at a time or later. */
  public List<KpiPoint> daysSince(Instant since) {
    return since("select * from figure_long where from_time >= :since and length = 'DAY'", since);
  }

  private List<KpiPoint> since(String query, Instant since) {
    return database.read(
        handle -> handle.createQuery(query).bind("since", since).map(StoredFigures::point).list());
  }

  private static String table(Window window) {
    return window == Window.MINUTE ? "figure_minute" : "figure_long";
  }

  /**
   * The one that holds: of an edited figure that which counts from later on, else the one that has
   * counted more.
   */
  public static KpiPoint newer(KpiPoint a, KpiPoint b) {
    int since = Long.compare(since(a), since(b));
    return since < 0 || since == 0 && a.getRevision() <= b.getRevision() ? b : a;
  }

  private static long since(KpiPoint point) {
    return point.getSince() == null ? 0 : point.getSince();
  }

  private static KpiPoint point(ResultSet row, StatementContext context) throws SQLException {
    double value = row.getDouble("value");
    boolean none = row.wasNull();
    List<RankedItem> ranking = new ArrayList<>();
    String ranked = row.getString("ranking");
    if (ranked != null) {
      for (JsonNode each : Json.tree(ranked)) {
        ranking.add(new RankedItem(each.path("item").asText(), each.path("value").asDouble()));
      }
    }
    return KpiPoint.newBuilder()
        .setName(row.getString("name"))
        .setDimensions(Json.texts(row.getString("dims")))
        .setWindow(Window.valueOf(row.getString("length")))
        .setFrom(row.getTimestamp("from_time").getTime())
        .setTo(row.getTimestamp("to_time").getTime())
        .setValue(none ? null : value)
        .setNumerator(row.getDouble("numerator"))
        .setDenominator(row.getDouble("denominator"))
        .setUnit(row.getString("unit"))
        .setError(row.getDouble("error"))
        .setRanking(ranking)
        .setRevision(row.getLong("revision"))
        .setSince(row.getLong("since") == 0 ? null : (Long) row.getLong("since"))
        .build();
  }
}
