package io.fenghuo.console.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.read.Partitions.Table;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.RuleHit;
import io.fenghuo.schemas.RuleMode;
import io.fenghuo.schemas.Window;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Writes a batch. Each kind of record is one statement with all rows as one JSON parameter, and
 * each is an upsert: what is read twice changes nothing.
 */
final class Tables {

  private static final String DECISIONS =
      """
      insert into decision (decision_id, order_id, revision, event_id, event_time, decision_time,
                            outcome, score, user_id, amount, currency, rules, shadow_rules, body)
      select decision_id, order_id, revision, event_id, event_time, decision_time, outcome, score,
             user_id, amount, currency, rules, shadow_rules, body
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        decision_id text, order_id text, revision int, event_id text, event_time timestamptz,
        decision_time timestamptz, outcome text, score int, user_id text, amount bigint,
        currency text, rules text[], shadow_rules text[], body jsonb)
      on conflict do nothing
      """;

  /**
   * A later revision makes the case what it is now, and opens it again when somebody had decided on
   * less than is known now.
   */
  private static final String CASES =
      """
      insert into review_case (order_id, decision_id, revision, outcome, score, amount, currency,
                               user_id, rules, reason_zh, reason_en, event_time, opened_at,
                               opened_ms, due_at, state)
      select distinct on (order_id) order_id, decision_id, revision, outcome, score, amount,
             currency, user_id, rules, body -> 'reason' ->> 'zh', body -> 'reason' ->> 'en',
             event_time, decision_time, cast(extract(epoch from decision_time) * 1000 as bigint),
             decision_time + make_interval(secs => :promise), 'open'
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        decision_id text, order_id text, revision int, event_time timestamptz,
        decision_time timestamptz, outcome text, score int, user_id text, amount bigint,
        currency text, rules text[], body jsonb)
      where outcome <> 'PASS'
      order by order_id, revision desc
      on conflict (order_id) do update set
        decision_id = excluded.decision_id, revision = excluded.revision,
        outcome = excluded.outcome, score = excluded.score, amount = excluded.amount,
        rules = excluded.rules, reason_zh = excluded.reason_zh, reason_en = excluded.reason_en,
        event_time = excluded.event_time,
        state = case when review_case.state = 'done' then 'open' else review_case.state end,
        opened_at = case when review_case.state = 'done' then excluded.opened_at
                    else review_case.opened_at end,
        opened_ms = case when review_case.state = 'done' then excluded.opened_ms
                    else review_case.opened_ms end,
        due_at = case when review_case.state = 'done' then excluded.due_at
                 else review_case.due_at end,
        taken_by = case when review_case.state = 'done' then null else review_case.taken_by end,
        escalated_by = case when review_case.state = 'done' then null
                       else review_case.escalated_by end,
        escalated_at = case when review_case.state = 'done' then null
                       else review_case.escalated_at end,
        escalated_note = case when review_case.state = 'done' then null
                         else review_case.escalated_note end,
        done_at = null,
        version = review_case.version + 1
      where review_case.revision < excluded.revision
      """;

  private static final String EVENTS =
      """
      insert into event (event_id, event_time, stream, kind, order_id, user_id, device_id, account,
                         address, ip, body)
      select event_id, event_time, stream, kind, order_id, user_id, device_id, account, address, ip,
             body
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        event_id text, event_time timestamptz, stream text, kind text, order_id text, user_id text,
        device_id text, account text, address text, ip text, body jsonb)
      on conflict do nothing
      """;

  private static final String FIGURES =
      """
      insert into %1$s as f (name, cut, dims, length, from_time, to_time, value, numerator,
                             denominator, unit, error, ranking, since, revision)
      select name, cut, dims, length, from_time, to_time, value, numerator, denominator, unit,
             error, ranking, since, revision
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        name text, cut text, dims text, length text, from_time timestamptz, to_time timestamptz,
        value float8, numerator float8, denominator float8, unit text, error float8,
        ranking jsonb, since bigint, revision bigint)
      on conflict (name, dims, length, from_time) do update set
        value = excluded.value, numerator = excluded.numerator,
        denominator = excluded.denominator, error = excluded.error, ranking = excluded.ranking,
        since = excluded.since, revision = excluded.revision
      where (f.since, f.revision) <= (excluded.since, excluded.revision)
      """;

  private static final String ALERTS =
      """
      insert into alert as a (alert_id, fingerprint, rule_id, mode, severity, starts_at, ends_at, body)
      select alert_id, fingerprint, rule_id, mode, severity, starts_at, ends_at, body
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        alert_id text, fingerprint text, rule_id text, mode text, severity text,
        starts_at timestamptz, ends_at timestamptz, body jsonb)
      on conflict (alert_id, starts_at) do update set
        severity = excluded.severity, ends_at = excluded.ends_at, body = excluded.body
      """;

