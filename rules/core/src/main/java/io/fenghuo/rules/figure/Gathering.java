package io.fenghuo.rules.figure;

import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.figure.FigurePlan.Contribution;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What some events come to, gathered where they were told apart from their duplicates, so that one
 * figure of the whole shop is not one hot key.
 */
public final class Gathering {

  private static final String[] NO_VALUES = {};

  private final FigurePlan plan;
  private final ShopCalendar calendar;
  private final Map<Key, Gathered> gathered = new HashMap<>();

  /** For looking into the map without making anything. */
  private final Key sought = new Key();

  /** By the number of dimensions. */
  private final String[][] soughtValues;

  /** The last piece of each figure of the whole shop: most events need no look into the map. */
  private final Gathered[] last;

  private static final class Gathered {
    final long begin;
    long latest = Long.MIN_VALUE;
    Amount numerator;
    Amount denominator;

    Gathered(long begin) {
      this.begin = begin;
    }
  }

  private static final class Key {
    int figure;
    long begin;
    String[] values;
    int hash;

    Key of(int figure, long begin, String[] values) {
      this.figure = figure;
      this.begin = begin;
      this.values = values;
      this.hash =
          (int)
              (((Arrays.hashCode(values) * 31L + figure) * 31 + begin) * 0x9E3779B97F4A7C15L
                  >>> 32);
      return this;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && figure == key.figure
          && begin == key.begin
          && Arrays.equals(values, key.values);
    }
  }

  public Gathering(FigurePlan plan, ZoneId zone) {
    this.plan = plan;
    this.calendar = new ShopCalendar(zone);
    this.last = new Gathered[plan.figures().size()];
    int most = plan.figures().stream().mapToInt(figure -> figure.by().size()).max().orElse(0);
    this.soughtValues = new String[most + 1][];
    Arrays.setAll(soughtValues, String[]::new);
  }

  public void add(Measurement event) {
    for (int f = Bits.next(event.matching(), 0); f >= 0; f = Bits.next(event.matching(), f + 1)) {
      List<Contribution> contributions = plan.contributions(f, event.type());
      for (int i = 0; i < contributions.size(); i++) {
        Contribution contribution = contributions.get(i);
        if (contribution.perItem()) {
          for (Object[] item : event.items()) {
            add(contribution, event, item);
          }
        } else {
          add(contribution, event, null);
        }
      }
    }
  }

  private void add(Contribution contribution, Measurement event, Object[] item) {
    Object field =
        contribution.field() == FigurePlan.NONE ? null : taken(contribution.field(), event, item);
    if (contribution.field() != FigurePlan.NONE && field == null) {
      return;
    }
    Gathered piece = piece(contribution, event, item);
    piece.latest = Math.max(piece.latest, event.time());
    Amount amount = contribution.denominator() ? piece.denominator : piece.numerator;
    if (amount == null) {
      amount = Amount.of(contribution.aggregate());
      if (contribution.denominator()) {
        piece.denominator = amount;
      } else {
        piece.numerator = amount;
      }
    }
    switch (contribution.aggregate()) {
      case COUNT -> amount.sum(1);
      case SUM -> amount.sum((Long) field);
      case MAX -> amount.greatest((Long) field);
      case MIN -> amount.least((Long) field);
      case DISTINCT, FRESH, REPEATED, QUANTILE -> amount.value((Long) field);
      case TOP -> {
        Object weight =
            contribution.weight() == FigurePlan.NONE
                ? (Object) 1L
                : taken(contribution.weight(), event, item);
        amount.item((String) field, weight == null ? 0 : (Long) weight);
      }
    }
  }

  private static Object taken(int place, Measurement event, Object[] item) {
    return place >= 0 ? event.values()[place] : item[~place];
  }

  private Gathered piece(Contribution contribution, Measurement event, Object[] item) {
    int figure = contribution.figure();
    long begin = calendar.start(plan.base(figure), event.time());
    int[] places = contribution.dimensions();
    if (places.length == 0) {
      Gathered piece = last[figure];
      if (piece == null || piece.begin != begin) {
        piece = piece(figure, begin, NO_VALUES);
        last[figure] = piece;
      }
      return piece;
    }
    String[] values = soughtValues[places.length];
    for (int i = 0; i < values.length; i++) {
      Object value = taken(places[i], event, item);
      values[i] = value == null ? FigureDefinition.UNKNOWN : (String) value;
    }
    return piece(figure, begin, values);
  }

  private Gathered piece(int figure, long begin, String[] values) {
    Gathered piece = gathered.get(sought.of(figure, begin, values));
    if (piece == null) {
      piece = new Gathered(begin);
      gathered.put(new Key().of(figure, begin, values.clone()), piece);
    }
    return piece;
  }

  /** Hands over all that was gathered, and begins anew. */
  public void drain(Consumer<Partial> to) {
    gathered.forEach(
        (key, piece) ->
            to.accept(
                new Partial(
                    plan.key(key.figure),
                    key.values,
                    piece.latest,
                    piece.numerator,
                    piece.denominator)));
    gathered.clear();
    Arrays.fill(last, null);
  }

  /** Pieces gathered so far. */
  public int size() {
    return gathered.size();
  }
}
