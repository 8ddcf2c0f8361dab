package io.fenghuo.console.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What was answered last, by the order's event; and which events cannot have been asked before. */
final class RecentAnswers {

  /** How far a shop's clock may be ahead of ours. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private final int most;
  private final Map<String, Asked> byEvent = new LinkedHashMap<>();
  private Instant forgottenUntil;

  /**
   * @param answer JSON
   */
  record Asked(Instant at, CompletableFuture<String> answer) {}

  /**
   * @param begin what was asked before is not remembered
   */
  RecentAnswers(int most, Instant begin) {
    this.most = most;
    this.forgottenUntil = begin;
  }

  /** Remembers that an event is asked about now, and returns what was remembered of it, or null. */
  synchronized Asked putIfAbsent(String eventId, Asked fresh) {
    Asked known = byEvent.putIfAbsent(eventId, fresh);
    if (byEvent.size() > most) {
      Map.Entry<String, Asked> eldest = byEvent.entrySet().iterator().next();
      forgottenUntil = eldest.getValue().at();
      byEvent.remove(eldest.getKey());
    }
    return known;
  }

  synchronized void remove(String eventId) {
    byEvent.remove(eventId);
  }

  /**
   * Whether an event may have been asked about before what is remembered. Not when it happened
   * since; what has not happened yet says nothing about when it was asked.
   */
  synchronized boolean mayBeForgotten(Instant happened, Instant now) {
    return happened.isAfter(now) || !happened.isAfter(forgottenUntil.plus(AHEAD));
  }
}
