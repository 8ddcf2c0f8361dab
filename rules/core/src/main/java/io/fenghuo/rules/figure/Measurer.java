package io.fenghuo.rules.figure;

import io.fenghuo.rules.Event;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.figure.FigurePlan.Taken;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.datasketches.hash.MurmurHash3;

/** First step of a figure: event → what figures want to know of it. Knows nothing but the event. */
public final class Measurer {

  private static final int LONGEST_TEXT = 100;
  private static final Object[][] NO_ITEMS = {};
  private static final long SEED = 0x6665_6E67_6875_6FL;

  private final FigurePlan plan;
  private final EventFilters filters;

  public Measurer(FigurePlan plan, EventFilters filters) {
    this.plan = plan;
    this.filters = filters;
  }

  /** Null when no figure looks at the event. */
  public Measurement measure(Event event) {
    EventType type = event.type();
    SpecificRecord record = event.record();
    long[] matching = Bits.of(plan.filters().size());
    filters.match(type, record, matching);
    if (Bits.isEmpty(matching)) {
      return null;
    }
    List<Taken> taken = plan.taken(type);
    Object[] values = new Object[taken.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(taken.get(i), record);
    }
    // Ids are the sender's, and unique among events of a type only.
    long[] hash = hash(type.label() + ' ' + event.id());
    return new Measurement(
        type, hash[0], hash[1], event.time(), matching, values, items(type, record));
  }

  private Object[][] items(EventType type, SpecificRecord record) {
    List<Taken> taken = plan.takenOfItems(type);
    if (taken.isEmpty() || !(record instanceof OrderEvent order)) {
      return NO_ITEMS;
    }
    List<OrderItem> lines = order.getItems();
    Object[][] items = new Object[lines.size()][taken.size()];
    for (int i = 0; i < items.length; i++) {
      for (int j = 0; j < items[i].length; j++) {
        items[i][j] = value(taken.get(j), lines.get(i));
      }
    }
    return items;
  }

  private static Object value(Taken taken, SpecificRecord record) {
    Object value = taken.column().value().apply(record);
    if (value == null) {
      return null;
    }
    return switch (taken.form()) {
      case TEXT -> text(value.toString());
      case NUMBER -> value instanceof Double real ? parts(real) : value;
      case IDENTITY -> value.toString().isBlank() ? null : (Object) hash(value.toString())[0];
    };
  }

  private static Long parts(double real) {
    // What is no number, or none that could be meant, would spoil every sum it enters.
    return Math.abs(real) < 1e12 ? (Long) Math.round(real * FigurePlan.PARTS) : null;
  }

  /** As a dimension's value or a ranked item: short, and nothing that separates. */
  private static String text(String text) {
    String brief = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    return brief.isBlank() ? null : brief.replace('\0', '?');
  }

  private static long[] hash(String text) {
    return MurmurHash3.hash(text.getBytes(StandardCharsets.UTF_8), SEED);
  }
}
