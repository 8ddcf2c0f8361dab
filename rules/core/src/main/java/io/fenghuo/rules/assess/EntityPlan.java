package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.Feature;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.expression.Link;
import io.fenghuo.rules.expression.Threshold;
import io.fenghuo.rules.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.avro.specific.SpecificRecord;

/**
 * What one kind of entity remembers and computes.
 *
 * <p>A <b>figure</b> is a feature or a sequence; figures are numbered, features first. In the
 * journal an entry has a bit for each of this kind's filters it matches, and the values of the
 * columns its features need.
 */
public final class EntityPlan {

  private static final int MOST_FILTERS = 64;

  /**
   * A property of a sequence's last event that must equal, or differ from, one of an earlier step.
   */
  record Tie(EventType.Field own, boolean equal, int step, EventType.Field other) {}

  /**
   * A sequence with the journal bits of its steps.
   *
   * @param ties some of what its last step needs of earlier ones
   */
  public record PlannedSequence(
      int figure,
      Rule rule,
      Rule.Sequence sequence,
      int[] stepBits,
      boolean strict,
      List<Tie> ties) {

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

    /**
     * False when no event of some earlier step is tied to the last event as it must be, so that
     * there is no need to look closer.
     */
    boolean tied(List<Entry> slice, List<SpecificRecord> records) {
      int last = slice.size() - 1;
      for (Tie tie : ties) {
        Object own = tie.own().valueIn(records.get(last));
        boolean found = false;
        for (int i = 0; i < last && own != null && !found; i++) {
          if ((slice.get(i).bits() & 1L << stepBits[tie.step()]) != 0) {
            Object other = tie.other().valueIn(records.get(i));
            found = other != null && other.equals(own) == tie.equal();
          }
        }
        if (!found) {
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
   * What a rule tested here needs of a figure.
   *
   * @param events so many events must be in the journal for that, at the least
   */
  record Need(int figure, Threshold threshold, long events) {}

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
  private final long[] retentionOfBit = new long[MOST_FILTERS];
  private final long[] retentionOfAny = new long[EventType.values().length];
  private final List<List<EventType.Field>> columns = new ArrayList<>();
  private final List<int[]> columnOfFeature = new ArrayList<>();
  private final List<PlannedTrail> trails = new ArrayList<>();
  private final List<Integer> trailOfFeature = new ArrayList<>();
  private final List<int[]> figuresOfRule = new ArrayList<>();
  private final List<List<Need>> needsOfRule = new ArrayList<>();
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

  private void remember(Collection<EventType> types, int bit, long millis) {
    types.forEach(type -> raise(retention, type.ordinal(), millis));
    if (bit < MOST_FILTERS) {
      raise(retentionOfBit, bit, millis);
    }
  }

  private static void raise(long[] values, int at, long value) {
    values[at] = Math.max(values[at], value);
  }

  void addFeature(Feature feature, int filter) {
    features.add(feature);
    bitOfFeature.add(bit(filter));
    remember(feature.of().types(), bit(filter), feature.window());
    int[] columnOf = new int[retention.length];
    Arrays.fill(columnOf, -1);
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
        new PlannedSequence(
            features.size() + sequences.size(), rule, sequence, bits, strict, ties(sequence)));
    for (int i = 0; i < bits.length; i++) {
      EventType type = sequence.steps().get(i).of().type();
      remember(List.of(type), bits[i], sequence.within());
      if (strict) {
        raise(retentionOfAny, type.ordinal(), sequence.within());
      }
    }
    pendingSequences.add(rule);
  }

  private static List<Tie> ties(Rule.Sequence sequence) {
    List<Tie> ties = new ArrayList<>();
    EventType type = sequence.last().of().type();
    for (Link link : sequence.last().of().condition().links()) {
      boolean turned = Rule.Step.isOfAlias(link.left());
      String own = turned ? link.right() : link.left();
      String other = turned ? link.left() : link.right();
      int dot = other.indexOf('.');
      for (int step = 0; step < sequence.steps().size() - 1; step++) {
        Rule.Step earlier = sequence.steps().get(step);
        if (Rule.Step.isOfAlias(other) && earlier.alias().equals(other.substring(0, dot))) {
          Optional<EventType.Field> ownField = type.field(own);
          Optional<EventType.Field> otherField =
              earlier.of().type().field(other.substring(dot + 1));
          // Numbers of two kinds are equal in other ways.
          if (ownField.isPresent()
              && otherField.isPresent()
              && ownField.get().kind() == otherField.get().kind()) {
            ties.add(new Tie(ownField.get(), link.equal(), step, otherField.get()));
          }
        }
      }
    }
    return ties;
  }

  void addDeadline(Rule rule, Rule.Deadline deadline, int start, int end) {
    deadlines.add(new PlannedDeadline(rule, deadline, bit(start), bit(end)));
    remember(deadline.start().types(), bit(start), 1);
    remember(deadline.end().types(), bit(end), deadline.within() + deadline.lookback() + 1);
  }

  void addRule(Plan.PlannedRule rule) {
    if (figureNames == null) {
      figureNames =
          Stream.concat(
                  features.stream().map(Feature::fullName),
                  pendingSequences.stream().map(r -> kind.label() + "." + r.shortName()))
              .toArray(String[]::new);
    }
    if (rule.off()) {
      figuresOfRule.add(new int[0]);
      needsOfRule.add(List.of());
      return;
    }
    List<String> names = Arrays.asList(figureNames);
    figuresOfRule.add(
        rule.condition().names().stream()
            .filter(names::contains)
            .distinct()
            .mapToInt(names::indexOf)
            .toArray());
    needsOfRule.add(
        rule.partFor(kind).thresholds().stream()
            .filter(threshold -> names.contains(threshold.name()))
            .map(threshold -> need(names.indexOf(threshold.name()), threshold))
            .toList());
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

  private Need need(int figure, Threshold threshold) {
    boolean counts =
        figure < features.size()
            && (features.get(figure).aggregate() == Feature.Aggregate.COUNT
                || features.get(figure).aggregate() == Feature.Aggregate.DISTINCT);
    return new Need(figure, threshold, counts ? (long) Math.ceil(threshold.least()) : 0);
  }

  /**
   * @param remember how long events are remembered that nothing looks at, milliseconds
   */
  void close(long remember, List<RuleError> errors) {
    for (int type = 0; type < retention.length; type++) {
      raise(retentionOfAny, type, Math.min(remember, retention[type]));
    }
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

  /** Whether an event, not later than the clock is due, meets its deadline. */
  boolean ends(Clock clock, Entry entry) {
    for (PlannedDeadline planned : deadlines) {
      if (planned.rule().id().equals(clock.rule())) {
        return (entry.bits() & 1L << planned.endBit()) != 0
            && entry.time() >= clock.start() - planned.deadline().lookback();
      }
    }
    return false;
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

  /** True when entities of this kind remember such an event, which matches these filters. */
  boolean remembers(EventType type, long bits) {
    return bits != 0 || retentionOfAny[type.ordinal()] > 0;
  }

  /** How long an event is remembered, milliseconds: as long as the longest of what looks at it. */
  long retention(Entry entry) {
    long longest = retentionOfAny[entry.type().ordinal()];
    for (long rest = entry.bits(); rest != 0; rest &= rest - 1) {
      longest = Math.max(longest, retentionOfBit[Long.numberOfTrailingZeros(rest)]);
    }
    return longest;
  }

  /** The longest that any event of the type is remembered, milliseconds; 0 for not at all. */
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

  Object[] columns(EventType type, SpecificRecord record) {
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

  /** What a rule needs of this kind's figures, at the least. */
  List<Need> needsOf(int rule) {
    return needsOfRule.get(rule);
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
