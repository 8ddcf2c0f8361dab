package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.FeatureValue;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * The judge: evaluates a rule set over a finished stream by the letter of {@code rules/README.md},
 * with every window scanned anew. It shares no code with the engine, on purpose, and has no state
 * between calls.
 */
public final class ReferenceEvaluator {

  /**
   * What must come out. Decisions have no id, decision time, evidence lines or rule set version:
   * those are the engine's own.
   *
   * @param decisions all revisions, by order and revision
   * @param alerts live and shadow, by start and id
   * @param features by the id of each order's first CREATED event: all features and sequences then,
   *     null values among them
   */
  public record Result(
      List<Decision> decisions,
      List<Alert> alerts,
      Map<String, SortedMap<String, Object>> features) {}

  private final RuleSet rules;

  /**
   * @param files path to YAML text; a rule's path without {@code .yaml} is its id
   */
  public ReferenceEvaluator(Map<String, String> files) {
    this.rules = new RuleSet(files);
  }

  /** Takes the events in any order; duplicates count once. Of list entries the last one counts. */
  public Result evaluate(Collection<? extends SpecificRecord> events, Collection<ListEntry> lists) {
    List<Event> inOrder = Event.inOrder(events);
    Journals journals = new Journals(rules);
    Alarms alarms = new Alarms();
    Orders orders = new Orders(rules.thresholds, lists);
    Map<String, SortedMap<String, Object>> features = new HashMap<>();

    for (Event event : inOrder) {
      journals.add(event);
      Moment moment = new Moment(event, rules, journals);
      List<Hit> hits = hits(moment, alarms);
      if (event.key("order") != null && orders.add(event, hits)) {
        features.put(event.id(), allFigures(moment));
      }
    }
    for (RuleSet.Deadline deadline : rules.deadlines) {
      if (deadline.head().mode() != RuleMode.OFF) {
        alarms.runClocks(deadline, inOrder);
      }
    }
    return new Result(orders.decisions(), alarms.sorted(), features);
  }

  private List<Hit> hits(Moment moment, Alarms alarms) {
    List<Hit> hits = new ArrayList<>();
    for (RuleSet.When when : rules.whens) {
      if (when.head().mode() != RuleMode.OFF
          && when.filter().matches(moment.event, moment::value)) {
        Function<String, Object> names = name -> textValue(name, moment, Map.of());
        hits.add(hit(when, moment, names));
        alarms.hit(when.head(), entity(when, moment.event), moment.event, names);
      }
    }
    for (RuleSet.Sequence sequence : rules.sequences.values()) {
      if (sequence.head().mode() != RuleMode.OFF) {
        Figure figure = moment.figure(sequence.name());
        if (Boolean.TRUE.equals(figure.value())) {
          Map<String, Event> aliases = SequenceSearch.aliases(sequence.steps(), figure.events());
          Function<String, Object> names = name -> textValue(name, moment, aliases);
          hits.add(hit(sequence.head(), moment, List.of(), figure.events(), names));
          alarms.hit(sequence.head(), sequence.head().entity(), moment.event, names);
        }
      }
    }
    return hits;
  }

  private static Hit hit(RuleSet.When when, Moment moment, Function<String, Object> names) {
    List<FeatureValue> features = new ArrayList<>();
    List<Event> contributing = new ArrayList<>();
    for (String name : when.filter().dotted()) {
      Figure figure = moment.figure(name);
      features.add(new FeatureValue(name, figure.published()));
      contributing.addAll(figure.events());
    }
    return hit(when.head(), moment, features, contributing, names);
  }

  private static Hit hit(
      RuleSet.Head head,
      Moment moment,
      List<FeatureValue> features,
      List<Event> behind,
      Function<String, Object> names) {
    List<Event> contributing = new ArrayList<>(behind);
    contributing.add(moment.event);
    Text reason = Texts.fill(head.reason(), names);
    return new Hit(
        new RuleHit(
            head.id(),
            head.version(),
            head.mode(),
            head.outcome(),
            head.score(),
            moment.event.id(),
            features,
            reason),
        contributing);
  }

  /** Whom an alert of the rule speaks of, or null. */
  private static String entity(RuleSet.When when, Event trigger) {
    if (when.head().entity() != null) {
      return when.head().entity();
    }
    Set<String> entities = new TreeSet<>();
    for (String feature : when.filter().dotted()) {
      entities.add(feature.substring(0, feature.indexOf('.')));
    }
    if (entities.size() == 1) {
      return entities.iterator().next();
    }
    return trigger.has("orderId") ? "order" : null;
  }

  private static Object textValue(String name, Moment moment, Map<String, Event> aliases) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return moment.event.get(name);
    }
    Event step = aliases.get(name.substring(0, dot));
    if (step != null) {
      return step.get(name.substring(dot + 1));
    }
    return moment.has(name) ? moment.figure(name).value() : null;
  }

  private SortedMap<String, Object> allFigures(Moment moment) {
    SortedMap<String, Object> all = new TreeMap<>();
    for (String name : rules.features.keySet()) {
      all.put(name, moment.figure(name).published());
    }
    for (RuleSet.Sequence sequence : rules.sequences.values()) {
      if (rules.isUsed(sequence)) {
        all.put(sequence.name(), moment.figure(sequence.name()).published());
      }
    }
    return all;
  }
}
