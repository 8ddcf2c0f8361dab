package io.fenghuo.rules.assess;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What is known of one order (or of one other event) between its findings: those not yet complete,
 * and the decision as it stands.
 */
public final class OrderCase {

  private static final byte FORM = 1;
  private static final int FINISHED_EVENTS = 16;

  /** Findings that wait for others, or for event time. */
  final List<Finding> findings = new ArrayList<>(4);

  /**
   * Ids of the latest settled events that several entities speak of, so that a repeat changes
   * nothing.
   */
  final List<String> settled = new ArrayList<>(2);

  boolean decided;

  /**
   * The decision as published last, or a draft with the hits before the order's creation; null when
   * empty.
   */
  byte[] decision;

  public boolean isDecided() {
    return decided;
  }

  /** The decision as published last, or a draft; encoded, or null. */
  public byte[] decision() {
    return decision;
  }

  public boolean isEmpty() {
    return findings.isEmpty() && !decided && decision == null;
  }

  /** Takes in a finding unless the same one is here already. */
  void add(Finding finding) {
    boolean repeat =
        findings.stream()
            .anyMatch(f -> f.kind() == finding.kind() && f.eventId().equals(finding.eventId()));
    if (!repeat) {
      findings.add(finding);
    }
  }

  /**
   * Takes out the findings of the earliest event that is complete and not later than this event
   * time.
   *
   * @return empty when there is none
   */
  List<Finding> complete(long time) {
    Finding earliest = null;
    for (Finding finding : findings) {
      if (finding.time() <= time
          && (earliest == null || order(finding, earliest) < 0)
          && isComplete(finding)) {
        earliest = finding;
      }
    }
    List<Finding> together = new ArrayList<>(4);
    if (earliest != null) {
      for (Iterator<Finding> each = findings.iterator(); each.hasNext(); ) {
        Finding finding = each.next();
        if (finding.eventId().equals(earliest.eventId())) {
          together.add(finding);
          each.remove();
        }
      }
    }
    return together;
  }

  private boolean isComplete(Finding finding) {
    int missing = finding.expected();
    for (Finding other : findings) {
      if (missing != 0 && other.eventId().equals(finding.eventId())) {
        missing &= ~(1 << other.kind().ordinal());
      }
    }
    return missing == 0;
  }

  private static int order(Finding a, Finding b) {
    int byTime = Long.compare(a.time(), b.time());
    return byTime != 0 ? byTime : a.eventId().compareTo(b.eventId());
  }

  /** Notes that an event is done with. */
  void settle(String eventId) {
    if (settled.size() == FINISHED_EVENTS) {
      settled.remove(0);
    }
    settled.add(eventId);
  }

  public byte[] pack(Packer out) {
    out.reset();
    out.put(FORM).truth(decided).blob(decision).number(findings.size());
    findings.forEach(finding -> finding.pack(out));
    out.number(settled.size());
    settled.forEach(out::text);
    return out.toBytes();
  }

  public static OrderCase unpack(byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    byte form = in.get();
    if (form != FORM) {
      throw new IllegalStateException(
          "order state of form "
              + form
              + " (expected: "
              + FORM
              + "); it was written by another version");
    }
    OrderCase order = new OrderCase();
    order.decided = in.truth();
    order.decision = in.blob();
    for (int n = in.count(); n > 0; n--) {
      order.findings.add(Finding.unpack(in));
    }
    for (int n = in.count(); n > 0; n--) {
      order.settled.add(in.text());
    }
    return order;
  }

  /** Rough size in memory, bytes. */
  public int weight() {
    return 300 + (decision == null ? 0 : decision.length) + findings.size() * 500;
  }
}
