package io.fenghuo.alerting.deliver;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.channel.Notice.Item;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.dedup.Dedup;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Flush.Told;
import io.fenghuo.alerting.group.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Queues, for each channel of the receiver, what it has not been told, and opens the incident. */
public final class Announce implements Step {

  private final Incidents incidents;

  public Announce(Incidents incidents) {
    this.incidents = incidents;
  }

  @Override
  public void apply(Flush flush) {
    boolean opens = incidents.opens(flush);
    Map<String, Told> before = Map.copyOf(flush.told());
    Receiver receiver = flush.routing().receivers().get(flush.route().receiver());
    Notice notice = notice(flush, before, opens);
    if (opens) {
      incidents.open(flush, notice);
    }
    for (Map.Entry<String, Channel> channel : receiver.channels().entrySet()) {
      Told last = before.get(channel.getKey());
      Optional<Dedup.News> news =
          Dedup.news(
              flush.open(),
              last,
              flush.route().repeatInterval(),
              channel.getValue().sendsResolved(),
              flush.now());
      if (news.isEmpty()) {
        continue;
      }
      flush.told().put(channel.getKey(), keepingHeld(flush, last, news.get().told()));
      news.get()
          .reason()
          .ifPresent(
              reason ->
                  Outbox.queue(
                      flush.handle(),
                      receiver,
                      channel.getKey(),
                      notice.with(notice.kind(), reason, receiver.name()),
                      flush.groupKey() + "|" + flush.openedAt() + "|" + flush.number(),
                      flush.now()));
    }
    if (!opens) {
      incidents.follow(flush, notice);
    }
  }

  /** Who was told that an alert burns is owed its end, also while it is held back. */
  private static Told keepingHeld(Flush flush, Told last, Told told) {
    if (last == null) {
      return told;
    }
    List<String> firing = new ArrayList<>(told.firing());
    for (KnownAlert alert : flush.alerts()) {
      String fingerprint = alert.fingerprint();
      if (flush.held().containsKey(fingerprint)
          && (last.firing().contains(fingerprint) || last.stale().contains(fingerprint))) {
        firing.add(fingerprint);
      }
    }
    return new Told(firing, told.stale(), told.resolved(), told.at());
  }

  /** What there is to say, but for why it is said now. */
  private Notice notice(Flush flush, Map<String, Told> before, boolean opens) {
    List<KnownAlert> told =
        flush.open().stream()
            .filter(alert -> !Dedup.PASSED.equals(alert.endedAs()))
            .filter(
                alert -> !alert.ended() || Dedup.isOwedAnEnd(before.values(), alert.fingerprint()))
            .sorted(
                Comparator.comparing(KnownAlert::ended)
                    .thenComparing(alert -> alert.labels().severity())
                    .thenComparing(KnownAlert::startsAt)
                    .thenComparing(KnownAlert::fingerprint))
            .toList();
    List<Item> items =
        told.stream().limit(Notice.MAX_ALERTS).map(alert -> item(flush, alert)).toList();
    boolean over = told.stream().allMatch(KnownAlert::ended);
    String incident = flush.incidentId() == null ? "" : flush.incidentId();
    return new Notice(
        "alert",
        over ? "resolved" : "firing",
        "",
        flush.route().receiver(),
        flush.groupKey(),
        flush.groupLabels().values(),
        common(told.stream().map(alert -> alert.labels().values()).toList()),
        common(told.stream().map(KnownAlert::annotations).toList()),
        items,
        told.size() - items.size(),
        flush.severity().label(),
        incident,
        incident.isEmpty() ? "" : incidents.link(incident, flush.now()),
        incident.isEmpty() || opens ? "" : incidents.answeredBy(flush.handle(), incident),
        List.of());
  }

  private static Item item(Flush flush, KnownAlert alert) {
    String status =
        alert.ended() ? alert.endedAs() : alert.staleAt(flush.now()) ? "stale" : "firing";
    return new Item(
        status,
        alert.labels().values(),
        alert.annotations(),
        alert.startsAt().toEpochMilli(),
        alert.ended() ? alert.endedAt().toEpochMilli() : 0,
        alert.generatorUrl(),
        alert.fingerprint());
  }

  /** What all of them share. */
  static Map<String, String> common(List<Map<String, String>> all) {
    Map<String, String> common = new LinkedHashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (Map<String, String> each : all) {
      each.forEach((name, value) -> counts.merge(name + "\0" + value, 1, Integer::sum));
    }
    if (!all.isEmpty()) {
      all.get(0)
          .forEach(
              (name, value) -> {
                if (counts.get(name + "\0" + value) == all.size()) {
                  common.put(name, value);
                }
              });
    }
    return common;
  }
}
