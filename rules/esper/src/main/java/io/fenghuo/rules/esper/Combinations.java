package io.fenghuo.rules.esper;

import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Filter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the filters of one type of event answered, by the values they look at: when those are enums
 * and truths alone there are few combinations, and each has to be asked only once.
 */
final class Combinations {

  private static final int MOST = 4_096;

  private final List<EventType.Field> fields;
  private final long[][] answers;

  private Combinations(List<EventType.Field> fields, int count) {
    this.fields = fields;
    this.answers = new long[count][];
  }

  /** Null when the filters of the type look at more than can be told apart here. */
  static Combinations of(List<Filter> filters, EventType type) {
    Set<String> names = new TreeSet<>();
    for (Filter filter : filters) {
      for (Filter.Alternative one : filter.alternatives()) {
        if (one.type() == type) {
          names.addAll(one.condition().names());
        }
      }
    }
    List<EventType.Field> fields =
        type.fields().stream().filter(field -> names.contains(field.name())).toList();
    long count = 1;
    for (EventType.Field field : fields) {
      if (field.choices() == 0 || count > MOST) {
        return null;
      }
      count *= field.choices() + 1;
    }
    return count > MOST ? null : new Combinations(fields, (int) count);
  }

  /** The number of the record's combination. */
  int of(SpecificRecord record) {
    int number = 0;
    for (int i = 0; i < fields.size(); i++) {
      EventType.Field field = fields.get(i);
      number = number * (field.choices() + 1) + field.choiceIn(record);
    }
    return number;
  }

  /** What was answered, or null when it has not been asked yet. */
  long[] answer(int combination) {
    return answers[combination];
  }

  void keep(int combination, long[] answer) {
    answers[combination] = answer;
  }
}
