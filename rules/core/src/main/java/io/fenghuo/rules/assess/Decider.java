package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.Finding.ListNote;
import io.fenghuo.rules.assess.Finding.Match;
import io.fenghuo.rules.assess.Finding.Witness;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.FeatureValue;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Text;
import io.fenghuo.schemas.UndecodableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;

/**
 * Last step of the risk path: brings an event's findings together, settles the rules, and says what
 * is to be done with the order.
 */
public final class Decider implements AutoCloseable {

  private static final int MOST_EVIDENCE = 20;
  private static final EntityKind[] KINDS = EntityKind.values();
  private static final Comparator<EvidenceEvent> NEWEST_FIRST =
      Comparator.comparingLong(EvidenceEvent::getEventTime)
          .thenComparing(EvidenceEvent::getEventId)
          .reversed();

  /** Hears what was decided. */
  public interface Verdicts {
    /**
     * @param order the order it belongs to after the decision
     */
    void decision(Decision decision, OrderCase order);

    void alert(AlertSignal signal);

    void hit(Rule rule);

    /** An event changed nothing: it had been settled before. */
    void repeat();
  }

  private final Plan plan;
  private final EventCodec codec;
  private final LongSupplier clock;
  private final RuleConditions conditions;

  /**
   * @param clock wall-clock milliseconds, for {@code decisionTime} only
   */
  public Decider(
      Plan plan, Expressions expressions, EventCodec codec, LongSupplier clock, Failures failures) {
    this.plan = plan;
    this.codec = codec;
    this.clock = clock;
    this.conditions = expressions.openRules(failures);
  }

  /**
   * Lets a decision stand that was published but is not known here, because it was made after the
   * state was saved.
   *
   * @return whether it was news
   */
  public boolean adopt(OrderCase order, Decision said) {
    Decision known = order.decision == null ? null : decodeDecision(order.decision);
    if (order.decided && known != null && known.getRevision() >= said.getRevision()) {
      return false;
    }
    order.decided = true;
    order.decision = codec.encode(said);
    return true;
  }

  /** Takes in one entity's finding. Call {@link #settle} next. */
  public void hear(OrderCase order, Finding finding) {
    order.add(finding);
  }

  /**
   * Settles every event that is complete and not later than the given event time, in order.
   *
   * @param time Long.MAX_VALUE to wait for nothing but completeness
   */
  public void settle(OrderCase order, long time, Verdicts verdicts) {
    List<Finding> findings = order.complete(time);
    while (!findings.isEmpty()) {
      event(order, findings, verdicts);
      findings = order.complete(time);
    }
  }

  private void event(OrderCase order, List<Finding> findings, Verdicts verdicts) {
    Finding head = findings.stream().filter(f -> f.event() != null).findFirst().orElseThrow();
    boolean together = head.expected() != 0;
    if (together && order.settled.contains(head.eventId())) {
      verdicts.repeat();
      return;
    }
    SpecificRecord record = decode(head.event());
    Object[][] figures = new Object[KINDS.length][];
    findings.forEach(finding -> figures[finding.kind().ordinal()] = finding.figures());
    long[] hits = hits(head, findings, record, figures);
    Facts facts = new Facts(record, figures, findings);
    for (int rule = Bits.next(hits, 0); rule >= 0; rule = Bits.next(hits, rule + 1)) {
      Plan.PlannedRule planned = plan.rules().get(rule);
      verdicts.hit(planned.rule());
      alert(planned, head, record, facts, verdicts);
    }
    if (!head.type().bearsOnOrder()) {
      return;
    }
    if (together) {
      order.settle(head.eventId());
    }
    List<ListNote> notes = new ArrayList<>();
    findings.forEach(finding -> notes.addAll(finding.lists()));
    boolean creation =
        record instanceof OrderEvent event
            && event.getType() == OrderType.CREATED
            && !order.decided;
    if (creation || !Bits.isEmpty(hits) || !notes.isEmpty()) {
      decide(order, head, record, hits, facts, creation, verdicts);
    }
  }

  /** The rules that hit: at their home, or, for those that need several entities, here. */
  private long[] hits(
      Finding head, List<Finding> findings, SpecificRecord record, Object[][] figures) {
    long[] hits = Bits.of(plan.rules().size());
    for (Finding finding : findings) {
      Bits.addAll(hits, Bits.and(finding.holding(), plan.entity(finding.kind()).homeRules()));
    }
    if (head.undecided() != null && !Bits.isEmpty(head.undecided())) {
      long[] open = head.undecided().clone();
      for (Finding finding : findings) {
        long[] refuted = finding.tested().clone();
        Bits.removeAll(refuted, finding.holding());
        Bits.removeAll(open, refuted);
      }
      if (!Bits.isEmpty(open)) {
        long[] holding = Bits.of(plan.rules().size());
        conditions.hold(head.type(), record, figures, holding);
        Bits.addAll(hits, Bits.and(holding, open));
      }
    }
    return hits;
  }

