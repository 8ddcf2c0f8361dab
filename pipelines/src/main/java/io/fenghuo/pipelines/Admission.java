package io.fenghuo.pipelines;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.ResourceSample;
import io.fenghuo.schemas.TrafficEvent;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a decoded record must satisfy to be let in. A sender's mistake ends as a dead letter with a
 * reason; it must not move the watermark, and no rule must see it.
 */
final class Admission {

  private static final long MOST_MONEY = 1_000_000_000_000L;
  private static final int LONGEST_ID = 200;

  /** Nobody's clock is so slow; whoever sends what is older reads in an archive. */
  private static final long ARCHIVE = 86_400_000L;

  /**
   * Texts of an event come back in hits, evidence and reasons, and a decision must fit a record.
   */
  private static final int LONGEST_TEXT = 1_000;

  /** Why a record is refused. {@code reason} is short and also the metric's label. */
  record Refusal(String reason, String detail) {}

  private final long oldest;
  private final long future;
  private final long behind;

  /**
   * @param oldest first event time let in, milliseconds
   * @param future how far an event time may be ahead of the clock, milliseconds
   * @param behind how old a host's sample may be when Kafka is given it, milliseconds
   */
  Admission(long oldest, long future, long behind) {
    this.oldest = oldest;
    this.future = future;
    this.behind = behind;
  }

  /**
   * Null when the record is let in.
   *
   * @param stamped when Kafka was given the record, milliseconds
   */
  Refusal refuse(SpecificRecord record, long stamped, long now) {
    return first(special(record, stamped, now), texts(record));
  }

  /** True when an event took so long that the sender's clock is slow, or it could not send. */
  boolean isDelayed(long time, long stamped) {
    return stamped - time > behind && stamped - time < ARCHIVE;
  }

  private Refusal special(SpecificRecord record, long stamped, long now) {
    if (record instanceof OrderEvent order) {
      return first(
          id("eventId", order.getEventId()),
          id("orderId", order.getOrderId()),
          time(order.getEventTime(), now),
          range("amount", order.getAmount(), 0, MOST_MONEY),
          range("discount", order.getDiscount(), 0, MOST_MONEY),
          items(order));
    } else if (record instanceof PaymentEvent payment) {
      return first(
          id("eventId", payment.getEventId()),
          id("orderId", payment.getOrderId()),
          time(payment.getEventTime(), now),
          range("amount", payment.getAmount(), 0, MOST_MONEY),
          range("latencyMs", payment.getLatencyMs(), 0, 86_400_000L));
    } else if (record instanceof LoginEvent login) {
      return first(
          id("eventId", login.getEventId()),
          time(login.getEventTime(), now),
          degrees("latitude", login.getLatitude(), 90),
          degrees("longitude", login.getLongitude(), 180));
    } else if (record instanceof TrafficEvent traffic) {
      return first(
          id("eventId", traffic.getEventId()),
          time(traffic.getEventTime(), now),
          range("loadMs", traffic.getLoadMs(), 0, 86_400_000L),
          range("firstScreenMs", traffic.getFirstScreenMs(), 0, 86_400_000L));
    } else if (record instanceof ResourceSample sample) {
      return first(
          id("eventId", sample.getEventId()),
          id("host", sample.getHost()),
          time(sample.getEventTime(), now),
          clock(sample, stamped),
          share("cpu", sample.getCpu()),
          share("memory", sample.getMemory()),
          share("bandwidth", sample.getBandwidth()),
          share("disk", sample.getDisk()),
          share("connections", sample.getConnections()));
    } else if (record instanceof Decision decision) {
      return first(id("decisionId", decision.getDecisionId()), time(decision.getEventTime(), now));
    } else if (record instanceof DeadLetter dead) {
      return first(id("topic", dead.getTopic()), time(dead.getTimestamp(), now));
    } else if (record instanceof ListEntry entry) {
      return EntityKind.ofLabel(entry.getEntity()).isEmpty()
          ? new Refusal(
              "out_of_range", "entity: " + entry.getEntity() + " (expected: user, device, ip, …)")
          : id("value", entry.getValue());
    }
    return new Refusal("wrong_stream", record.getSchema().getName() + " is nothing a job reads");
  }

  private static Refusal first(Refusal... refusals) {
    for (Refusal refusal : refusals) {
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static Refusal id(String field, String id) {
    if (id == null || id.isBlank()) {
      return new Refusal("missing_id", field + ": empty (expected: an id)");
    }
    return id.length() <= LONGEST_ID
        ? null
        : new Refusal(
            "out_of_range",
            field + ": " + id.length() + " characters (expected: at most " + LONGEST_ID + ")");
  }

  private static Refusal texts(SpecificRecord record) {
    List<Schema.Field> fields = record.getSchema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      if (record.get(i) instanceof String text && text.length() > LONGEST_TEXT) {
        return new Refusal(
            "out_of_range",
            fields.get(i).name()
                + ": "
                + text.length()
                + " characters (expected: at most "
                + LONGEST_TEXT
                + ")");
      }
    }
    return null;
  }

  private Refusal time(long time, long now) {
    if (time > now + future) {
      return new Refusal(
          "future",
          "eventTime: "
              + spell(time)
              + " (expected: at most "
              + future
              + " ms after "
              + spell(now)
              + ")");
    }
    if (time < oldest) {
      String hint = time > 0 && time * 1000 >= oldest ? "; is it in seconds?" : "";
      return new Refusal(
          "ancient",
          "eventTime: "
              + spell(time)
              + " (expected: milliseconds, not before "
              + spell(oldest)
              + ")"
              + hint);
    }
    return null;
  }

  /**
   * A machine tells how it is at once. What it tells of an hour ago was told by a wrong clock, and
   * would be put down to a time when it was otherwise.
   */
  private Refusal clock(ResourceSample sample, long stamped) {
    return isDelayed(sample.getEventTime(), stamped)
        ? new Refusal(
            "behind",
            "eventTime: "
                + spell(sample.getEventTime())
                + " (expected: at most "
                + behind
                + " ms before Kafka was given it, "
                + spell(stamped)
                + "); is the clock of "
                + sample.getHost()
                + " slow?")
        : null;
  }

  private static String spell(long time) {
    try {
      return time + " = " + Instant.ofEpochMilli(time);
    } catch (java.time.DateTimeException beyond) {
      return String.valueOf(time);
    }
  }

  private static Refusal range(String field, Long value, long least, long most) {
    return value == null || (least <= value && value <= most)
        ? null
        : new Refusal(
            "out_of_range", field + ": " + value + " (expected: " + least + " to " + most + ")");
  }

  private static Refusal share(String field, Double value) {
    return value == null || (0 <= value && value <= 1)
        ? null
        : new Refusal("out_of_range", field + ": " + value + " (expected: a share, 0 to 1)");
  }

  private static Refusal degrees(String field, Double value, int most) {
    return value == null || Math.abs(value) <= most
        ? null
        : new Refusal(
            "out_of_range", field + ": " + value + " (expected: -" + most + " to " + most + ")");
  }

  private static Refusal items(OrderEvent order) {
    for (OrderItem item : order.getItems()) {
      if (item.getQuantity() < 1 || item.getPrice() < 0) {
        return new Refusal(
            "out_of_range",
            "items: "
                + item.getProductId()
                + " has quantity "
                + item.getQuantity()
                + ", price "
                + item.getPrice()
                + " (expected: quantity >= 1, price >= 0)");
      }
    }
    return null;
  }
}
