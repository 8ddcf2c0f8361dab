package io.fenghuo.console.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.RuleInfo;
import io.fenghuo.console.access.AuditLog;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Verdict;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The review desk's routes. */
public final class ReviewApi {

  private static final int LONGEST_NOTE = 2_000;
  private static final int MOST_AT_ONCE = 500;
  private static final int LONGEST_VIEWS = 64_000;
  private static final Set<String> KINDS = Set.of("user", "device", "address", "account", "ip");
  private static final String[] FILTERS = {"state", "outcome", "minScore", "rule", "q", "sort"};

  private final ConsoleDatabase database;
  private final Cases cases;
  private final CasePage page;
  private final AuditLog audit;
  private final Duration promise;
  private final InstantSource clock;

  public ReviewApi(
      ConsoleDatabase database,
      Cases cases,
      List<RuleInfo> rules,
      AuditLog audit,
      Duration promise,
      InstantSource clock) {
    this.database = database;
    this.cases = cases;
    this.page = new CasePage(rules);
    this.audit = audit;
    this.promise = promise;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/cases", Need.VIEWER, "The queue", this::list).paged(FILTERS),
        Route.post("/cases/next", Need.DESK, "Take the first case of the queue", this::next)
            .body(FILTERS),
        Route.post(
                "/cases/bulk", Need.DESK, "Decide many cases, or see what it would do", this::bulk)
            .body("ids", "verdict", "note", "preview"),
        Route.get("/cases/{id}", Need.VIEWER, "Everything about a case", this::one),
        Route.post("/cases/{id}/take", Need.DESK, "Take a case", this::take),
        Route.post("/cases/{id}/release", Need.DESK, "Give a case back", this::release),
        Route.post("/cases/{id}/verdict", Need.DESK, "Decide a case", this::verdict)
            .body("verdict", "note"),
        Route.post("/cases/{id}/undo", Need.DESK, "Take the verdict back", this::undo),
        Route.post("/cases/{id}/list", Need.DESK, "Put an entity on a list", this::putOnList)
            .body("list", "entity", "value", "reason", "until"),
        Route.post("/cases/{id}/note", Need.DESK, "Add a note", this::note).body("text"),
        Route.post(
                "/cases/{id}/unmask", Need.DESK, "See personal data, with a reason", this::unmask)
            .body("reason"),
        Route.get("/views", Need.VIEWER, "One's saved filters", this::views),
        Route.put("/views", Need.VIEWER, "Save one's filters", this::saveViews).body("views"),
        Route.get("/team", Need.VIEWER, "How the desk is doing", this::team));
  }

  private static Queue queue(Call call) {
    return Queue.of(
        call.query("state").orElse(""),
        call.query("sort").orElse(""),
        call.query("outcome").orElse(""),
        call.query("minScore").orElse(""),
        call.query("rule").orElse(""),
        call.query("q").orElse(""));
  }

  private void list(Call call) {
    Queue queue = queue(call);
    int limit = call.limit();
    Optional<String[]> after = call.cursor(3);
    Instant now = clock.instant();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    database.read(
        handle -> {
          List<CaseRow> rows = queue.page(handle, call.user(), limit, after);
          Map<String, ObjectNode> verdicts =
              Verdicts.last(handle, rows.stream().map(CaseRow::orderId).toList());
          rows.forEach(row -> items.add(row.line(now, verdicts.get(row.orderId()))));
          answer.put("next", rows.size() < limit ? null : queue.cursor(rows.get(rows.size() - 1)));
          Cases.Counts counts = cases.counts(handle, call.who());
          answer
              .putObject("counts")
              .put("open", counts.open())
              .put("escalated", counts.escalated())
              .put("mine", counts.mine())
              .put("overdue", counts.overdue());
          return null;
        });
    call.answer(answer);
  }

  private void next(Call call) {
    JsonNode body = call.body();
    Queue queue =
        Queue.of(
            "",
            body.path("sort").asText(""),
            body.path("outcome").asText(""),
            body.path("minScore").asText(""),
            body.path("rule").asText(""),
            body.path("q").asText(""));
    Optional<ObjectNode> taken =
        database.inTransaction(
            handle ->
                cases
                    .next(handle, queue, call.user())
                    .map(row -> page.of(handle, row, clock.instant())));
    if (taken.isEmpty()) {
      call.nothing();
    } else {
      call.answer(taken.get());
    }
  }

  private void one(Call call) {
    String id = call.path("id");
    ObjectNode node =
        database.read(
            handle -> {
              CaseRow row = Cases.find(handle, id).orElseThrow(() -> Problem.notFound(id));
              call.etag(row.version());
              return page.of(handle, row, clock.instant());
            });
    call.answer(node);
  }

  private void take(Call call) {
    call.answer(
        database.inTransaction(
            handle ->
                page.of(
                    handle, cases.take(handle, call.path("id"), call.user()), clock.instant())));
  }

  private void release(Call call) {
    database.useTransaction(handle -> cases.release(handle, call.path("id"), call.who()));
    call.nothing();
  }

  private void verdict(Call call) {
    JsonNode body = call.body();
    Verdict verdict = Call.choice(Verdict.class, "verdict", Call.text(body, "verdict", 1, 20));
    String note = Call.text(body, "note", 0, LONGEST_NOTE);
    Instant undoUntil =
        database.inTransaction(
            handle -> {
              String id = call.path("id");
              Instant until = cases.decide(handle, id, verdict, call.user(), note);
              audit.note(
                  handle,
                  call,
                  verdict == Verdict.ESCALATE ? "escalate" : "verdict",
                  id,
                  note.isEmpty() ? verdict.name() : verdict + ": " + note);
              return until;
            });
    call.answer(Map.of("undoUntil", undoUntil.toString()));
  }

  private void undo(Call call) {
    call.answer(
        database.inTransaction(
            handle -> {
              String id = call.path("id");
              CaseRow row = cases.undo(handle, id, call.who());
              audit.note(handle, call, "verdict undone", id, "");
              return page.of(handle, row, clock.instant());
            }));
  }

  private void bulk(Call call) {
    JsonNode body = call.body();
    Verdict verdict = Call.choice(Verdict.class, "verdict", Call.text(body, "verdict", 1, 20));
    String note = Call.text(body, "note", 0, LONGEST_NOTE);
    boolean preview = body.path("preview").asBoolean(true);
    List<String> ids = new ArrayList<>();
    body.path("ids").forEach(id -> ids.add(Characters.storable(id.asText())));
    if (ids.isEmpty() || ids.size() > MOST_AT_ONCE) {
      throw Problem.field("ids", "expected 1 to " + MOST_AT_ONCE);
    }
    Cases.Bulk done =
        database.inTransaction(
            handle -> {
              Cases.Bulk bulk = cases.bulk(handle, ids, verdict, call.user(), note, preview);
              if (!preview) {
                audit.note(
                    handle, call, "bulk verdict", verdict.name(), bulk.would() + " cases: " + ids);
              }
              return bulk;
            });
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("would", done.would());
    answer.put("amount", done.amount());
    ArrayNode skipped = answer.putArray("skipped");
    done.skipped().forEach((id, why) -> skipped.addObject().put("id", id).put("why", why));
    call.answer(answer);
  }

  private void putOnList(Call call) {
    JsonNode body = call.body();
    String id = call.path("id");
    ListKind list = Call.choice(ListKind.class, "list", Call.text(body, "list", 1, 10));
    String entity = Call.text(body, "entity", 1, 10);
    if (!KINDS.contains(entity)) {
      throw Problem.field("entity", "expected one of " + KINDS.stream().sorted().toList());
    }
    String reason = Call.text(body, "reason", 1, LONGEST_NOTE);
    Instant until = body.hasNonNull("until") ? Call.time(body, "until") : null;
    String given = Call.text(body, "value", 0, 256);
    Instant now = clock.instant();
    database.useTransaction(
        handle -> {
          CaseRow row = Cases.find(handle, id).orElseThrow(() -> Problem.notFound(id));
          // The page knows the masked value only: the case's own is meant.
          String own = CasePage.entities(row, CasePage.order(handle, id)).get(entity);
          String value = given.isEmpty() || given.contains("*") ? own : given;
          if (value == null) {
            throw Problem.field("value", "the order has no " + entity);
          }
          ListEntry entry =
              ListEntry.newBuilder()
                  .setList(list)
                  .setEntity(entity)
                  .setValue(value)
                  .setReason(call.who() + ": " + reason)
                  .setFrom(now.toEpochMilli())
                  .setUntil(until == null ? null : until.toEpochMilli())
                  .build();
          Outbox.put(
              handle,
              Stream.LISTS.topic(),
              Stream.LISTS.keyOf(entry),
              EventCodec.singleObject().encode(entry),
              null,
              now);
          cases.tell(handle, id, call.who(), "listed", list + " " + entity + ": " + reason);
          audit.note(handle, call, "list", list + " " + entity, id + ": " + reason);
        });
    call.nothing();
  }

  private void note(Call call) {
    String text = Call.text(call.body(), "text", 1, LONGEST_NOTE);
    String id = call.path("id");
    database.useTransaction(
        handle -> {
          requireCase(handle, id);
          cases.tell(handle, id, call.who(), "note", text);
          audit.note(handle, call, "note", id, "");
        });
    call.nothing();
  }

  private static void requireCase(Handle handle, String id) {
    if (Cases.find(handle, id).isEmpty()) {
      throw Problem.notFound(id);
    }
  }

  private void unmask(Call call) {
    String reason = Call.text(call.body(), "reason", 4, LONGEST_NOTE);
    String id = call.path("id");
    JsonNode order =
        database.inTransaction(
            handle -> {
              requireCase(handle, id);
              JsonNode found = CasePage.order(handle, id).orElseThrow(() -> Problem.notFound(id));
              audit.note(handle, call, "unmask", id, reason);
              cases.tell(handle, id, call.who(), "unmasked", reason);
              return found;
            });
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("order", order);
    call.answer(answer);
  }

  private void views(Call call) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    database.read(
        handle -> {
          Optional<ObjectNode> stored =
              handle
                  .createQuery("select views, version from saved_views where name = :name")
                  .bind("name", call.who())
                  .map(
                      (row, context) -> {
                        call.etag(row.getLong("version"));
                        answer.set("views", Json.tree(row.getString("views")));
                        answer.put("etag", "\"" + row.getLong("version") + "\"");
                        return answer;
                      })
                  .findOne();
          if (stored.isEmpty()) {
            call.etag(0);
            answer.putArray("views");
            answer.put("etag", "\"0\"");
          }
          return null;
        });
    call.answer(answer);
  }

  private void saveViews(Call call) {
    JsonNode views = call.body().path("views");
    long version = call.ifMatch();
    String text = Json.write(views);
    if (!views.isArray() || text.length() > LONGEST_VIEWS) {
      throw Problem.field("views", "expected a list of at most " + LONGEST_VIEWS + " characters");
    }
    if (text.contains("\\u0000")) {
      throw Problem.field("views", "expected no NUL characters");
    }
    int saved =
        database.inTransaction(
            handle ->
                version == 0
                    ? handle
                        .createUpdate(
                            "insert into saved_views (name, views, version)"
                                + " values (:name, cast(:views as jsonb), 1) on conflict do nothing")
                        .bind("name", call.who())
                        .bind("views", text)
                        .execute()
                    : handle
                        .createUpdate(
                            "update saved_views set views = cast(:views as jsonb),"
                                + " version = version + 1"
                                + " where name = :name and version = :version")
                        .bind("views", text)
                        .bind("name", call.who())
                        .bind("version", version)
                        .execute());
    if (saved == 0) {
      throw Call.changed();
    }
    views(call);
  }

  /** Of the last 24 hours. Who hands a case on has not decided it. */
  private void team(Call call) {
    Instant now = clock.instant();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    database.read(
        handle -> {
          Cases.Counts counts = cases.counts(handle, call.who());
          answer.put("open", counts.open());
          answer.put("escalated", counts.escalated());
          handle
              .createQuery(
                  "select (select min(opened_at) from review_case where state = 'open') as oldest,"
                      + " (select min(escalated_at) from review_case where state = 'open'"
                      + " and escalated_at is not null) as handed_on")
              .map(
                  (row, context) ->
                      answer
                          .put("oldestMinutes", minutes(row.getTimestamp("oldest"), now))
                          .put(
                              "escalatedOldestMinutes",
                              minutes(row.getTimestamp("handed_on"), now)))
              .one();
          ArrayNode reviewers = answer.putArray("perReviewer");
          handle
              .createQuery(
                  """
                  select v.reviewer,
                         count(*) filter (where v.verdict <> 'ESCALATE') as done,
                         count(*) filter (where v.verdict = 'ESCALATE') as escalated,
                         extract(epoch from avg(v.at - v.taken_at)) as seconds,
                         avg((select avg(case when w.verdict = v.verdict then 1.0 else 0.0 end)
                              from verdict w where w.order_id = v.order_id
                                and w.reviewer <> v.reviewer and w.undone_at is null
                                and w.verdict <> 'ESCALATE'))
                           filter (where v.verdict <> 'ESCALATE') as agreement
                  from verdict v
                  where v.at > :since and v.undone_at is null
                  group by v.reviewer order by done desc
                  """)
              .bind("since", now.minus(Duration.ofDays(1)))
              .map(
                  (row, context) -> {
                    ObjectNode one = reviewers.addObject();
                    one.put("name", row.getString("reviewer"));
                    one.put("done", row.getLong("done"));
                    one.put("escalated", row.getLong("escalated"));
                    number(one, "secondsPerCase", row.getBigDecimal("seconds"));
                    number(one, "agreement", row.getBigDecimal("agreement"));
                    return one;
                  })
              .list();
          handle
              .createQuery(
                  "select avg(case when at <= opened_at + make_interval(secs => :promise)"
                      + " then 1.0 else 0.0 end) as kept from verdict"
                      + " where at > :since and undone_at is null and verdict <> 'ESCALATE'")
              .bind("promise", (double) promise.toSeconds())
              .bind("since", now.minus(Duration.ofDays(1)))
              .map(
                  (row, context) -> {
                    ObjectNode promised =
                        answer.putObject("promise").put("minutes", promise.toMinutes());
                    number(promised, "kept", row.getBigDecimal("kept"));
                    return promised;
                  })
              .one();
          return null;
        });
    call.answer(answer);
  }

  /** How long ago, or null. */
  private static Long minutes(Timestamp since, Instant now) {
    return since == null ? null : Duration.between(since.toInstant(), now).toMinutes();
  }

  private static void number(ObjectNode node, String name, BigDecimal value) {
    if (value == null) {
      node.putNull(name);
    } else {
      node.put(name, value.doubleValue());
    }
  }
}