  private static void alert(
      Plan.PlannedRule planned,
      Finding head,
      SpecificRecord record,
      Facts facts,
      Verdicts verdicts) {
    Rule rule = planned.rule();
    EntityKind about = planned.alertEntity();
    if (about == null) {
      return;
    }
    String key = head.type().keyOf(record, about);
    if (key != null) {
      long piece = Math.floorDiv(head.time(), rule.alert().every());
      verdicts.alert(
          new AlertSignal(
              Alerts.alert(rule, about, key, head.time(), piece, facts.of(planned)),
              head.eventId()));
    }
  }

  // ---- the decision

  private void decide(
      OrderCase order,
      Finding head,
      SpecificRecord record,
      long[] hits,
      Facts facts,
      boolean creation,
      Verdicts verdicts) {
    Decision before = order.decision == null ? null : decodeDecision(order.decision);
    List<RuleHit> allHits = new ArrayList<>();
    Set<EvidenceEvent> evidence = new TreeSet<>(NEWEST_FIRST);
    Set<String> lists = new TreeSet<>();
    Set<String> known = new HashSet<>();
    if (before != null) {
      allHits.addAll(before.getHits());
      evidence.addAll(before.getEvidence());
      lists.addAll(before.getLists());
      allHits.forEach(hit -> known.add(hit.getRuleId()));
    }
    boolean news = false;
    for (int rule = Bits.next(hits, 0); rule >= 0; rule = Bits.next(hits, rule + 1)) {
      Plan.PlannedRule planned = plan.rules().get(rule);
      if (known.add(planned.rule().id())) {
        news = true;
        allHits.add(hit(planned, head, facts));
        facts.witnesses(planned).forEach(witness -> evidence.add(evidence(witness)));
        evidence.add(new EvidenceEvent(head.eventId(), head.time(), Wording.line(record)));
      }
    }
    for (Finding finding : facts.findings()) {
      for (ListNote note : finding.lists()) {
        news |=
            lists.add(
                note.list()
                    + " "
                    + finding.kind().label()
                    + " "
                    + note.key()
                    + ": "
                    + note.reason());
      }
    }
    if (!creation && !news) {
      return;
    }
    allHits.sort(Comparator.comparing(RuleHit::getRuleId));
    int score =
        Math.min(
            100,
            allHits.stream()
                .filter(hit -> hit.getMode() == RuleMode.LIVE)
                .mapToInt(RuleHit::getScore)
                .sum());
    Outcome outcome = outcome(allHits, score, lists);
    Decision.Builder builder =
        Decision.newBuilder()
            .setDecisionId("")
            .setOrderId(head.group())
            .setRevision(0)
            .setEventId(head.eventId())
            .setEventTime(head.time())
            .setDecisionTime(clock.getAsLong())
            .setOutcome(outcome)
            .setScore(score)
            .setHits(allHits)
            .setEvidence(evidence.stream().limit(MOST_EVIDENCE).toList())
            .setLists(List.copyOf(lists))
            .setReason(reason(allHits, lists))
            .setRuleSetVersion(plan.ruleSet().version());
    if (creation) {
      OrderEvent created = (OrderEvent) record;
      builder.setUserId(created.getUserId()).setAmount(created.getAmount());
      builder.setCurrency(created.getCurrency());
    } else if (before != null) {
      builder.setUserId(before.getUserId()).setAmount(before.getAmount());
      builder.setCurrency(before.getCurrency()).setRevision(before.getRevision());
    }
    boolean harder = order.decided && outcome.compareTo(before.getOutcome()) > 0;
    if (harder) {
      builder.setRevision(before.getRevision() + 1);
    }
    Decision decision = builder.build();
    if (creation || harder) {
      decision.setDecisionId(
          decision.getOrderId() + "#" + decision.getRevision() + "@" + decision.getEventId());
      order.decided = true;
      order.decision = codec.encode(decision);
      verdicts.decision(decision, order);
    } else if (order.decided) {
      // Remembered for the next revision, but what was published stands.
      decision.setDecisionId(before.getDecisionId());
      decision.setOutcome(before.getOutcome());
      order.decision = codec.encode(decision);
    } else {
      order.decision = codec.encode(decision);
    }
  }

  private Outcome outcome(List<RuleHit> hits, int score, Set<String> lists) {
    Outcome outcome = plan.ruleSet().policy().outcomeOf(score);
    for (RuleHit hit : hits) {
      if (hit.getMode() == RuleMode.LIVE && hit.getOutcome().compareTo(outcome) > 0) {
        outcome = hit.getOutcome();
      }
    }
    if (on(lists, ListKind.DENY)) {
      return Outcome.BLOCK;
    }
    if (on(lists, ListKind.ALLOW)) {
      return Outcome.PASS;
    }
    boolean watched = on(lists, ListKind.WATCH) && outcome.compareTo(Outcome.REVIEW) < 0;
    return watched ? Outcome.REVIEW : outcome;
  }

