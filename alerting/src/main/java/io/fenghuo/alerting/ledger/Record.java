package io.fenghuo.alerting.ledger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.group.Counts;
import io.fenghuo.alerting.group.Flush;
import io.fenghuo.alerting.group.Flusher;
import io.fenghuo.alerting.group.Member;
import io.fenghuo.alerting.group.Step;
import io.fenghuo.alerting.route.Router;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Last step of a look at a group: notes what its channels were told, lets go of alerts that are
 * over for everybody, and sets the next look, or drops the group when nobody is left.
 */
public final class Record implements Step {

  @Override
  public void apply(Flush flush) {
    count(flush);
    // The next fire is another incident.
    String incident = flush.isOver() ? null : flush.incidentId();
    List<Member> staying = letGo(flush);
    Counts counts = flush.counts(staying);
    if (counts.size() == 0 && hasNoMembers(flush)) {
      drop(flush);
      return;
    }
    write(flush, staying);
    flush
        .handle()
        .createUpdate(
            "update alert_group set notified = cast(:told as jsonb), flushes = flushes + 1,"
                + " outside = :outside, counts = cast(:counts as jsonb),"
                + " common = cast(:common as jsonb),"
                + " next_flush_at = :next, incident_id = :incident where group_key = :key")
        .bind("told", Flusher.text(flush.toldAt()))
        .bind("outside", flush.outside())
        .bind("counts", counts.text())
        .bind("common", Json.write(flush.common()))
        .bind("next", flush.now().plus(flush.route().groupInterval()))
        .bind("incident", incident)
        .bind("key", flush.groupKey())
        .execute();
  }

  private static boolean hasNoMembers(Flush flush) {
    return flush
        .handle()
        .createQuery("select not exists (select 1 from group_alert where group_key = :key)")
        .bind("key", flush.groupKey())
        .mapTo(Boolean.class)
        .one();
  }

  private static void drop(Flush flush) {
    flush
        .handle()
        .createUpdate("delete from alert_group where group_key = :key")
        .bind("key", flush.groupKey())
        .execute();
  }

  /**
   * Lets members go that are over for everybody, or that another group has now. Only those that are
   * still over: an alert somebody reports at this very moment is locked by the inbox, is left for
   * the next look, and then burns.
   *
   * @return those that stay
   */
  private static List<Member> letGo(Flush flush) {
    Set<String> over = new TreeSet<>();
    Set<String> elsewhere = new TreeSet<>();
    for (Member member : flush.members()) {
      KnownAlert alert = member.alert();
      if (alert.ended() && !member.isOwedAnEnd()) {
        over.add(alert.fingerprint());
      }
      if (Router.places(flush.routing(), alert.labels()).stream()
          .noneMatch(place -> place.groupKey().equals(flush.groupKey()))) {
        elsewhere.add(alert.fingerprint());
      }
    }
    if (over.isEmpty() && elsewhere.isEmpty()) {
      return flush.members();
    }
    Set<String> gone = new TreeSet<>(over);
    gone.addAll(elsewhere);
    List<String> still =
        flush
            .handle()
            .createQuery(
                "select fingerprint from alert where fingerprint = any(:gone)"
                    + " order by fingerprint for share skip locked")
            .bindArray("gone", String.class, gone)
            .mapTo(String.class)
            .list();
    Set<String> left =
        flush
            .handle()
            .createQuery(
                "delete from group_alert m using alert a where m.group_key = :key"
                    + " and m.fingerprint = any(:still) and a.fingerprint = m.fingerprint"
                    + " and (a.ended_at is not null or m.fingerprint = any(:elsewhere))"
                    + " returning m.fingerprint")
            .bind("key", flush.groupKey())
            .bindArray("still", String.class, still)
            .bindArray("elsewhere", String.class, elsewhere)
            .mapTo(String.class)
            .set();
    return flush.members().stream()
        .filter(member -> !left.contains(member.alert().fingerprint()))
        .toList();
  }

  /** How this look leaves the members it weighed. */
  private static void write(Flush flush, List<Member> staying) {
    if (staying.isEmpty()) {
      return;
    }
    ArrayNode rows = Json.MAPPER.createArrayNode();
    for (Member member : staying) {
      Member.Standing standing = member.standing(flush.now());
      rows.addObject()
          .put("fingerprint", member.alert().fingerprint())
          // One that is over stays for as long as somebody is owed its end, or could not be let go.
          .put("weigh", member.alert().ended())
          .put("standing", standing.standing())
          .put("severity", standing.severity().ordinal())
          .put("starts_at", member.alert().startsAt().toString())
          .<ObjectNode>set("held", Json.MAPPER.valueToTree(standing.held()))
          .set("told", Json.MAPPER.valueToTree(standing.told()));
    }
    flush
        .handle()
        .createUpdate(
            "update group_alert m set weigh = w.weigh, standing = w.standing, severity = w.severity,"
                + " starts_at = w.starts_at, held = w.held, told = w.told"
                + " from jsonb_to_recordset(cast(:rows as jsonb)) as w(fingerprint text, weigh boolean,"
                + " standing text, severity smallint, starts_at timestamptz, held jsonb, told jsonb)"
                + " where m.group_key = :key and m.fingerprint = w.fingerprint")
        .bind("rows", Json.write(rows))
        .bind("key", flush.groupKey())
        .execute();
  }

  private static void count(Flush flush) {
    Counts all = flush.counts(flush.members());
    all.held()
        .forEach((reason, times) -> Database.count(flush.handle(), "suppressed", reason, times));
    if (!flush.mutedBy().isEmpty()) {
      Database.count(flush.handle(), "suppressed", "muted", all.size());
    }
  }
}
