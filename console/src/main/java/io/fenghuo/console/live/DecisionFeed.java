package io.fenghuo.console.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.read.Heard;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.Outcome;
import io.fenghuo.schemas.Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** The newest decisions that ask for something: all the others look the same. */
public final class DecisionFeed implements Heard {

  private static final int SHOWN = 5;

  private final Deque<Decision> fresh = new ArrayDeque<>();

  @Override
  public synchronized void heard(Stream stream, SpecificRecord record) {
    if (record instanceof Decision decision && decision.getOutcome() != Outcome.PASS) {
      fresh.addFirst(decision);
      if (fresh.size() > SHOWN) {
        fresh.removeLast();
      }
    }
  }

  /** Those that came since the last call, the newest first, at most {@value #SHOWN}. */
  synchronized List<Decision> drain() {
    List<Decision> last = new ArrayList<>(fresh);
    fresh.clear();
    return last;
  }

  static ObjectNode json(Decision decision) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("decisionId", decision.getDecisionId());
    node.put("orderId", decision.getOrderId());
    node.put("revision", decision.getRevision());
    node.put("outcome", decision.getOutcome().name());
    node.put("score", decision.getScore());
    node.put("amount", decision.getAmount());
    node.put("currency", decision.getCurrency());
    node.put("userId", decision.getUserId());
    node.put("decisionTime", FigureJson.time(decision.getDecisionTime()));
    node.put("eventTime", FigureJson.time(decision.getEventTime()));
    node.set("reason", FigureJson.text(decision.getReason().getZh(), decision.getReason().getEn()));
    return node;
  }
}
