package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EvidenceEvent;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What is known of each order, and the decisions published on it. */
final class Orders {

  private static final int EVIDENCE = 20;

  private final Map<Outcome, Integer> thresholds;
  private final Map<List<String>, ListEntry> lists = new LinkedHashMap<>();
  private final Map<String, Order> orders = new HashMap<>();
  private final List<Decision> decisions = new ArrayList<>();

  private static final class Order {
    final TreeMap<String, Hit> hits = new TreeMap<>();

    /** Texts of the entries that hold; denials and allowances of earlier events among them. */
    final Map<ListKind, SortedSet<String>> listed =
        Map.of(
            ListKind.DENY, new TreeSet<>(),
            ListKind.ALLOW, new TreeSet<>(),
            ListKind.WATCH, new TreeSet<>());

    Event created;
    Decision last;
  }

  Orders(Map<Outcome, Integer> thresholds, Collection<ListEntry> entries) {
    this.thresholds = thresholds;
    for (ListEntry entry : entries) {
      lists.put(List.of(entry.getList().name(), entry.getEntity(), entry.getValue()), entry);
    }
  }

  /** Takes an event of an order with its hits. True when it is the order's creation. */
  boolean add(Event event, List<Hit> hits) {
    Order order = orders.computeIfAbsent(event.key("order"), id -> new Order());
    for (Hit hit : hits) {
      order.hits.putIfAbsent(hit.rule().getRuleId(), hit);
    }
    lookUp(event, order);
    boolean creation = order.created == null && event.get("type") == OrderType.CREATED;
    if (creation) {
      order.created = event;
    }
    if (order.created != null) {
      Outcome outcome = outcome(order);
      if (creation || outcome.compareTo(order.last.getOutcome()) > 0) {
        publish(order, event, outcome);
      }
    }
    return creation;
  }

  List<Decision> decisions() {
    return decisions.stream()
        .sorted(Comparator.comparing(Decision::getOrderId).thenComparingInt(Decision::getRevision))
        .toList();
  }

  private void lookUp(Event event, Order order) {
    for (ListEntry entry : lists.values()) {
      boolean inTime =
          entry.getFrom() <= event.time()
              && (entry.getUntil() == null || event.time() < entry.getUntil());
      if (!entry.getRemoved() && inTime && entry.getValue().equals(event.key(entry.getEntity()))) {
        order
            .listed
            .get(entry.getList())
            .add(
                "%s %s %s: %s"
                    .formatted(
                        entry.getList(), entry.getEntity(), entry.getValue(), entry.getReason()));
      }
    }
  }

  private Outcome outcome(Order order) {
    if (!order.listed.get(ListKind.DENY).isEmpty()) {
      return Outcome.BLOCK;
    }
    if (!order.listed.get(ListKind.ALLOW).isEmpty()) {
      return Outcome.PASS;
    }
    Outcome outcome = Outcome.PASS;
    for (RuleHit hit : liveHits(order)) {
      outcome = worse(outcome, hit.getOutcome());
    }
    for (Map.Entry<Outcome, Integer> threshold : thresholds.entrySet()) {
      if (score(order) >= threshold.getValue()) {
        outcome = worse(outcome, threshold.getKey());
      }
    }
    boolean watched = !order.listed.get(ListKind.WATCH).isEmpty();
    return watched ? worse(outcome, Outcome.REVIEW) : outcome;
  }

  private static Outcome worse(Outcome a, Outcome b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static List<RuleHit> liveHits(Order order) {
    return order.hits.values().stream()
        .map(Hit::rule)
        .filter(hit -> hit.getMode() == RuleMode.LIVE)
        .toList();
  }

  private static int score(Order order) {
    return Math.min(100, liveHits(order).stream().mapToInt(RuleHit::getScore).sum());
  }

  private void publish(Order order, Event event, Outcome outcome) {
    TreeSet<String> listed = new TreeSet<>();
    order.listed.values().forEach(listed::addAll);
    order.last =
        new Decision(
            "",
            event.key("order"),
            order.last == null ? 0 : order.last.getRevision() + 1,
            event.id(),
            event.time(),
            0L,
            outcome,
            score(order),
            (String) order.created.get("userId"),
            (Long) order.created.get("amount"),
            (String) order.created.get("currency"),
            order.hits.values().stream().map(Hit::rule).toList(),
            evidence(order),
            List.copyOf(listed),
            new Text(
                reason(order, "名单 ", Text::getZh, "；", "未命中规则"),
                reason(order, "list ", Text::getEn, "; ", "no rule matched")),
            "");
    decisions.add(order.last);
  }

  private static List<EvidenceEvent> evidence(Order order) {
    TreeSet<Event> newestFirst = new TreeSet<>(Event.IN_ORDER.reversed());
    order.hits.values().forEach(hit -> newestFirst.addAll(hit.contributing()));
    return newestFirst.stream()
        .limit(EVIDENCE)
        .map(event -> new EvidenceEvent(event.id(), event.time(), ""))
        .toList();
  }

  private static String reason(
      Order order, String list, Function<Text, String> language, String comma, String nothing) {
    List<String> parts = new ArrayList<>();
    for (ListKind kind : List.of(ListKind.DENY, ListKind.ALLOW, ListKind.WATCH)) {
      if (parts.isEmpty() && !order.listed.get(kind).isEmpty()) {
        parts.add(list + order.listed.get(kind).iterator().next());
      }
    }
    liveHits(order).forEach(hit -> parts.add(language.apply(hit.getReason())));
    return parts.isEmpty() ? nothing : String.join(comma, parts);
  }
}
