package io.fenghuo.rules.rehearsal;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.Event;
import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.Assessor;
import io.fenghuo.rules.assess.Decider;
import io.fenghuo.rules.assess.EntityState;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Extractor;
import io.fenghuo.rules.assess.Failures;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.OrderCase;
import io.fenghuo.rules.assess.RaisedAlerts;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.ListEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * The risk path from event to decision in one thread, without Flink: the same steps that the job
 * runs, fed in order of event time. For rule tests and backtests.
 */
public final class RiskPath implements AutoCloseable {

  private static final Failures FAIL =
      (what, why) -> {
        throw new IllegalStateException(what + ": " + why.getMessage(), why);
      };

  private final EventCodec codec = EventCodec.singleObject();
  private final Extractor extractor;
  private final EventFilters filters;
  private final Assessor assessor;
  private final Decider decider;
  private final boolean restoreAlways;
  private final Packer packer = new Packer();

  private final Map<String, EntityState> entities = new HashMap<>();
  private final Map<String, OrderCase> orders = new HashMap<>();
  private final Map<String, RaisedAlerts> raised = new HashMap<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final List<Decision> decisions = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private Consumer<Rule> hits = rule -> {};

  private record Due(long time, EntityKind kind, String key) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return Long.compare(time, other.time);
    }
  }

  public RiskPath(Expressions expressions) {
    this(expressions, false);
  }

  /**
   * @param restoreAlways write the state that an event touches to bytes and read it back, as a
   *     restart would
   */
  public RiskPath(Expressions expressions, boolean restoreAlways) {
    this.filters = expressions.openFilters(FAIL);
    this.extractor = new Extractor(expressions.plan(), filters);
    this.assessor = new Assessor(expressions.plan(), expressions, codec, 0, FAIL);
    this.decider = new Decider(expressions.plan(), expressions, codec, () -> 0, FAIL);
    this.restoreAlways = restoreAlways;
  }

  /** Hears of every hit. */
  public RiskPath onHit(Consumer<Rule> hits) {
    this.hits = hits;
    return this;
  }

  public void list(ListEntry entry) {
    EntityKind kind = EntityKind.ofLabel(entry.getEntity()).orElseThrow();
    visit(Visit.ofListEntry(kind, entry.getValue(), codec.encode(entry)));
  }

  /**
   * Runs all events, in order of event time whatever their order here, and then time to its end.
   */
  public void run(Collection<? extends SpecificRecord> records) {
    records.stream()
        .map(record -> new Event(record, codec.encode(record)))
        .sorted()
        .forEach(this::accept);
    runDeadlines(Long.MAX_VALUE);
  }

  private void accept(Event event) {
    runDeadlines(event.time());
    List<Visit> visits = new ArrayList<>();
    extractor.extract(event, visits::add);
    Set<String> groups = new LinkedHashSet<>();
    for (Visit visit : visits) {
      Finding finding = visit(restoreAlways ? restored(visit) : visit);
      if (finding != null) {
        groups.add(finding.group());
        decider.hear(
            orders.computeIfAbsent(finding.group(), key -> new OrderCase()),
            restoreAlways ? restored(finding) : finding);
      }
    }
    // Only when all have spoken: an event's hits are decided on together.
    groups.forEach(this::settle);
    if (restoreAlways) {
      visits.forEach(
          visit ->
              entities.computeIfPresent(
                  visit.entity(),
                  (key, state) -> {
                    assessor.trim(state, visit.kind(), event.time());
                    return restored(state);
                  }));
      groups.forEach(group -> orders.computeIfPresent(group, (key, order) -> restored(order)));
    }
  }

  private EntityState restored(EntityState state) {
    return EntityState.unpack(state.pack(packer));
  }

  private OrderCase restored(OrderCase order) {
    return OrderCase.unpack(order.pack(packer));
  }

  private Visit restored(Visit visit) {
    packer.reset();
    visit.pack(packer);
    return Visit.unpack(new Unpacker(packer.toBytes()));
  }

  private Finding restored(Finding finding) {
    packer.reset();
    finding.pack(packer);
    return Finding.unpack(new Unpacker(packer.toBytes()));
  }

  private Finding visit(Visit visit) {
    EntityState state = entities.computeIfAbsent(visit.entity(), key -> new EntityState());
    Finding finding = assessor.assess(state, visit);
    for (long time : assessor.opened()) {
      due.add(new Due(time, visit.kind(), visit.key()));
    }
    return finding;
  }

  private void settle(String group) {
    OrderCase order = orders.get(group);
    decider.settle(
        order,
        Long.MAX_VALUE,
        new Decider.Verdicts() {
          @Override
          public void decision(Decision decision, OrderCase ignored) {
            decisions.add(decision);
          }

          @Override
          public void alert(AlertSignal signal) {
            raise(signal);
          }

          @Override
          public void hit(Rule rule) {
            hits.accept(rule);
          }

          @Override
          public void repeat() {
            // A repeated event changes nothing here.
          }
        });
    if (order.isEmpty()) {
      orders.remove(group);
    }
  }

  private void raise(AlertSignal signal) {
    RaisedAlerts of =
        raised.computeIfAbsent(signal.alert().getFingerprint(), key -> new RaisedAlerts());
    of.hear(signal);
    of.raise(Long.MAX_VALUE, alerts::add);
    if (restoreAlways) {
      raised.put(
          signal.alert().getFingerprint(), RaisedAlerts.unpack(of.pack(packer, codec), codec));
    }
  }

  /** Lets the deadlines pass that are due before this time. */
  private void runDeadlines(long time) {
    while (!due.isEmpty() && due.peek().time() < time) {
      Due next = due.poll();
      EntityState state = entities.get(next.kind().label() + ":" + next.key());
      assessor.due(state, next.kind(), next.key(), next.time()).forEach(this::raise);
    }
  }

  /** Every decision and revision, in the order they were made. */
  public List<Decision> decisions() {
    return decisions;
  }

  public List<Alert> alerts() {
    return alerts;
  }

  @Override
  public void close() {
    assessor.close();
    decider.close();
    filters.close();
  }
}
