package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.runtime.client.EPStatement;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.EntityConditions;
import io.fenghuo.rules.assess.EntityPlan;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Failures;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.assess.RuleConditions;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * Compiled EPL, and the runtimes it is deployed to: one for each place and thread, with nothing
 * kept in between.
 */
final class EsperExpressions implements Expressions {

  private static final long serialVersionUID = 1L;

  private final HashMap<String, String> files;
  private final EPCompiled filters;
  private final EPCompiled entities;
  private final EPCompiled rules;
  private transient Plan plan;

  EsperExpressions(Plan plan, EPCompiled filters, EPCompiled entities, EPCompiled rules) {
    this.files = new HashMap<>(plan.ruleSet().files());
    this.plan = plan;
    this.filters = filters;
    this.entities = entities;
    this.rules = rules;
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    try {
      plan = Plan.of(RuleSet.read(files));
    } catch (RuleErrors impossible) {
      throw new IllegalStateException("rules that were read before", impossible);
    }
  }

  @Override
  public Plan plan() {
    return plan;
  }

  // ---- filters

  @Override
  public EventFilters openFilters(Failures failures) {
    return new EsperFilters(plan.filters(), filters, configuration(), failures);
  }

  private Configuration configuration() {
    return EsperCompiler.configuration(plan);
  }

  // ---- at an entity

  @Override
  public EntityConditions openEntities(Failures failures) {
    return new Entities(failures);
  }

  private final class Entities implements EntityConditions {

    private final Failures failures;
    private final Engine engine;
    private final EventSender[][] senders =
        new EventSender[EntityKind.values().length][EventType.values().length];
    private final EventSender[][][] sliceSenders = new EventSender[EntityKind.values().length][][];
    private long now;
    private int[] best;
    private long firstPlace;
    private long nextPlace;

    Entities(Failures failures) {
      this.failures = failures;
      engine = new Engine(entities, Bundle.entities(plan), configuration(), failures, this::listen);
      for (EntityKind kind : EntityKind.values()) {
        EntityPlan entity = plan.entity(kind);
        sliceSenders[kind.ordinal()] = new EventSender[entity.figureNames().length][];
        for (EventType type : EventType.values()) {
          senders[kind.ordinal()][type.ordinal()] = engine.sender(EplTypes.atEntity(kind, type));
        }
        for (PlannedSequence sequence : entity.sequences()) {
          EventSender[] ofTypes = new EventSender[EventType.values().length];
          for (EventType type : EventType.values()) {
            ofTypes[type.ordinal()] =
                engine.sender(EplTypes.inSlice(kind, sequence.figure(), type));
          }
          sliceSenders[kind.ordinal()][sequence.figure()] = ofTypes;
        }
      }
    }

    private void listen(EPStatement statement) {
      int steps = statement.getEventType().getPropertyNames().length;
      String[] places = new String[steps];
      Arrays.setAll(places, i -> "p" + i);
      statement.addListener((fresh, old, s, r) -> choose(fresh, places));
    }

    /**
     * Keeps the smallest choice, compared position by position. Places are never used twice, so
     * what a failed statement may have left of an earlier slice cannot be mistaken for a choice.
     */
    private void choose(EventBean[] rows, String[] places) {
      for (EventBean row : rows) {
        int[] choice = new int[places.length];
        boolean ofThisSlice = true;
        for (int i = 0; i < places.length; i++) {
          long place = (Long) row.get(places[i]);
          ofThisSlice &= place >= firstPlace;
          choice[i] = (int) (place - firstPlace);
        }
        boolean endsNow = choice[choice.length - 1] == nextPlace - 1 - firstPlace;
        if (ofThisSlice && endsNow && (best == null || Arrays.compare(choice, best) < 0)) {
          best = choice;
        }
      }
    }

    @Override
    public void hold(
        EntityKind kind, EventType type, SpecificRecord record, Object[] figures, long[] holding) {
      Object[] row = EplTypes.row(type, record, figures.length + 1);
      System.arraycopy(figures, 0, row, row.length - 1 - figures.length, figures.length);
      engine.tell(senders[kind.ordinal()][type.ordinal()], row, holding);
    }

    @Override
    public int[] match(EntityKind kind, int figure, List<SpecificRecord> slice) {
      now += SequencePattern.JUMP;
      engine.advanceTo(now);
      best = null;
      firstPlace = nextPlace;
      nextPlace += slice.size();
      EventSender[] ofTypes = sliceSenders[kind.ordinal()][figure];
      Throwable failed = null;
      try {
        for (int place = 0; place < slice.size(); place++) {
          SpecificRecord record = slice.get(place);
          EventType type = EventType.of(record.getSchema()).orElseThrow();
          Object[] row = EplTypes.row(type, record, 2);
          row[row.length - 2] = firstPlace + place;
          row[row.length - 1] = place == slice.size() - 1;
          ofTypes[type.ordinal()].sendEvent(row);
        }
      } catch (RuntimeException filterFailed) {
        failed = filterFailed;
      }
      for (Throwable statementFailed : StatementFailures.take().values()) {
        failed = statementFailed;
      }
      if (failed != null) {
        // Each sequence has event types of its own, so nobody else was kept from seeing these.
        int sequence = figure - plan.entity(kind).features().size();
        failures.failed(plan.entity(kind).sequences().get(sequence).rule().id(), failed);
        return null;
      }
      return best;
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  // ---- with everything together

  @Override
  public RuleConditions openRules(Failures failures) {
    return new Rules(failures);
  }

  private final class Rules implements RuleConditions {

    private final Engine engine;
    private final EventSender[] senders = new EventSender[EventType.values().length];
    private final int[] firstOfKind = new int[EntityKind.values().length];
    private final int figures;
    private final int[][] unconditional = new int[EventType.values().length][];

    Rules(Failures failures) {
      engine = new Engine(rules, Bundle.rules(plan), configuration(), failures, statement -> {});
      for (EventType type : EventType.values()) {
        senders[type.ordinal()] = engine.sender(EplTypes.whole(type));
        unconditional[type.ordinal()] = Bundle.unconditionalRules(plan, type);
      }
      int total = 0;
      for (EntityKind kind : EntityKind.values()) {
        firstOfKind[kind.ordinal()] = total;
        total += plan.entity(kind).figureNames().length;
      }
      figures = total;
    }

    @Override
    public void hold(EventType type, SpecificRecord record, Object[][] values, long[] holding) {
      for (int rule : unconditional[type.ordinal()]) {
        Bits.set(holding, rule);
      }
      Object[] row = EplTypes.row(type, record, figures + 1);
      int behindFields = row.length - 1 - figures;
      for (int kind = 0; kind < values.length; kind++) {
        if (values[kind] != null) {
          System.arraycopy(
              values[kind], 0, row, behindFields + firstOfKind[kind], values[kind].length);
        }
      }
      engine.tell(senders[type.ordinal()], row, holding);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
