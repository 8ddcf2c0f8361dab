package io.fenghuo.schemas;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** A topic, the record it carries and the key its records are written under. */
public enum Stream {
  /** Steps in the life of orders, keyed by buyer. */
  ORDERS("orders", OrderEvent.class, OrderEvent.getClassSchema(), OrderEvent::getUserId),
  /** Steps of payment attempts, keyed by payer. */
  PAYMENTS("payments", PaymentEvent.class, PaymentEvent.getClassSchema(), PaymentEvent::getUserId),
  /** Sign-ups, logins and changes of credentials, keyed by user. */
  LOGINS("logins", LoginEvent.class, LoginEvent.getClassSchema(), LoginEvent::getUserId),
  /** Page views, clicks, carts and calls, keyed by visitor. */
  TRAFFIC("traffic", TrafficEvent.class, TrafficEvent.getClassSchema(), TrafficEvent::getVisitorId),
  /** How busy hosts are, keyed by host. */
  RESOURCES(
      "resources", ResourceSample.class, ResourceSample.getClassSchema(), ResourceSample::getHost),
  /** Decisions on orders, keyed by order. */
  DECISIONS("decisions", Decision.class, Decision.getClassSchema(), Decision::getOrderId),
  /** Alerts, keyed by fingerprint. */
  ALERTS("alerts", Alert.class, Alert.getClassSchema(), Alert::getFingerprint),
  /** Records that could not be used; no key, so that they spread over the partitions. */
  DEAD_LETTERS("dead-letters", DeadLetter.class, DeadLetter.getClassSchema(), letter -> null),
  /** List entries, keyed by {@code entity:value:list}; compacted. */
  LISTS("lists", ListEntry.class, ListEntry.getClassSchema(), Stream::listKey),
  /** Figures, keyed by name, dimensions and window; compacted. */
  KPIS("kpis", KpiPoint.class, KpiPoint.getClassSchema(), Stream::pointKey),
  /** What reviewers said of orders, keyed by order. */
  REVIEWS(
      "reviews", ReviewOutcome.class, ReviewOutcome.getClassSchema(), ReviewOutcome::getOrderId);

  private static final Pattern SEPARATOR = Pattern.compile("[\\\\{},=]");

  private final String topic;
  private final Class<? extends SpecificRecord> recordClass;
  private final Schema schema;
  private final Function<SpecificRecord, String> key;

  <T extends SpecificRecord> Stream(
      String topic, Class<T> recordClass, Schema schema, Function<T, String> key) {
    this.topic = topic;
    this.recordClass = recordClass;
    this.schema = schema;
    this.key = event -> key.apply(recordClass.cast(event));
  }

  /** The topic's name, such as {@code dead-letters}. */
  public String topic() {
    return topic;
  }

  /** The current schema of the topic's records. */
  public Schema schema() {
    return schema;
  }

  /** The generated class of the topic's records. */
  public Class<? extends SpecificRecord> recordClass() {
    return recordClass;
  }

  /** True when only the last record of each key counts, so that Kafka may drop the older ones. */
  public boolean compacted() {
    return this == LISTS || this == KPIS;
  }

  /**
   * The key {@code event} is written under, or null when the record has none.
   *
   * @throws IllegalArgumentException if {@code event} is not this stream's record
   */
  public String keyOf(SpecificRecord event) {
    if (!recordClass.isInstance(event)) {
      throw new IllegalArgumentException(
          (event == null ? "null" : event.getClass().getSimpleName())
              + " on topic "
              + topic
              + " (expected "
              + recordClass.getSimpleName()
              + ")");
    }
    return key.apply(event);
  }

  /** The stream of that topic, or empty. */
  public static Optional<Stream> ofTopic(String topic) {
    for (Stream stream : values()) {
      if (stream.topic.equals(topic)) {
        return Optional.of(stream);
      }
    }
    return Optional.empty();
  }

  /** The stream whose record has the full name of {@code schema}, whatever its version. */
  public static Optional<Stream> ofSchema(Schema schema) {
    for (Stream stream : values()) {
      if (stream.schema.getFullName().equals(schema.getFullName())) {
        return Optional.of(stream);
      }
    }
    return Optional.empty();
  }

  private static String listKey(ListEntry entry) {
    if (entry.getEntity() == null || entry.getValue() == null || entry.getList() == null) {
      return null;
    }
    return entry.getEntity() + ":" + entry.getValue() + ":" + entry.getList();
  }

  /** {@code gmv_paid{channel=app}/DAY/1767196800000}. */
  private static String pointKey(KpiPoint point) {
    StringBuilder key = new StringBuilder();
    if (point.getName() == null || point.getDimensions() == null || point.getWindow() == null) {
      return null;
    }
    key.append(point.getName()).append('{');
    Map<String, String> dimensions = point.getDimensions();
    (dimensions.size() < 2 ? dimensions : new TreeMap<>(dimensions))
        .forEach(
            (name, value) ->
                key.append(key.charAt(key.length() - 1) == '{' ? "" : ",")
                    .append(escaped(name))
                    .append('=')
                    .append(escaped(value)));
    return key.append("}/")
        .append(point.getWindow())
        .append('/')
        .append(point.getFrom())
        .toString();
  }

  /** Values come from events and may hold anything; two cuts must not share a key. */
  private static String escaped(String text) {
    return SEPARATOR.matcher(text).replaceAll("\\\\$0");
  }
}
