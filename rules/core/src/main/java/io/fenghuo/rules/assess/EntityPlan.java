package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Feature;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What one kind of entity remembers and computes.
 *
 * <p>A <b>figure</b> is a feature or a sequence; figures are numbered, features first. In the
 * journal an entry has a bit for each of this kind's filters it matches, and the values of the
 * columns its features need.
 */
public final class EntityPlan {

  private static final int MOST_FILTERS = 64;

  /** A sequence with the journal bits of its steps. */
  public record PlannedSequence(
      int figure, Rule rule, Rule.Sequence sequence, int[] stepBits, boolean strict) {

    /**
     * The entries that can take part: those some step may accept, or all of its types when order is
     * strict.
     */
    boolean takes(EventType type, long bits) {
      if (strict) {
        return names(type);
      }
      for (int bit : stepBits) {
        if ((bits & 1L << bit) != 0) {
          return true;
        }
      }
      return false;
    }

    /** True when some step is about events of this type. */
    boolean names(EventType type) {
      for (Rule.Step step : sequence.steps()) {
        if (step.of().type() == type) {
          return true;
        }
      }
      return false;
    }

    /** False when some step has too few candidates, so that there is no need to look closer. */
    boolean possibleIn(List<Entry> slice) {
      for (int i = 0; i < stepBits.length; i++) {
        int candidates = 0;
        for (Entry entry : slice) {
          candidates += (entry.bits() & 1L << stepBits[i]) != 0 ? 1 : 0;
        }
        if (candidates < sequence.steps().get(i).times()) {
          return false;
        }
      }
      return true;
    }

    boolean endsWith(long bits) {
      return (bits & 1L << stepBits[stepBits.length - 1]) != 0;
    }
  }

  /** A deadline with the journal bits of its two filters. */
  public record PlannedDeadline(Rule rule, Rule.Deadline deadline, int startBit, int endBit) {}

  /** So many events of one filter are kept one by one; what is older may be condensed. */
  static final int EXACT = 1_024;

  /**
   * Older events of a busy entity, condensed for the features that share a filter and a field.
   *
   * @param feature one of them
   * @param retention the longest of their windows, milliseconds
   * @param sightings whether one of them asks for different values or their age
   */
  record PlannedTrail(String id, int bit, int feature, long retention, boolean sightings) {}

  private final EntityKind kind;
  private final List<Feature> features = new ArrayList<>();
  private final List<PlannedSequence> sequences = new ArrayList<>();
  private final List<PlannedDeadline> deadlines = new ArrayList<>();
  private final Map<Integer, Integer> bitOfFilter = new LinkedHashMap<>();
  private final List<Integer> bitOfFeature = new ArrayList<>();
  private final long[] retention = new long[EventType.values().length];
  private final List<List<EventType.Field>> columns = new ArrayList<>();
  private final List<int[]> columnOfFeature = new ArrayList<>();
  private final List<PlannedTrail> trails = new ArrayList<>();
  private final List<Integer> trailOfFeature = new ArrayList<>();
  private final List<int[]> figuresOfRule = new ArrayList<>();
  private final List<Plan.PlannedRule> rulesHere = new ArrayList<>();
  private final List<Rule> pendingSequences = new ArrayList<>();
  private final long[] homeRules;
  private final long[] rulesReading;
  private final boolean[] readsEvent = new boolean[EventType.values().length];
  private String[] figureNames;
  private int[] filters;
  private long layout;

  EntityPlan(EntityKind kind, int rules) {
    this.kind = kind;
    this.homeRules = Bits.of(rules);
    this.rulesReading = Bits.of(rules);
    for (int i = 0; i < retention.length; i++) {
      columns.add(new ArrayList<>());
    }
  }

  private int bit(int filter) {
    return bitOfFilter.computeIfAbsent(filter, f -> bitOfFilter.size());
  }

  private void remember(EventType type, long millis) {
    retention[type.ordinal()] = Math.max(retention[type.ordinal()], millis);
  }

  void addFeature(Feature feature, int filter) {
    features.add(feature);
    bitOfFeature.add(bit(filter));
    int[] columnOf = new int[retention.length];
    Arrays.fill(columnOf, -1);
    for (EventType type : feature.of().types()) {
      remember(type, feature.window());
    }
    if (feature.field() != null) {
      // Age compares with the triggering event, whatever its type, so every type with the field
      // needs the column.
      for (EventType type : EventType.values()) {
        boolean needed =
            feature.of().types().contains(type) || feature.aggregate() == Feature.Aggregate.AGE;
        if (needed && type.concerns(kind) && type.field(feature.field()).isPresent()) {
          EventType.Field field = type.field(feature.field()).get();
          List<EventType.Field> ofType = columns.get(type.ordinal());
          if (!ofType.contains(field)) {
            ofType.add(field);
          }
          columnOf[type.ordinal()] = ofType.indexOf(field);
        }
      }
    }
    columnOfFeature.add(columnOf);
  }

  void addSequence(Rule rule, Rule.Sequence sequence, int[] filters) {
    int[] bits = Arrays.stream(filters).map(this::bit).toArray();
    boolean strict = sequence.steps().stream().anyMatch(Rule.Step::strictly);
    sequences.add(
        new PlannedSequence(features.size() + sequences.size(), rule, sequence, bits, strict));
    sequence.steps().forEach(step -> remember(step.of().type(), sequence.within()));
    pendingSequences.add(rule);
  }

