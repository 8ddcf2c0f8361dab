package io.fenghuo.alerting.deliver;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.channel.Notice.Item;
import io.fenghuo.alerting.config.Receiver;
import io.fenghuo.alerting.dedup.Dedup;
import io.fenghuo.alerting.escalate.Incidents;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Member;
import io.fenghuo.alerting.group.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Queues, for each channel of the receiver, what it has not been told, and opens the incident. */
public final class Announce implements Step {

  private static final String LABELS = "labels";
  private static final String ANNOTATIONS = "annotations";

  private final Incidents incidents;

  public Announce(Incidents incidents) {
    this.incidents = incidents;
  }

  @Override
  public void apply(Flush flush) {
    boolean opens = incidents.opens(flush);
    Notice notice = notice(flush, opens);
    if (opens) {
      incidents.open(flush, notice);
    }
    Receiver receiver = flush.routing().receivers().get(flush.route().receiver());
    for (Map.Entry<String, Channel> channel : receiver.channels().entrySet()) {
      tell(flush, receiver, channel.getKey(), channel.getValue(), notice);
    }
    if (!opens) {
      incidents.follow(flush, notice);
    }
  }

  private static void tell(
      Flush flush, Receiver receiver, String name, Channel channel, Notice notice) {
    Optional<Dedup.News> news =
        Dedup.news(
            new Dedup.Before(name, flush.toldAt().get(name), flush.hasBurnt(name)),
            flush.open(),
            flush.burningCount() > 0,
            flush.route().repeatInterval(),
            channel.sendsResolved(),
            flush.now());
    if (news.isEmpty()) {
      return;
    }
    // Who was told that an alert burns is owed its end, also while it is held back.
    flush.open().forEach(member -> member.tell(name, flush.now()));
    flush.toldAt().put(name, news.get().at());
    news.get()
        .reason()
        .ifPresent(
            reason ->
                Outbox.queue(
                    flush.handle(),
                    receiver,
                    name,
                    notice.with(notice.kind(), reason, receiver.name()),
                    flush.groupKey() + "|" + flush.openedAt() + "|" + flush.number(),
                    flush.now()));
  }

  /** What there is to say, but for why it is said now. */
  private Notice notice(Flush flush, boolean opens) {
    List<KnownAlert> burning = flush.worst(Notice.MAX_ALERTS);
    Map<String, String> labels = Map.of();
    Map<String, String> annotations = Map.of();
    if (!burning.isEmpty()) {
      List<KnownAlert> changed = flush.burning().stream().map(Member::alert).toList();
      labels = flush.shared(LABELS, common(burning.get(0).labels().values(), labelsOf(changed)));
      annotations =
          flush.shared(ANNOTATIONS, common(burning.get(0).annotations(), annotationsOf(changed)));
    }
    flush.share(labels, annotations);
    // Those whose end some channel is owed; nobody is told of the others.
    List<KnownAlert> ended =
        flush.open().stream()
            .filter(member -> member.alert().ended() && member.isOwedAnEnd())
            .map(Member::alert)
            .filter(alert -> !Dedup.PASSED.equals(alert.endedAs()))
            .sorted(KnownAlert.WORST_FIRST)
            .toList();
    if (burning.isEmpty() && !ended.isEmpty()) {
      labels = ended.get(0).labels().values();
      annotations = ended.get(0).annotations();
    }
    List<Item> items =
        Stream.concat(burning.stream(), ended.stream())
            .limit(Notice.MAX_ALERTS)
            .map(alert -> item(flush, alert))
            .toList();
    String incident = flush.incidentId() == null ? "" : flush.incidentId();
    return new Notice(
        "alert",
        burning.isEmpty() ? "resolved" : "firing",
        "",
        flush.route().receiver(),
        flush.groupKey(),
        flush.groupLabels().values(),
        common(labels, labelsOf(ended)),
        common(annotations, annotationsOf(ended)),
        items,
        flush.burningCount() + ended.size() - items.size(),
        flush.severity().label(),
        incident,
        incident.isEmpty() ? "" : incidents.link(incident, flush.now()),
        incident.isEmpty() || opens ? "" : incidents.answeredBy(flush.handle(), incident),
        List.of());
  }

  private static List<Map<String, String>> labelsOf(List<KnownAlert> alerts) {
    return alerts.stream().map(alert -> alert.labels().values()).toList();
  }

  private static List<Map<String, String>> annotationsOf(List<KnownAlert> alerts) {
    return alerts.stream().map(KnownAlert::annotations).toList();
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

  /** Of pairs, those that all others have too. */
  static Map<String, String> common(Map<String, String> pairs, List<Map<String, String>> others) {
    Map<String, String> common = new LinkedHashMap<>(pairs);
    for (Map<String, String> each : others) {
      common.entrySet().removeIf(pair -> !pair.getValue().equals(each.get(pair.getKey())));
    }
    return common;
  }
}
