package io.fenghuo.rules.figure;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.EventType.ValueKind;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.figure.FigureDefinition.Measure;
import io.fenghuo.schemas.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures arranged for measuring: distinct filters, what is taken of events of each type, and who
 * gets what of an event that matches a filter.
 */
public final class FigurePlan {

  /** Real numbers are kept as so many parts, so that sums do not depend on the order. */
  static final double PARTS = 1e6;

  /** How a taken value travels. */
  enum Form {
    TEXT,
    NUMBER,
    IDENTITY
  }

  /** A column in one form. */
  record Taken(Column column, Form form) {}

  /**
   * One measure of one figure, as it is fed by events of one type.
   *
   * @param figure number of the figure
   * @param dimensions places of what is taken; below 0 for those of order lines
   * @param field likewise; NONE when nothing is looked at
   */
  record Contribution(
      int figure,
      boolean denominator,
      Aggregate aggregate,
      int[] dimensions,
      int field,
      int weight,
      boolean perItem) {}

  static final int NONE = Integer.MAX_VALUE;

  private final List<FigureDefinition> figures;
  private final List<String> keys;
  private final Map<String, FigureDefinition> byKey = new LinkedHashMap<>();
  private final Map<String, Integer> filterNumbers = new LinkedHashMap<>();
  private final List<Filter> filters = new ArrayList<>();
  private final List<String> users = new ArrayList<>();
  private final List<List<Taken>> taken = new ArrayList<>();
  private final List<List<Taken>> takenOfItems = new ArrayList<>();
  private final List<List<List<Contribution>>> contributions = new ArrayList<>();
  private final Window[] base;

  /** Of definitions that were checked; the same one twice counts once. */
  public FigurePlan(List<FigureDefinition> definitions) {
    definitions.forEach(definition -> byKey.putIfAbsent(definition.key(), definition));
    figures = List.copyOf(byKey.values());
    keys = List.copyOf(byKey.keySet());
    base = new Window[figures.size()];
    for (EventType type : EventType.values()) {
      taken.add(new ArrayList<>());
      takenOfItems.add(new ArrayList<>());
    }
    for (int i = 0; i < figures.size(); i++) {
      FigureDefinition figure = figures.get(i);
      base[i] = stored(figure).get(0);
      add(i, figure.numerator(), false);
      if (figure.denominator() != null) {
        add(i, figure.denominator(), true);
      }
    }
  }

  private void add(int figure, Measure measure, boolean denominator) {
    int filter = number(measure.of(), figures.get(figure).name());
    for (EventType type : measure.of().types()) {
      List<String> by = figures.get(figure).by();
      int[] dimensions = new int[by.size()];
      for (int i = 0; i < dimensions.length; i++) {
        dimensions[i] = place(type, by.get(i), Form.TEXT);
      }
      Form form =
          measure.aggregate().ofNumber()
              ? Form.NUMBER
              : measure.aggregate() == Aggregate.TOP ? Form.TEXT : Form.IDENTITY;
      int field = measure.field() == null ? NONE : place(type, measure.field(), form);
      int weight = measure.weight() == null ? NONE : place(type, measure.weight(), Form.NUMBER);
      boolean perItem =
          field < 0 || weight < 0 || Arrays.stream(dimensions).anyMatch(place -> place < 0);
      contributions
          .get(filter)
          .get(type.ordinal())
          .add(
              new Contribution(
                  figure, denominator, measure.aggregate(), dimensions, field, weight, perItem));
    }
  }

  private int number(Filter filter, String user) {
    return filterNumbers.computeIfAbsent(
        filter.toString(),
        text -> {
          filters.add(filter);
          users.add(user);
          List<List<Contribution>> byType = new ArrayList<>();
          for (EventType type : EventType.values()) {
            byType.add(new ArrayList<>());
          }
          contributions.add(byType);
          return filters.size() - 1;
        });
  }

  private int place(EventType type, String name, Form form) {
    Column column =
        Column.of(type, name)
            .orElseThrow(
                () -> new IllegalArgumentException(name + ": " + type.label() + " has none"));
    List<Taken> places = (column.ofItem() ? takenOfItems : taken).get(type.ordinal());
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).column().name().equals(name) && places.get(i).form() == form) {
        return column.ofItem() ? ~i : i;
      }
    }
    places.add(new Taken(column, form));
    return column.ofItem() ? -places.size() : places.size() - 1;
  }

  /**
   * The windows of a figure that are kept, shortest first; longer ones are put together of days.
   */
  static List<Window> stored(FigureDefinition figure) {
    List<Window> stored = new ArrayList<>();
    for (Window window : Window.values()) {
      if (window.compareTo(Window.DAY) < 0 && figure.windows().contains(window)) {
        stored.add(window);
      }
    }
    if (figure.windows().stream().anyMatch(window -> window.compareTo(Window.DAY) >= 0)) {
      stored.add(Window.DAY);
    }
    return stored;
  }

  /** 1, or the parts in which the measure's real numbers are kept. */
  static double parts(Measure measure) {
    if (!measure.aggregate().ofNumber()) {
      return 1;
    }
    return measure.of().types().stream()
            .map(type -> Column.of(type, measure.field()).orElseThrow().kind())
            .anyMatch(kind -> kind == ValueKind.REAL)
        ? PARTS
        : 1;
  }

  /** The key of a figure by its number; to make it takes longer than to count an event. */
  String key(int figure) {
    return keys.get(figure);
  }

  public List<FigureDefinition> figures() {
    return figures;
  }

  /** The figure of that key, or null when there is none any more. */
  public FigureDefinition figure(String key) {
    return byKey.get(key);
  }

  /** The distinct filters; their numbers are their places here. */
  public List<Filter> filters() {
    return filters;
  }

  /** Name of the first figure that uses a filter. */
  public String userOf(int filter) {
    return users.get(filter);
  }

  List<Contribution> contributions(int filter, EventType type) {
    return contributions.get(filter).get(type.ordinal());
  }

  List<Taken> taken(EventType type) {
    return taken.get(type.ordinal());
  }

  List<Taken> takenOfItems(EventType type) {
    return takenOfItems.get(type.ordinal());
  }

  /** The shortest window in which the figure is kept. */
  Window base(int figure) {
    return base[figure];
  }

  /** Types of event that any figure looks at. */
  public boolean measures(EventType type) {
    return filters.stream().anyMatch(filter -> filter.types().contains(type));
  }
}