  void addDeadline(Rule rule, Rule.Deadline deadline, int start, int end) {
    deadlines.add(new PlannedDeadline(rule, deadline, bit(start), bit(end)));
    deadline
        .end()
        .types()
        .forEach(type -> remember(type, deadline.within() + deadline.lookback() + 1));
    deadline.start().types().forEach(type -> remember(type, 1));
  }

  void addRule(Plan.PlannedRule rule) {
    if (figureNames == null) {
      figureNames =
          Stream.concat(
                  features.stream().map(Feature::fullName),
                  pendingSequences.stream().map(r -> kind.label() + "." + r.shortName()))
              .toArray(String[]::new);
    }
    List<String> names = Arrays.asList(figureNames);
    figuresOfRule.add(
        rule.condition().names().stream()
            .filter(names::contains)
            .distinct()
            .mapToInt(names::indexOf)
            .toArray());
    if (rule.reads().contains(kind)) {
      Bits.set(rulesReading, rule.index());
    }
    if (rule.home() == kind) {
      Bits.set(homeRules, rule.index());
    }
    if (rule.reads().contains(kind) || rule.home() == kind) {
      rulesHere.add(rule);
      readsEvent[rule.type().ordinal()] |=
          rule.partFor(kind).names().stream().anyMatch(name -> name.indexOf('.') < 0);
    }
  }

  void close(List<RuleError> errors) {
    if (figureNames == null) {
      figureNames = features.stream().map(Feature::fullName).toArray(String[]::new);
    }
    filters = bitOfFilter.keySet().stream().mapToInt(Integer::intValue).toArray();
    if (filters.length > MOST_FILTERS) {
      errors.add(
          new RuleError(
              "rules",
              0,
              kind.label()
                  + ": "
                  + filters.length
                  + " distinct filters (expected: at most "
                  + MOST_FILTERS
                  + "; let features share them)"));
    }
    planTrails();
    CRC32C checksum = new CRC32C();
    StringBuilder text = new StringBuilder();
    features.forEach(feature -> text.append(feature.of()).append(feature.field()).append('\n'));
    sequences.forEach(sequence -> text.append(sequence.sequence()).append('\n'));
    deadlines.forEach(deadline -> text.append(deadline.deadline()).append('\n'));
    checksum.update(text.toString().getBytes(StandardCharsets.UTF_8));
    layout = checksum.getValue();
  }

  private void planTrails() {
    for (int number = 0; number < features.size(); number++) {
      Feature feature = features.get(number);
      String id = feature.of() + "|" + feature.field();
      boolean sightings =
          feature.aggregate() == Feature.Aggregate.DISTINCT
              || feature.aggregate() == Feature.Aggregate.AGE;
      int at = trails.stream().map(PlannedTrail::id).toList().indexOf(id);
      if (at < 0) {
        at = trails.size();
        trails.add(
            new PlannedTrail(id, bitOfFeature.get(number), number, feature.window(), sightings));
      } else {
        PlannedTrail known = trails.get(at);
        trails.set(
            at,
            new PlannedTrail(
                id,
                known.bit(),
                known.feature(),
                Math.max(known.retention(), feature.window()),
                known.sightings() || sightings));
      }
      trailOfFeature.add(at);
    }
  }

  List<PlannedTrail> trails() {
    return trails;
  }

  /** The trail of a feature. */
  PlannedTrail trailOf(int feature) {
    return trails.get(trailOfFeature.get(feature));
  }

  /** The value that an entry has for a feature, or null. */
  Object valueFor(int feature, Entry entry) {
    int column = columnOf(feature, entry.type());
    return column < 0 ? null : entry.columns()[column];
  }

  public EntityKind kind() {
    return kind;
  }

  public List<Feature> features() {
    return features;
  }

  public List<PlannedSequence> sequences() {
    return sequences;
  }

  public List<PlannedDeadline> deadlines() {
    return deadlines;
  }

  /** Names of the figures, features first: {@code user.orders_10m}. */
  public String[] figureNames() {
    return figureNames;
  }

  /** The rules whose condition has a part that is tested here. */
  public List<Plan.PlannedRule> rulesHere() {
    return rulesHere;
  }

  /** Changes when the meaning of journal bits or columns changes. */
  long layout() {
    return layout;
  }

  /** True when entities of this kind remember events of the type. */
  boolean remembers(EventType type) {
    return retention[type.ordinal()] > 0;
  }

  /** How long events of the type are remembered, milliseconds; 0 for not at all. */
  public long retention(EventType type) {
    return retention[type.ordinal()];
  }

  /** True when a condition tested here also looks at properties of such an event. */
  boolean readsEvent(EventType type) {
    return readsEvent[type.ordinal()];
  }

  /** This kind's bits for an event that matches these filters. */
  long bits(long[] matching) {
    long bits = 0;
    for (int bit = 0; bit < filters.length; bit++) {
      if (Bits.get(matching, filters[bit])) {
        bits |= 1L << bit;
      }
    }
    return bits;
  }

  Object[] columns(EventType type, org.apache.avro.specific.SpecificRecord record) {
    List<EventType.Field> fields = columns.get(type.ordinal());
    Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(i).valueIn(record);
    }
    return values;
  }

  int bitOfFeature(int feature) {
    return bitOfFeature.get(feature);
  }

  /** Where a feature's field stands among the columns of a type, or -1. */
  int columnOf(int feature, EventType type) {
    return columnOfFeature.get(feature)[type.ordinal()];
  }

  int[] figuresOf(int rule) {
    return figuresOfRule.get(rule);
  }

  /** Rules that this kind alone settles. */
  long[] homeRules() {
    return homeRules;
  }

  /** Rules that read this kind's figures. */
  long[] rulesReading() {
    return rulesReading;
  }
}
