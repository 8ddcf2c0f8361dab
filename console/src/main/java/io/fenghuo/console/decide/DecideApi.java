package io.fenghuo.console.decide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.Outgoing;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Route;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.InvalidEventException;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A decision in the request: the order is published like any other, and whoever asked waits for its
 * decision as long as they like. No thread waits.
 */
public final class DecideApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DecideApi.class);
  private static final int STANDARD_MILLIS = 500;
  private static final int MOST_MILLIS = 10_000;
  private static final int REMEMBERED = 100_000;
  private static final Duration KEPT = Duration.ofDays(7);

  private final ConsoleDatabase database;
  private final Outgoing outgoing;
  private final DecisionWaiters waiters;
  private final InstantSource clock;
  private final ThreadLocal<EventCodec> codecs = ThreadLocal.withInitial(EventCodec::singleObject);
  private final ExecutorService keeper =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "console-answers");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, CompletableFuture<ObjectNode>> answers =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(
                Map.Entry<String, CompletableFuture<ObjectNode>> eldest) {
              return size() > REMEMBERED;
            }
          });

  public DecideApi(
      ConsoleDatabase database, Outgoing outgoing, DecisionWaiters waiters, InstantSource clock) {
    this.database = database;
    this.outgoing = outgoing;
    this.waiters = waiters;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/decide", Need.SHOP, "The decision on an order, in the request", this::decide)
            .body("order", "timeoutMillis", "fallback"));
  }

  private void decide(Call call) {
    JsonNode body = call.body();
    OrderEvent order = order(body.path("order"));
    int millis = millis(body);
    Outcome fallback =
        body.hasNonNull("fallback")
            ? Call.choice(Outcome.class, "fallback", body.path("fallback").asText())
            : Outcome.REVIEW;
    CompletableFuture<ObjectNode> fresh = new CompletableFuture<>();
    CompletableFuture<ObjectNode> known = answers.putIfAbsent(order.getEventId(), fresh);
    if (known == null) {
      try {
        answer(order, millis, fallback, fresh);
      } catch (RuntimeException e) {
        answers.remove(order.getEventId());
        fresh.completeExceptionally(e);
        throw e;
      }
    }
    CompletableFuture<ObjectNode> asked = known == null ? fresh : known;
    call.context().future(() -> asked.thenAccept(call::answer));
  }

  private static OrderEvent order(JsonNode json) {
    if (!json.isObject()) {
      throw Problem.field("order", "expected an order as JSON");
    }
    OrderEvent order;
    try {
      order = (OrderEvent) EventJson.fromJson(OrderEvent.getClassSchema(), json.toString());
    } catch (InvalidEventException wrong) {
      throw Problem.field("order", wrong.getMessage());
    }
    if (order.getType() != OrderType.CREATED) {
      throw Problem.field("order", "type: " + order.getType() + " (expected CREATED)");
    }
    if (order.getEventId().isBlank() || order.getOrderId().isBlank()) {
      throw Problem.field("order", "eventId and orderId must not be blank");
    }
    return order;
  }

  private static int millis(JsonNode body) {
    JsonNode given = body.path("timeoutMillis");
    if (given.isMissingNode() || given.isNull()) {
      return STANDARD_MILLIS;
    }
    if (!given.isInt() || given.asInt() < 1 || given.asInt() > MOST_MILLIS) {
      throw Problem.field("timeoutMillis", "expected a whole number from 1 to " + MOST_MILLIS);
    }
    return given.asInt();
  }

  private void answer(
      OrderEvent order, int millis, Outcome fallback, CompletableFuture<ObjectNode> answer) {
    String eventId = order.getEventId();
    Optional<ObjectNode> before = before(eventId);
    if (before.isPresent()) {
      answer.complete(before.get());
      return;
    }
    if (!waiters.isReading()) {
      answer.complete(fallback(fallback, "unavailable"));
      // Nobody has seen the order: the next try may have more luck.
      answers.remove(eventId);
      return;
    }
    byte[] value = codecs.get().encode(order);
    CompletableFuture<Decision> decision = waiters.await(eventId);
    outgoing
        .send(Stream.ORDERS.topic(), Stream.ORDERS.keyOf(order), value)
        .exceptionally(
            failure -> {
              decision.completeExceptionally(failure);
              return null;
            });
    decision
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .handle(
            (made, failure) -> {
              waiters.forget(eventId);
              ObjectNode node =
                  failure == null
                      ? decided(made)
                      : fallback(
                          fallback,
                          failure instanceof TimeoutException ? "timeout" : "unavailable");
              keeper.execute(() -> keep(eventId, node));
              answer.complete(node);
              return null;
            });
  }

  private static ObjectNode decided(Decision decision) {
    ObjectNode node = (ObjectNode) Json.tree(EventJson.toJson(decision));
    node.put("decided", true);
    return node;
  }

  private static ObjectNode fallback(Outcome outcome, String why) {
    return Json.MAPPER
        .createObjectNode()
        .put("decided", false)
        .put("outcome", outcome.name())
        .put("why", why);
  }

  /** What the same event was answered before this process began, or what it was decided. */
  private Optional<ObjectNode> before(String eventId) {
    try {
      return database.read(
          handle ->
              handle
                  .createQuery("select answer from decide_answer where event_id = :id")
                  .bind("id", Characters.storable(eventId))
                  .mapTo(String.class)
                  .findOne()
                  .map(text -> (ObjectNode) Json.tree(text)));
    } catch (RuntimeException e) {
      // A shop must not wait for the database: at worst the same order is published twice.
      LOG.debug("earlier answers are not known: {}", e.toString());
      return Optional.empty();
    }
  }

  private void keep(String eventId, ObjectNode answer) {
    try {
      database.useTransaction(
          handle ->
              handle
                  .createUpdate(
                      "insert into decide_answer (event_id, at, answer)"
                          + " values (:id, :now, cast(:answer as jsonb)) on conflict do nothing")
                  .bind("id", Characters.storable(eventId))
                  .bind("now", clock.instant())
                  .bind("answer", Json.write(answer).replace("\\u0000", ""))
                  .execute());
    } catch (RuntimeException e) {
      LOG.info("the answer on {} is kept in memory only: {}", eventId, e.toString());
    }
  }

  /** Drops answers nobody asks for again. */
  public static void forget(Handle handle, Instant now) {
    handle
        .createUpdate("delete from decide_answer where at < :before")
        .bind("before", now.minus(KEPT))
        .execute();
  }

  @Override
  public void close() {
    keeper.shutdown();
    try {
      if (!keeper.awaitTermination(5, TimeUnit.SECONDS)) {
        keeper.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