  private static final String DEAD_LETTERS =
      """
      insert into dead_letter (topic, part, at_offset, at, reason, detail, key, value, bytes)
      select topic, part, at_offset, at, reason, detail, decode(key, 'base64'),
             decode(value, 'base64'), bytes
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        topic text, part int, at_offset bigint, at timestamptz, reason text, detail text, key text,
        value text, bytes bigint)
      on conflict do nothing
      """;

  private static final String OFFSETS =
      """
      insert into read_offset (topic, part, next_offset)
      select topic, part, next_offset
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(topic text, part int, next_offset bigint)
      on conflict (topic, part) do update set next_offset = excluded.next_offset
      """;

  private final Partitions partitions;
  private final Duration promise;

  /**
   * @param promise within which a case should be decided
   */
  Tables(Partitions partitions, Duration promise) {
    this.partitions = partitions;
    this.promise = promise;
  }

  /** Writes it as part of a transaction. What is too old to be kept is passed over. */
  void write(Handle handle, Batch batch, Instant now) {
    write(
        handle,
        Table.DECISION,
        DECISIONS,
        batch.decisions.values(),
        each -> Instant.ofEpochMilli(each.getEventTime()),
        Tables::row,
        now);
    cases(handle, batch.decisions.values(), now);
    write(handle, Table.EVENT, EVENTS, batch.events.values(), EventRow::time, Tables::row, now);
    List<KpiPoint> minutes = new ArrayList<>();
    List<KpiPoint> longer = new ArrayList<>();
    for (KpiPoint point : batch.figures.values()) {
      (point.getWindow() == Window.MINUTE ? minutes : longer).add(point);
    }
    figures(handle, Table.FIGURE_MINUTE, minutes, now);
    figures(handle, Table.FIGURE_LONG, longer, now);
    write(
        handle,
        Table.ALERT,
        ALERTS,
        batch.alerts.values(),
        each -> Instant.ofEpochMilli(each.getStartsAt()),
        Tables::row,
        now);
    write(
        handle,
        Table.DEAD_LETTER,
        DEAD_LETTERS,
        batch.deadLetters.values(),
        each -> Instant.ofEpochMilli(each.getTimestamp()),
        Tables::row,
        now);
    offsets(handle, batch);
  }

  private void figures(Handle handle, Table table, Collection<KpiPoint> points, Instant now) {
    write(
        handle,
        table,
        FIGURES.formatted(table.sql()),
        points,
        each -> Instant.ofEpochMilli(each.getFrom()),
        Tables::row,
        now);
  }

  private <T> void write(
      Handle handle,
      Table table,
      String sql,
      Collection<T> records,
      Function<T, Instant> time,
      Function<T, ObjectNode> row,
      Instant now) {
    ArrayNode rows = Json.MAPPER.createArrayNode();
    List<Instant> times = new ArrayList<>();
    for (T each : records) {
      Instant at = time.apply(each);
      if (partitions.keeps(table, at, now)) {
        times.add(at);
        rows.add(row.apply(each));
      }
    }
    if (!rows.isEmpty()) {
      partitions.ensure(handle, table, times);
      handle.createUpdate(sql).bind("rows", Json.write(rows)).execute();
    }
  }

  private void cases(Handle handle, Collection<Decision> decisions, Instant now) {
    ArrayNode rows = Json.MAPPER.createArrayNode();
    for (Decision decision : decisions) {
      Instant at = Instant.ofEpochMilli(decision.getEventTime());
      if (decision.getOutcome() != Outcome.PASS && partitions.keeps(Table.DECISION, at, now)) {
        rows.add(row(decision));
      }
    }
    if (!rows.isEmpty()) {
      handle
          .createUpdate(CASES)
          .bind("rows", Json.write(rows))
          .bind("promise", (double) promise.toSeconds())
          .execute();
    }
  }

  private static void offsets(Handle handle, Batch batch) {
    ArrayNode rows = Json.MAPPER.createArrayNode();
    batch.next.forEach(
        (partition, offset) ->
            rows.addObject()
                .put("topic", partition.topic())
                .put("part", partition.partition())
                .put("next_offset", offset));
    if (!rows.isEmpty()) {
      handle.createUpdate(OFFSETS).bind("rows", Json.write(rows)).execute();
    }
  }

