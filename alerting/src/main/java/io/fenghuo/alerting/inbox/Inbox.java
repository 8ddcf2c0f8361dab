package io.fenghuo.alerting.inbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.config.Routing;
import io.fenghuo.alerting.group.Groups;
import io.fenghuo.alerting.inhibit.Inhibit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;

/**
 * First step: what was reported becomes rows, and a member of its groups, in one transaction. Only
 * then is the sender told that we have it.
 */
public final class Inbox {

  private static final String STORE =
      """
      with heard as (
        select * from jsonb_to_recordset(cast(:alerts as jsonb)) as h(
          fingerprint text, labels jsonb, annotations jsonb, starts_at timestamptz,
          promised_until timestamptz, passes_at timestamptz, ended_at timestamptz,
          generator_url text, source text, explains boolean))
      insert into alert (fingerprint, labels, annotations, starts_at, heard_at, promised_until,
                         passes_at, ended_at, ended_as, generator_url, source, explains)
      select fingerprint, labels, annotations, starts_at, :now, promised_until, passes_at, ended_at,
             case when ended_at is not null then 'resolved' end, generator_url, source, explains
      from heard order by fingerprint
      on conflict (fingerprint) do update set
        annotations = excluded.annotations,
        -- One that goes on keeps its earliest start; one that comes again has a new one.
        starts_at = case when alert.ended_at is null or excluded.ended_at is not null
                    then least(alert.starts_at, excluded.starts_at) else excluded.starts_at end,
        heard_at = excluded.heard_at,
        promised_until = excluded.promised_until,
        passes_at = excluded.passes_at,
        -- What ended once goes on having ended then, however often the sender says so.
        ended_at = case when excluded.ended_at is not null and alert.ended_at is not null
                   then alert.ended_at else excluded.ended_at end,
        ended_as = case when excluded.ended_at is not null and alert.ended_at is not null
                   then alert.ended_as else excluded.ended_as end,
        generator_url = excluded.generator_url,
        source = excluded.source,
        explains = excluded.explains,
        stale = false
      """;

  private final Database database;
  private final Supplier<Routing> routing;
  private final InstantSource clock;

  public Inbox(Database database, Supplier<Routing> routing, InstantSource clock) {
    this.database = database;
    this.routing = routing;
    this.clock = clock;
  }

  public void accept(Collection<Reported> reported) {
    accept(reported, handle -> {});
  }

  /**
   * Stores alerts together with what says where they came from.
   *
   * @param also done in the same transaction, as noting how far a topic was read
   */
  public void accept(Collection<Reported> reported, HandleConsumer<RuntimeException> also) {
    database.useTransaction(
        handle -> {
          accept(handle, reported);
          also.useHandle(handle);
        });
  }

  /** Stores alerts as part of a transaction that has other things to do. */
  public void accept(Handle handle, Collection<Reported> reported) {
    if (reported.isEmpty()) {
      return;
    }
    // The last word on each alert, in order of fingerprint: two batches that meet lock alike.
    TreeMap<String, Reported> last = new TreeMap<>();
    reported.forEach(alert -> last.put(alert.fingerprint(), alert));
    store(handle, last.values());
    Groups.join(handle, routing.get(), last.values(), clock.instant());
    long ended = last.values().stream().filter(alert -> alert.endedAt() != null).count();
    Database.count(handle, "received", "resolved", ended);
    Database.count(handle, "received", "firing", last.size() - ended);
  }

  private void store(Handle handle, Collection<Reported> alerts) {
    ArrayNode rows = Json.MAPPER.createArrayNode();
    for (Reported alert : alerts) {
      ObjectNode row = rows.addObject();
      row.put("fingerprint", alert.fingerprint());
      row.set("labels", Json.MAPPER.valueToTree(alert.labels().values()));
      row.set("annotations", Json.MAPPER.valueToTree(alert.annotations()));
      row.put("starts_at", alert.startsAt().toString());
      row.put("promised_until", text(alert.promisedUntil()));
      row.put("passes_at", text(alert.passesAt()));
      row.put("ended_at", text(alert.endedAt()));
      row.put("generator_url", alert.generatorUrl());
      row.put("source", alert.source());
      row.put("explains", Inhibit.explains(routing.get(), alert.labels()));
    }
    handle
        .createUpdate(STORE)
        .bind("alerts", Json.write(rows))
        .bind("now", clock.instant())
        .execute();
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
