package io.fenghuo.console.decide;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.Outgoing;
import io.fenghuo.console.decide.RecentAnswers.Asked;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
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
  private static final int REMEMBERED = 20_000;
  private static final Duration KEPT = Duration.ofDays(7);
  private static final int KEPT_AT_ONCE = 500;

  private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

  private final ConsoleDatabase database;
  private final Outgoing outgoing;
  private final DecisionWaiters waiters;
  private final int mostWaiting;
  private final InstantSource clock;
  private final ThreadLocal<EventCodec> codecs = ThreadLocal.withInitial(EventCodec::singleObject);
  private final ExecutorService keeper =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "console-answers");
            thread.setDaemon(true);
            return thread;
          });
  private final Queue<Kept> unkept = new ConcurrentLinkedQueue<>();
  private final RecentAnswers answers;

  private record Kept(String eventId, Instant at, String answer) {}

  /**
   * @param mostWaiting when so many wait, others get the fallback at once
   */
  public DecideApi(
      ConsoleDatabase database,
      Outgoing outgoing,
      DecisionWaiters waiters,
      int mostWaiting,
      InstantSource clock) {
    this.database = database;
    this.outgoing = outgoing;
    this.waiters = waiters;
    this.mostWaiting = mostWaiting;
    this.clock = clock;
    this.answers = new RecentAnswers(REMEMBERED, clock.instant());
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
    Asked fresh = new Asked(clock.instant(), new CompletableFuture<>());
    Asked known = answers.putIfAbsent(order.getEventId(), fresh);
    if (known == null) {
      try {
        answer(order, millis, fallback, fresh);
      } catch (RuntimeException e) {
        answers.remove(order.getEventId());
        fresh.answer().completeExceptionally(e);
        throw e;
      }
    }
    CompletableFuture<String> asked = (known == null ? fresh : known).answer();
    call.context().future(() -> asked.thenAccept(call::answerWritten));
  }

  private static OrderEvent order(JsonNode json) {
    if (!json.isObject()) {
      throw Problem.field("order", "expected an order as JSON");
    }
    OrderEvent order;
    try {
      order =
          (OrderEvent)
              EventJson.fromMap(
                  OrderEvent.getClassSchema(), Json.MAPPER.convertValue(json, FIELDS));
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

  private void answer(OrderEvent order, int millis, Outcome fallback, Asked asked) {
    String eventId = order.getEventId();
    Instant happened = Instant.ofEpochMilli(order.getEventTime());
    // A shop waits for this, and most of the time not for the database.
    Optional<String> before =
        answers.mayBeForgotten(happened, asked.at()) ? before(eventId) : Optional.empty();
    if (before.isPresent()) {
      asked.answer().complete(before.get());
      return;
    }
    if (!waiters.isReading()) {
      asked.answer().complete(fallback(fallback, "unavailable"));
      // Nobody has seen the order: the next try may have more luck.
      answers.remove(eventId);
      return;
    }
    CompletableFuture<String> answer = asked.answer();
    boolean busy = waiters.waiting() >= mostWaiting;
    if (!busy) {
      waiters.await(eventId).thenAccept(decision -> answer.complete(decided(decision)));
    }
    outgoing
        .send(Stream.ORDERS.topic(), Stream.ORDERS.keyOf(order), codecs.get().encode(order))
        .whenComplete(
            (published, failure) -> {
              if (failure != null) {
                answer.complete(fallback(fallback, "unavailable"));
              } else if (busy) {
                // Not before Kafka has it: whoever reads this need not send it again.
                answer.complete(fallback(fallback, "busy"));
              }
            });
    answer
        .completeOnTimeout(fallback(fallback, "timeout"), millis, TimeUnit.MILLISECONDS)
        .thenAccept(
            text -> {
              waiters.forget(eventId);
              unkept.add(new Kept(eventId, asked.at(), text));
              keeper.execute(this::keep);
            });
    // An event that another console was asked about leads to no second decision.
    CompletableFuture.delayedExecutor(millis / 2, TimeUnit.MILLISECONDS, keeper)
        .execute(
            () -> {
              if (!answer.isDone()) {
                before(eventId).ifPresent(answer::complete);
              }
            });
  }

  private static String decided(Decision decision) {
    ObjectNode node = (ObjectNode) Json.tree(EventJson.toJson(decision));
    return Json.write(node.put("decided", true));
  }

  private static String fallback(Outcome outcome, String why) {
    return Json.write(
        Json.MAPPER
            .createObjectNode()
            .put("decided", false)
            .put("outcome", outcome.name())
            .put("why", why));
  }

  /** What the same event was answered when it is not known here any more. */
  private Optional<String> before(String eventId) {
    try {
      return database.read(
          handle ->
              handle
                  .createQuery("select answer from decide_answer where event_id = :id")
                  .bind("id", Characters.storable(eventId))
                  .mapTo(String.class)
                  .findOne());
    } catch (RuntimeException e) {
      // A shop must not wait for the database: at worst the same order is published twice.
      LOG.debug("earlier answers are not known: {}", e.toString());
      return Optional.empty();
    }
  }

  private void keep() {
    List<Kept> some = new ArrayList<>();
    for (Kept each = unkept.poll(); each != null; each = unkept.poll()) {
      some.add(each);
      if (some.size() == KEPT_AT_ONCE) {
        break;
      }
    }
    if (some.isEmpty()) {
      return;
    }
    try {
      database.useTransaction(handle -> keep(handle, some));
    } catch (RuntimeException e) {
      LOG.info("{} answers are kept in memory only: {}", some.size(), e.toString());
    }
  }

  private static void keep(Handle handle, List<Kept> answers) {
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into decide_answer (event_id, at, answer)"
                + " values (:id, :at, cast(:answer as jsonb)) on conflict do nothing");
    for (Kept each : answers) {
      batch
          .bind("id", Characters.storable(each.eventId()))
          .bind("at", each.at())
          .bind("answer", each.answer().replace("\\u0000", ""))
          .add();
    }
    batch.execute();
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
