package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Failures;
import io.fenghuo.rules.definition.Filter;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Filters on events alone, deployed. */
final class EsperFilters implements EventFilters {

  private final List<Filter> filters;
  private final Engine engine;
  private final EventSender[] senders = new EventSender[EventType.values().length];
  private final int[][] unconditional = new int[EventType.values().length][];
  private final Combinations[] combinations = new Combinations[EventType.values().length];

  /**
   * @param compiled null when no filter has a condition
   */
  EsperFilters(
      List<Filter> filters, EPCompiled compiled, Configuration configuration, Failures failures) {
    this.filters = filters;
    engine =
        new Engine(
            compiled,
            // Origins are for those who compile.
            Bundle.filters(filters, number -> ""),
            configuration,
            failures,
            statement -> {});
    for (EventType type : EventType.values()) {
      senders[type.ordinal()] = engine.sender(EplTypes.event(type));
      unconditional[type.ordinal()] = Bundle.unconditionalFilters(filters, type);
      combinations[type.ordinal()] = Combinations.of(filters, type);
    }
  }

  @Override
  public void match(EventType type, SpecificRecord record, long[] matching) {
    Combinations few = combinations[type.ordinal()];
    if (few == null) {
      ask(type, record, matching);
      return;
    }
    int combination = few.of(record);
    long[] answer = few.answer(combination);
    if (answer == null) {
      answer = Bits.of(filters.size());
      ask(type, record, answer);
      few.keep(combination, answer);
    }
    Bits.addAll(matching, answer);
  }

  private void ask(EventType type, SpecificRecord record, long[] matching) {
    for (int filter : unconditional[type.ordinal()]) {
      Bits.set(matching, filter);
    }
    engine.tell(senders[type.ordinal()], EplTypes.row(type, record, 1), matching);
  }

  @Override
  public void close() {
    engine.close();
  }
}
