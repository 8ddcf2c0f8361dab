package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.EntityPlan;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.rules.assess.EntityConditions;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Failures;
import io.fenghuo.rules.assess.RuleConditions;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Compiled EPL, and the runtimes it is deployed to: one for each place and thread, with nothing kept in between. */
final class EsperExpressions implements Expressions {

  private static final long serialVersionUID = 1L;
  private static final AtomicLong RUNTIMES = new AtomicLong();

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

  /** One engine: external clock, one thread, no locks, no dispatch queues. */
  private final class Engine implements AutoCloseable {

    private final EPRuntime runtime;
    private final Failures failures;

    /**
     * @param listen hears of each deployed statement, with the parts of its name
     */
    Engine(EPCompiled compiled, Failures failures, Consumer<EPStatement> listen) {
      this.failures = failures;
      Configuration configuration = EsperCompiler.configuration(plan);
      String uri = "fenghuo-" + RUNTIMES.incrementAndGet();
      runtime = EPRuntimeProvider.getRuntime(uri, configuration);
      runtime.initialize();
      runtime.getEventService().clockExternal();
      runtime.getEventService().advanceTime(0);
      if (compiled != null) {
        try {
          for (EPStatement statement :
              runtime.getDeploymentService().deploy(compiled).getStatements()) {
            listen.accept(statement);
          }
        } catch (EPDeployException impossible) {
          throw new IllegalStateException("statements that compiled", impossible);
        }
      }
    }

    EventSender sender(String type) {
      return runtime.getEventService().getEventSender(type);
    }

    void send(EventSender sender, Object[] row, String what) {
      try {
        sender.sendEvent(row);
      } catch (RuntimeException failed) {
        failures.failed(what, failed);
      }
    }

    void advanceTo(long time) {
      runtime.getEventService().advanceTime(time);
    }

    @Override
    public void close() {
      runtime.destroy();
    }
  }

  private static int[] numbers(EPStatement statement) {
    String[] parts = statement.getName().split(":");
    return Arrays.stream(parts, 1, parts.length).mapToInt(Integer::parseInt).toArray();
  }

  // ---- filters

  @Override
  public EventFilters openFilters(Failures failures) {
    return new Filters(failures);
  }

  private final class Filters implements EventFilters {

    private final Engine engine;
    private final EventSender[] senders = new EventSender[EventType.values().length];
    private long[] target;

    Filters(Failures failures) {
      engine =
          new Engine(
              filters,
              failures,
              statement -> {
                int number = numbers(statement)[0];
                statement.addListener((fresh, old, s, r) -> Bits.set(target, number));
              });
      for (EventType type : EventType.values()) {
        senders[type.ordinal()] = engine.sender(EplTypes.event(type));
      }
    }

    @Override
    public void match(EventType type, SpecificRecord record, long[] matching) {
      target = matching;
      engine.send(senders[type.ordinal()], EplTypes.row(type, record, 0), "filters");
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  // ---- at an entity

  @Override
  public EntityConditions openEntities(Failures failures) {
    return new Entities(failures);
  }

  private final class Entities implements EntityConditions {

    private final Engine engine;
    private final EventSender[][] senders =
        new EventSender[EntityKind.values().length][EventType.values().length];
    private final EventSender[][][] sliceSenders = new EventSender[EntityKind.values().length][][];
    private final long jump;
    private long now;
    private long[] target;
    private int[] best;
    private int lastPlace;

    Entities(Failures failures) {
      engine = new Engine(entities, failures, this::listen);
      long longest = 0;
      for (EntityKind kind : EntityKind.values()) {
        EntityPlan entity = plan.entity(kind);
        sliceSenders[kind.ordinal()] = new EventSender[entity.figureNames().length][];
        for (EventType type : EventType.values()) {
          senders[kind.ordinal()][type.ordinal()] = engine.sender(EplTypes.atEntity(kind, type));
        }
        for (PlannedSequence sequence : entity.sequences()) {
          longest = Math.max(longest, sequence.sequence().within());
          EventSender[] ofTypes = new EventSender[EventType.values().length];
          for (EventType type : EventType.values()) {
            ofTypes[type.ordinal()] = engine.sender(EplTypes.inSlice(kind, sequence.figure(), type));
          }
          sliceSenders[kind.ordinal()][sequence.figure()] = ofTypes;
        }
      }
      jump = longest + 1_000;
    }

    private void listen(EPStatement statement) {
      int[] numbers = numbers(statement);
      if (statement.getName().startsWith("e:")) {
        statement.addListener((fresh, old, s, r) -> Bits.set(target, numbers[1]));
      } else {
        int steps = statement.getEventType().getPropertyNames().length;
        String[] places = new String[steps];
        Arrays.setAll(places, i -> "p" + i);
        statement.addListener((fresh, old, s, r) -> choose(fresh, places));
      }
    }

    /** Keeps the smallest choice, compared position by position. */
    private void choose(EventBean[] rows, String[] places) {
      for (EventBean row : rows) {
        int[] choice = new int[places.length];
        for (int i = 0; i < places.length; i++) {
          choice[i] = (Integer) row.get(places[i]);
        }
        boolean endsNow = choice[choice.length - 1] == lastPlace;
        if (endsNow && (best == null || Arrays.compare(choice, best) < 0)) {
          best = choice;
        }
      }
    }

    @Override
    public void hold(
        EntityKind kind, EventType type, SpecificRecord record, Object[] figures, long[] holding) {
      target = holding;
      Object[] row = EplTypes.row(type, record, figures.length);
      System.arraycopy(figures, 0, row, row.length - figures.length, figures.length);
      engine.send(senders[kind.ordinal()][type.ordinal()], row, "rules at " + kind.label());
    }

    @Override
    public int[] match(EntityKind kind, int figure, List<SpecificRecord> slice) {
      now += jump;
      engine.advanceTo(now);
      best = null;
      lastPlace = slice.size() - 1;
      EventSender[] ofTypes = sliceSenders[kind.ordinal()][figure];
      for (int place = 0; place < slice.size(); place++) {
        SpecificRecord record = slice.get(place);
        EventType type = EventType.of(record.getSchema()).orElseThrow();
        Object[] row = EplTypes.row(type, record, 2);
        row[row.length - 2] = place;
        row[row.length - 1] = place == slice.size() - 1;
        engine.send(ofTypes[type.ordinal()], row, plan.entity(kind).figureNames()[figure]);
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
    private long[] target;

    Rules(Failures failures) {
      engine =
          new Engine(
              rules,
              failures,
              statement -> {
                int number = numbers(statement)[0];
                statement.addListener((fresh, old, s, r) -> Bits.set(target, number));
              });
      for (EventType type : EventType.values()) {
        senders[type.ordinal()] = engine.sender(EplTypes.whole(type));
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
      target = holding;
      Object[] row = EplTypes.row(type, record, figures);
      int behindFields = row.length - figures;
      for (int kind = 0; kind < values.length; kind++) {
        if (values[kind] != null) {
          System.arraycopy(
              values[kind], 0, row, behindFields + firstOfKind[kind], values[kind].length);
        }
      }
      engine.send(senders[type.ordinal()], row, "rules");
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
