package io.fenghuo.console.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.Outgoing;
import io.fenghuo.console.access.AuditLog;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.read.TopicReader;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.InvalidEventException;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.jdbi.v3.core.Handle;

/** How Fenghuo itself is, and what it could not use. */
public final class HealthApi {

  private static final long SEND_SECONDS = 10;

  private final ConsoleDatabase database;
  private final Jobs jobs;
  private final Pulse pulse;
  private final TopicReader reader;
  private final Outgoing outgoing;
  private final AuditLog audit;
  private final ZoneId zone;
  private final Supplier<Map<String, String>> versions;
  private final InstantSource clock;

  /**
   * @param versions of the parts, by name
   */
  public HealthApi(
      ConsoleDatabase database,
      Jobs jobs,
      Pulse pulse,
      TopicReader reader,
      Outgoing outgoing,
      AuditLog audit,
      ZoneId zone,
      Supplier<Map<String, String>> versions,
      InstantSource clock) {
    this.database = database;
    this.jobs = jobs;
    this.pulse = pulse;
    this.reader = reader;
    this.outgoing = outgoing;
    this.audit = audit;
    this.zone = zone;
    this.versions = versions;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/health", Need.VIEWER, "Jobs, lag, database, versions", this::health),
        Route.get("/dead-letters", Need.VIEWER, "Records that could not be used", this::list)
            .paged("reason", "topic"),
        Route.post(
                "/dead-letters/{id}/replay",
                Need.ON_CALL,
                "Publish one again, as it was or corrected",
                this::replay)
            .body("json"));
  }

  private void health(Call call) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode all = answer.putArray("jobs");
    Long stateBytes = null;
    for (Jobs.Job job : jobs.jobs()) {
      ObjectNode node = all.addObject();
      node.put("name", job.name());
      node.put("state", job.state());
      node.put("restarts", job.restarts());
      node.put("checkpointAgeSeconds", job.checkpointAgeSeconds());
      node.put("lastFailure", job.lastFailure());
      node.put("stateBytes", job.stateBytes());
      if (job.stateBytes() != null) {
        stateBytes = (stateBytes == null ? 0 : stateBytes) + job.stateBytes();
      }
    }
    ArrayNode lag = answer.putArray("lag");
    pulse
        .lag()
        .forEach((topic, records) -> lag.addObject().put("topic", topic).put("records", records));
    answer.put("stateBytes", stateBytes);
    ObjectNode letters = answer.putObject("deadLetters");
    ObjectNode state = answer.putObject("database");
    try {
      database.read(handle -> letters(handle, letters));
      Long bytes =
          database.read(
              handle ->
                  handle
                      .createQuery("select pg_database_size(current_database())")
                      .mapTo(Long.class)
                      .one());
      state.put("bytes", bytes);
      state.put("state", reader.isStoring() ? "ok" : "behind");
    } catch (RuntimeException e) {
      // The one page that must be there when the database is not.
      if (!ConsoleDatabase.isAway(e)) {
        throw e;
      }
      letters.putNull("today");
      letters.putObject("byReason");
      state.put("state", "away");
      state.putNull("bytes");
    }
    answer.put("unreadable", reader.unreadable());
    ObjectNode parts = answer.putObject("versions");
    versions.get().forEach(parts::put);
    call.answer(answer);
  }

  private Void letters(Handle handle, ObjectNode letters) {
    ZonedDateTime today =
        ZonedDateTime.ofInstant(clock.instant(), zone).toLocalDate().atStartOfDay(zone);
    long[] sum = {0};
    ObjectNode byReason = Json.MAPPER.createObjectNode();
    handle
        .createQuery(
            "select reason, count(*) as count from dead_letter where at >= :since"
                + " group by reason order by 2 desc")
        .bind("since", today.toInstant())
        .map(
            (row, context) -> {
              sum[0] += row.getLong("count");
              return byReason.put(row.getString("reason"), row.getLong("count"));
            })
        .list();
    letters.put("today", sum[0]);
    letters.set("byReason", byReason);
    return null;
  }

  private void list(Call call) {
    int limit = call.limit();
    Optional<String> reason = call.query("reason");
    Optional<String> topic = call.query("topic");
    Optional<String[]> after = call.cursor(2);
    boolean mayRead = call.user().has(Role.ON_CALL);
    EventCodec codec = EventCodec.singleObject();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    String[] last = new String[2];
    database.read(
        handle ->
            handle
                .createQuery(
                    "select *, topic || '~' || part || '~' || at_offset as id from dead_letter"
                        + " where (cast(:reason as text) is null or reason = :reason)"
                        + " and (cast(:topic as text) is null or topic = :topic)"
                        + (after.isPresent()
                            ? " and (at, topic || '~' || part || '~' || at_offset)"
                                + " < (cast(:at as timestamptz), :id)"
                            : "")
                        + " order by at desc, id desc limit :limit")
                .bind("reason", reason.orElse(null))
                .bind("topic", topic.orElse(null))
                .bind("at", after.map(parts -> parts[0]).orElse(null))
                .bind("id", after.map(parts -> parts[1]).orElse(null))
                .bind("limit", limit)
                .map(
                    (row, context) -> {
                      last[0] = row.getTimestamp("at").toInstant().toString();
                      last[1] = row.getString("id");
                      ObjectNode item = items.addObject();
                      item.put("id", row.getString("id"));
                      item.put("topic", row.getString("topic"));
                      item.put("partition", row.getInt("part"));
                      item.put("offset", row.getLong("at_offset"));
                      item.put("at", last[0]);
                      item.put("reason", row.getString("reason"));
                      item.put("detail", row.getString("detail"));
                      item.put("bytes", row.getLong("bytes"));
                      item.put("json", mayRead ? json(codec, row.getBytes("value")) : null);
                      var replayed = row.getTimestamp("replayed_at");
                      item.put(
                          "replayedAt", replayed == null ? null : replayed.toInstant().toString());
                      return item;
                    })
                .list());
    answer.put("next", items.size() < limit ? null : Call.cursor(last[0], last[1]));
    call.answer(answer);
  }

  /** The event those bytes stand for, or null when they stand for none. */
  private static String json(EventCodec codec, byte[] value) {
    try {
      return EventJson.toJson(codec.decode(value));
    } catch (UndecodableException | RuntimeException e) {
      return null;
    }
  }

  private record Letter(String topic, Instant at, byte[] key, byte[] value, long bytes) {}

  private void replay(Call call) {
    String id = call.path("id");
    String[] place = id.split("~");
    Letter letter = find(place).orElseThrow(() -> Problem.notFound(id));
    Stream stream =
        Stream.ofTopic(letter.topic()).orElseThrow(() -> Problem.notFound(letter.topic()));
    JsonNode json = call.body().path("json");
    String key = letter.key() == null ? null : new String(letter.key(), StandardCharsets.UTF_8);
    byte[] value = letter.value();
    if (json.isTextual() || json.isObject()) {
      SpecificRecord event = event(stream, json.isTextual() ? json.asText() : json.toString());
      key = stream.keyOf(event);
      value = EventCodec.singleObject().encode(event);
    } else if (letter.bytes() > value.length) {
      throw new Problem(
          409,
          "cut",
          "原始记录过长，只保存了开头，请提交修正后的事件",
          "Only the beginning of the record is kept: send a corrected event");
    }
    try {
      outgoing.send(letter.topic(), key, value).orTimeout(SEND_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new Problem(
          503, "kafka_away", "Kafka 暂时不可用，未重放", "Kafka did not take it: nothing was replayed");
    }
    database.useTransaction(
        handle -> {
          handle
              .createUpdate(
                  "update dead_letter set replayed_at = :now, replayed_by = :who"
                      + " where topic = :topic and part = :part and at_offset = :offset")
              .bind("now", clock.instant())
              .bind("who", call.who())
              .bind("topic", letter.topic())
              .bind("part", Integer.parseInt(place[1]))
              .bind("offset", Long.parseLong(place[2]))
              .execute();
          audit.note(
              handle, call, "dead letter replayed", id, json.isMissingNode() ? "" : "corrected");
        });
    call.nothing();
  }

  private static SpecificRecord event(Stream stream, String json) {
    try {
      return EventJson.fromJson(stream.schema(), json);
    } catch (InvalidEventException wrong) {
      throw Problem.field("json", wrong.getMessage());
    }
  }

  private Optional<Letter> find(String[] place) {
    if (place.length != 3 || !place[1].matches("\\d{1,6}") || !place[2].matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return database.read(
        handle ->
            handle
                .createQuery(
                    "select * from dead_letter where topic = :topic and part = :part"
                        + " and at_offset = :offset order by at desc limit 1")
                .bind("topic", place[0])
                .bind("part", Integer.parseInt(place[1]))
                .bind("offset", Long.parseLong(place[2]))
                .map(
                    (row, context) ->
                        new Letter(
                            row.getString("topic"),
                            row.getTimestamp("at").toInstant(),
                            row.getBytes("key"),
                            row.getBytes("value"),
                            row.getLong("bytes")))
                .findOne());
  }
}