  private static boolean on(Set<String> lists, ListKind kind) {
    return lists.stream().anyMatch(note -> note.startsWith(kind.name() + " "));
  }

  /** The list entry that settles it first, then the live hits' reasons. */
  private static Text reason(List<RuleHit> hits, Set<String> lists) {
    List<String> zh = new ArrayList<>();
    List<String> en = new ArrayList<>();
    for (ListKind kind : ListKind.values()) {
      if (zh.isEmpty()) {
        lists.stream()
            .filter(note -> note.startsWith(kind.name() + " "))
            .findFirst()
            .ifPresent(
                note -> {
                  zh.add("名单 " + note);
                  en.add("list " + note);
                });
      }
    }
    for (RuleHit hit : hits) {
      if (hit.getMode() == RuleMode.LIVE) {
        zh.add(hit.getReason().getZh());
        en.add(hit.getReason().getEn());
      }
    }
    return zh.isEmpty()
        ? new Text("未命中规则", "no rule matched")
        : new Text(String.join("；", zh), String.join("; ", en));
  }

  private RuleHit hit(Plan.PlannedRule planned, Finding head, Facts facts) {
    Rule rule = planned.rule();
    List<FeatureValue> values = new ArrayList<>();
    for (String name : planned.names()) {
      values.add(new FeatureValue(name, facts.figure(name)));
    }
    Function<String, Object> names = facts.of(planned);
    return new RuleHit(
        rule.id(),
        rule.version(),
        rule.mode(),
        rule.outcome(),
        rule.score(),
        head.eventId(),
        values,
        new Text(Wording.fill(rule.reason().zh(), names), Wording.fill(rule.reason().en(), names)));
  }

  private EvidenceEvent evidence(Witness witness) {
    return new EvidenceEvent(
        witness.eventId(), witness.time(), Wording.line(decode(witness.bytes())));
  }

  private SpecificRecord decode(byte[] bytes) {
    try {
      return codec.decode(bytes);
    } catch (UndecodableException impossible) {
      throw new IllegalStateException("an event that was decoded before", impossible);
    }
  }

  private Decision decodeDecision(byte[] bytes) {
    return (Decision) decode(bytes);
  }

  @Override
  public void close() {
    conditions.close();
  }

  /** Everything said about one event, by name. */
  private final class Facts {

    private final SpecificRecord record;
    private final Object[][] figures;
    private final List<Finding> findings;

    Facts(SpecificRecord record, Object[][] figures, List<Finding> findings) {
      this.record = record;
      this.figures = figures;
      this.findings = findings;
    }

    List<Finding> findings() {
      return findings;
    }

    Object figure(String name) {
      EntityKind kind = EntityKind.ofLabel(name.substring(0, name.indexOf('.'))).orElseThrow();
      Object[] values = figures[kind.ordinal()];
      return values == null ? null : values[plan.figure(name)];
    }

    /** What a rule's texts may name: properties, figures, and steps of its sequence. */
    Function<String, Object> of(Plan.PlannedRule planned) {
      return name -> {
        int dot = name.indexOf('.');
        if (dot < 0) {
          return Wording.property(record, name);
        }
        String first = name.substring(0, dot);
        if (planned.rule().body() instanceof Rule.Sequence sequence) {
          for (int step = 0; step < sequence.steps().size(); step++) {
            if (sequence.steps().get(step).alias().equals(first)) {
              byte[] event = step(sequence.entity(), planned, step);
              return event == null
                  ? null
                  : Wording.property(decode(event), name.substring(dot + 1));
            }
          }
        }
        return figure(name);
      };
    }

    private byte[] step(EntityKind kind, Plan.PlannedRule planned, int step) {
      int figure = plan.figure(kind.label() + "." + planned.rule().shortName());
      for (Finding finding : findings) {
        if (finding.kind() == kind) {
          for (Match match : finding.matches()) {
            if (match.figure() == figure) {
              return match.events().get(step);
            }
          }
        }
      }
      return null;
    }

    /** The events behind the figures that a rule looks at. */
    List<Witness> witnesses(Plan.PlannedRule planned) {
      List<Witness> witnesses = new ArrayList<>();
      for (Finding finding : findings) {
        long[] looksAt = Bits.of(plan.entity(finding.kind()).figureNames().length);
        for (int figure : plan.entity(finding.kind()).figuresOf(planned.index())) {
          Bits.set(looksAt, figure);
        }
        for (Witness witness : finding.witnesses()) {
          if (Bits.intersects(looksAt, witness.figures())) {
            witnesses.add(witness);
          }
        }
      }
      return witnesses;
    }
  }
}
