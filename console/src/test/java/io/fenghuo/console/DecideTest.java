package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A decision in the request. */
class DecideTest {

  private static final String ORDER =
      "{'order':{'eventId':'e-%1$s','eventTime':'2026-11-11T12:00:00Z','orderId':'%1$s',"
          + "'type':'CREATED','userId':'u1','amount':100},'timeoutMillis':%2$d,'fallback':'CHALLENGE'}";

  private final MovingClock clock = new MovingClock(Instant.parse("2026-11-11T12:00:00Z"));
  private final TestConsole test = new TestConsole(clock);
  private Visitor shop;

  @BeforeEach
  void start() {
    test.start();
    shop = test.visitor().with("Authorization", "Bearer " + TestConsole.SHOP_TOKEN);
    // The risk job's part: every order is decided at once, but those of nobody.
    test.outgoing.then(
        sent -> {
          if (sent.record() instanceof OrderEvent order && !order.getOrderId().startsWith("slow")) {
            test.topics.write(
                Records.decision(order.getOrderId(), 0, Outcome.BLOCK, 95, Instant.now()));
          }
        });
    await()
        .until(
            () ->
                shop.post("/decide", ORDER.formatted("first", 9_000))
                        .json()
                        .path("decided")
                        .asBoolean()
                    || !test.outgoing.to("orders").isEmpty());
  }

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void anOrderIsPublishedAndItsDecisionAnswered() {
    Visitor.Answer answer = shop.post("/decide", ORDER.formatted("o-1", 5_000));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("decided").asBoolean()).isTrue();
    assertThat(answer.json().path("outcome").asText()).isEqualTo("BLOCK");
    assertThat(answer.json().path("reason").path("zh").asText()).isNotEmpty();
  }

  @Test
  void whoDoesNotWantToWaitGetsTheFallbackAndTheSameEventTheSameAnswer() {
    Visitor.Answer first = shop.post("/decide", ORDER.formatted("slow-1", 20));
    assertThat(first.json().toString())
        .isEqualTo("{\"decided\":false,\"outcome\":\"CHALLENGE\",\"why\":\"timeout\"}");
    test.topics.write(Records.decision("slow-1", 0, Outcome.PASS, 0, Instant.now()));
    assertThat(shop.post("/decide", ORDER.formatted("slow-1", 5_000)).json())
        .isEqualTo(first.json());

    Visitor.Answer decided = shop.post("/decide", ORDER.formatted("o-2", 5_000));
    await().until(() -> test.count("select count(*) from decide_answer") >= 2);
    test.stop();
    test.start();
    shop =
        new Visitor(test.console().address())
            .with("Authorization", "Bearer " + TestConsole.SHOP_TOKEN);
    long published = test.outgoing.to("orders").size();
    await()
        .until(
            () -> shop.post("/decide", ORDER.formatted("o-2", 100)).json().equals(decided.json()));
    assertThat(test.outgoing.to("orders")).hasSize((int) published);
  }

  @Test
  void aNewOrderIsPublishedWithoutALookAndYetGetsTheAnswerOfAnotherConsole() {
    clock.move(Duration.ofMinutes(10));
    test.database.useTransaction(
        handle ->
            handle.execute(
                "insert into decide_answer (event_id, at, answer)"
                    + " values ('e-slow-2', now(), '{\"decided\":true,\"outcome\":\"BLOCK\"}')"));
    String order = ORDER.formatted("slow-2", 9_000).replace("12:00:00Z", "12:05:00Z");
    assertThat(shop.post("/decide", order).json().path("outcome").asText()).isEqualTo("BLOCK");
    assertThat(test.outgoing.to("orders"))
        .extracting(sent -> ((OrderEvent) sent.record()).getOrderId())
        .contains("slow-2");
  }

  @Test
  void whoComesWhenTooManyWaitGetsTheFallbackAtOnceAndTheOrderIsPublished() throws Exception {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < TestConsole.MOST_WAITING; i++) {
      String order = ORDER.formatted("slow-many-" + i, 10_000);
      callers.add(new Thread(() -> shop.post("/decide", order)));
    }
    callers.forEach(Thread::start);
    await().until(() -> ordersOf("slow-many-") == TestConsole.MOST_WAITING);

    assertThat(shop.post("/decide", ORDER.formatted("slow-late", 10_000)).json().toString())
        .isEqualTo("{\"decided\":false,\"outcome\":\"CHALLENGE\",\"why\":\"busy\"}");
    assertThat(ordersOf("slow-late")).isEqualTo(1);
    test.outgoing.goAway(true);
    assertThat(shop.post("/decide", ORDER.formatted("slow-lost", 10_000)).json().path("why"))
        .as("an order Kafka does not have is not one that is only waited for")
        .isEqualTo(TextNode.valueOf("unavailable"));
    test.outgoing.goAway(false);

    for (int i = 0; i < TestConsole.MOST_WAITING; i++) {
      test.topics.write(Records.decision("slow-many-" + i, 0, Outcome.PASS, 0, Instant.now()));
    }
    for (Thread each : callers) {
      each.join();
    }
    assertThat(shop.post("/decide", ORDER.formatted("o-4", 5_000)).json().path("decided"))
        .isEqualTo(BooleanNode.TRUE);
  }

  private long ordersOf(String prefix) {
    return test.outgoing.to("orders").stream()
        .filter(sent -> ((OrderEvent) sent.record()).getOrderId().startsWith(prefix))
        .count();
  }

  @Test
  void withoutKafkaTheFallbackComesAtOnce() {
    test.outgoing.goAway(true);
    assertThat(shop.post("/decide", ORDER.formatted("o-3", 9_000)).json().path("why").asText())
        .isEqualTo("unavailable");
  }

  @Test
  void anOrderThatIsNoneIsRefusedWithItsField() {
    for (String body :
        new String[] {
          "{}",
          "{'order':{'orderId':'o'}}",
          ORDER.formatted("x", 5).replace("CREATED", "SHIPPED"),
          ORDER.formatted("x", 5).replace("'amount':100", "'amount':1.5"),
          ORDER.formatted("x", 5).replace("amount", "amuont"),
          ORDER.formatted("x", 0),
          ORDER.formatted("x", 999_999),
          ORDER.formatted("x", 5).replace("CHALLENGE", "PERHAPS")
        }) {
      Visitor.Answer answer = shop.post("/decide", body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.json().path("errors").get(0).path("message").asText()).isNotEmpty();
    }
    assertThat(
            test.visitor()
                .with("Authorization", "Bearer wrong")
                .post("/decide", ORDER.formatted("x", 5))
                .status())
        .isEqualTo(401);
  }
}