  private static ObjectNode row(Decision decision) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    text(row, "decision_id", decision.getDecisionId());
    text(row, "order_id", decision.getOrderId());
    row.put("revision", decision.getRevision());
    text(row, "event_id", decision.getEventId());
    row.put("event_time", time(decision.getEventTime()));
    row.put("decision_time", time(decision.getDecisionTime()));
    row.put("outcome", decision.getOutcome().name());
    row.put("score", decision.getScore());
    text(row, "user_id", decision.getUserId());
    row.put("amount", decision.getAmount());
    text(row, "currency", decision.getCurrency());
    ArrayNode live = row.putArray("rules");
    ArrayNode shadow = row.putArray("shadow_rules");
    for (RuleHit hit : decision.getHits()) {
      (hit.getMode() == RuleMode.SHADOW ? shadow : live).add(Characters.storable(hit.getRuleId()));
    }
    row.set("body", body(EventJson.toJson(decision)));
    return row;
  }

  private static ObjectNode row(EventRow event) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    text(row, "event_id", event.eventId());
    row.put("event_time", event.time().toString());
    row.put("stream", event.stream());
    row.put("kind", event.kind());
    text(row, "order_id", event.orderId());
    text(row, "user_id", event.userId());
    text(row, "device_id", event.deviceId());
    text(row, "account", event.account());
    text(row, "address", event.address());
    text(row, "ip", event.ip());
    row.set("body", body(event.body()));
    return row;
  }

  private static ObjectNode row(KpiPoint point) {
    Map<String, String> dimensions = new TreeMap<>(point.getDimensions());
    ObjectNode row = Json.MAPPER.createObjectNode();
    text(row, "name", point.getName());
    text(row, "cut", String.join(",", dimensions.keySet()));
    text(row, "dims", Json.write(dimensions));
    row.put("length", point.getWindow().name());
    row.put("from_time", time(point.getFrom()));
    row.put("to_time", time(point.getTo()));
    number(row, "value", point.getValue());
    row.put("numerator", finite(point.getNumerator()));
    row.put("denominator", finite(point.getDenominator()));
    row.put("unit", point.getUnit());
    row.put("error", finite(point.getError()));
    if (!point.getRanking().isEmpty()) {
      ArrayNode ranking = row.putArray("ranking");
      point
          .getRanking()
          .forEach(
              item ->
                  ranking
                      .addObject()
                      .put("item", Characters.storable(item.getItem()))
                      .put("value", finite(item.getValue())));
    }
    row.put("since", point.getSince() == null ? 0 : point.getSince());
    row.put("revision", point.getRevision());
    return row;
  }

  private static ObjectNode row(Alert alert) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    text(row, "alert_id", alert.getAlertId());
    text(row, "fingerprint", alert.getFingerprint());
    text(row, "rule_id", alert.getRuleId());
    row.put("mode", alert.getMode().name());
    row.put("severity", alert.getSeverity().name());
    row.put("starts_at", time(alert.getStartsAt()));
    row.put("ends_at", alert.getEndsAt() == null ? null : time(alert.getEndsAt()));
    row.set("body", body(EventJson.toJson(alert)));
    return row;
  }

  private static ObjectNode row(DeadLetter letter) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    text(row, "topic", letter.getTopic());
    row.put("part", letter.getPartition());
    row.put("at_offset", letter.getOffset());
    row.put("at", time(letter.getTimestamp()));
    text(row, "reason", letter.getReason());
    text(row, "detail", Characters.cut(letter.getDetail(), 2_000));
    row.put("key", letter.getKey() == null ? null : base64(letter.getKey()));
    row.put("value", base64(letter.getValue()));
    row.put("bytes", letter.getValueLength());
    return row;
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private static void text(ObjectNode row, String name, String value) {
    row.put(name, Characters.storable(value));
  }

  private static void number(ObjectNode row, String name, Double value) {
    if (value == null || !Double.isFinite(value)) {
      row.putNull(name);
    } else {
      row.put(name, value);
    }
  }

  /** JSON knows no infinity; a figure that has one is nobody's. */
  private static double finite(double value) {
    return Double.isFinite(value) ? value : 0;
  }

  /** The record as JSON that the database can keep. */
  private static JsonNode body(String json) {
    JsonNode tree = Json.tree(json);
    return json.contains("\\u0000") ? storable(tree) : tree;
  }

  private static JsonNode storable(JsonNode node) {
    if (node.isTextual()) {
      return TextNode.valueOf(Characters.storable(node.asText()));
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(each -> array.add(storable(each)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.fields()
          .forEachRemaining(
              field -> object.set(Characters.storable(field.getKey()), storable(field.getValue())));
      return object;
    }
    return node;
  }
}
