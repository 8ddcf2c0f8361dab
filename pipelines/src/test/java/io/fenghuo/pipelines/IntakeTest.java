package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.DeadLetter;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.ResourceSample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IntakeTest {

  private static final long NOW = 1_767_225_600_000L;
  private static final long HOUR = 3_600_000;
  private static final EventCodec CODEC = EventCodec.singleObject();

  private final Intake intake = new Intake(new RiskSettings("none", Map.of()));

  @BeforeEach
  void open() {
    intake.open(new FakeContext());
  }

  private static final class FakeContext implements DeserializationSchema.InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return UnregisteredMetricsGroup.createOperatorMetricGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      throw new UnsupportedOperationException("nothing is loaded");
    }
  }

  static List<Arguments> bad() {
    byte[] good = CODEC.encode(order().build());
    byte[] unknown = good.clone();
    Arrays.fill(unknown, 2, 10, (byte) 7);
    List<Arguments> bad = new ArrayList<>();
    add(bad, "no value", "orders", null, "malformed");
    add(bad, "no bytes", "orders", new byte[0], "malformed");
    add(bad, "text", "orders", "{\"orderId\":1}".getBytes(StandardCharsets.UTF_8), null);
    add(bad, "cut", "orders", Arrays.copyOf(good, good.length - 3), "malformed");
    add(bad, "too much", "orders", Arrays.copyOf(good, good.length + 3), "malformed");
    add(bad, "wrong fingerprint", "orders", unknown, "unknown_schema");
    add(bad, "10 MB", "orders", Arrays.copyOf(good, 10 << 20), "too_large");
    add(bad, "many items", order().setItems(items(3_000)), "too_large");
    add(bad, "another stream's", "payments", good, "wrong_stream");
    add(bad, "no event of ours", "orders", CODEC.encode(sample()), "wrong_stream");
    add(bad, "no event id", order().setEventId(""), "missing_id");
    add(bad, "blank order id", order().setOrderId(" "), "missing_id");
    add(bad, "endless order id", order().setOrderId("o".repeat(201)), "out_of_range");
    add(bad, "endless user id", order().setUserId("u".repeat(1_001)), "out_of_range");
    add(bad, "negative amount", order().setAmount(-1), "out_of_range");
    add(bad, "absurd amount", order().setAmount(Long.MAX_VALUE), "out_of_range");
    add(bad, "negative discount", order().setDiscount(-1), "out_of_range");
    add(
        bad,
        "no quantity",
        order().setItems(List.of(new OrderItem("p", null, 0, 1L))),
        "out_of_range");
    add(bad, "in seconds", order().setEventTime(NOW / 1_000), "ancient");
    add(bad, "in 1970", order().setEventTime(0), "ancient");
    add(bad, "before time", order().setEventTime(Long.MIN_VALUE), "ancient");
    add(bad, "in 2100", order().setEventTime(4_102_444_800_000L), "future");
    add(bad, "in microseconds", order().setEventTime(NOW * 1_000), "future");
    add(bad, "after all time", order().setEventTime(Long.MAX_VALUE), "future");
    add(bad, "payment of nothing", "payments", CODEC.encode(payment("")), "missing_id");
    add(bad, "beyond the pole", "logins", CODEC.encode(login(90.1)), "out_of_range");
    add(bad, "nowhere", "logins", CODEC.encode(login(Double.NaN)), "out_of_range");
    add(bad, "list of nobody", "lists", CODEC.encode(entry("planet", "x")), "out_of_range");
    add(bad, "list of everybody", "lists", CODEC.encode(entry("user", "")), "missing_id");
    add(
        bad,
        "list of a kind without end",
        "lists",
        CODEC.encode(entry("x".repeat(60_000), "y")),
        "out_of_range");
    return bad;
  }

  private static void add(
      List<Arguments> bad, String what, OrderEvent.Builder order, String reason) {
    add(bad, what, "orders", CODEC.encode(order.build()), reason);
  }

  private static void add(
      List<Arguments> bad, String what, String topic, byte[] value, String reason) {
    bad.add(Arguments.of(what, topic, value, Optional.ofNullable(reason)));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("bad")
  void aBadRecordBecomesADeadLetterWithPlaceReasonAndBytes(
      String what, String topic, byte[] value, Optional<String> reason) {
    Arrival arrival = intake.arrival(record(topic, null, value), NOW);
    assertThat(arrival.event()).isNull();
    assertThat(arrival.entry()).isNull();
    var dead = arrival.dead();
    assertThat(dead.getTopic()).isEqualTo(topic);
    assertThat(dead.getPartition()).isEqualTo(3);
    assertThat(dead.getOffset()).isEqualTo(42);
    reason.ifPresent(expected -> assertThat(dead.getReason()).isEqualTo(expected));
    assertThat(dead.getDetail()).isNotBlank();
    byte[] kept =
        value == null ? new byte[0] : Arrays.copyOf(value, Math.min(value.length, 65_536));
    assertThat(dead.getValue().array()).isEqualTo(kept);
    assertThat(dead.getValueLength()).isEqualTo(value == null ? 0 : value.length);
    assertThat(CODEC.encode(dead)).hasSizeLessThan(1 << 18);
  }

  @Test
  void aGoodRecordOfEachStreamIsLetIn() {
    assertThat(intake.arrival(record("orders", null, CODEC.encode(order().build())), NOW).event())
        .isNotNull();
    assertThat(intake.arrival(record("payments", null, CODEC.encode(payment("o"))), NOW).event())
        .isNotNull();
    assertThat(intake.arrival(record("logins", null, CODEC.encode(login(-90))), NOW).event())
        .isNotNull();
    assertThat(intake.arrival(record("lists", null, CODEC.encode(entry("user", "u"))), NOW).entry())
        .isNotNull();
  }

  @Test
  void aHostWhoseClockIsAnHourWrongIsNamedAndNotBelieved() {
    DeadLetter ahead = intake.arrival(sampleOf("web1", NOW + HOUR), NOW).dead();
    assertThat(ahead.getReason()).isEqualTo("future");
    assertThat(ahead.getHost()).isEqualTo("web1");
    DeadLetter behind = intake.arrival(sampleOf("web2", NOW - HOUR), NOW).dead();
    assertThat(behind.getReason()).isEqualTo("behind");
    assertThat(behind.getHost()).isEqualTo("web2");
    assertThat(behind.getDetail()).contains("is the clock of web2 slow?");
  }

  @Test
  void aHostIsJudgedByWhenKafkaWasGivenTheSampleAlsoWhenItIsReadLater() {
    assertThat(intake.arrival(sampleOf("web1", NOW), NOW + 5 * HOUR).event()).isNotNull();
    assertThat(intake.arrival(sampleOf("web1", NOW - HOUR), NOW + 5 * HOUR).dead()).isNotNull();
    assertThat(intake.arrival(sampleOf("web1", NOW - 60_000), NOW).event()).isNotNull();
  }

  @Test
  void anArchiveOfSamplesMayBeReadIn() {
    assertThat(intake.arrival(sampleOf("web1", NOW - 48 * HOUR), NOW).event()).isNotNull();
  }

  @Test
  void anOrderThatComesAnHourLateCounts() {
    byte[] late = CODEC.encode(order().setEventTime(NOW - HOUR).build());
    assertThat(intake.arrival(record("orders", null, late), NOW).event()).isNotNull();
  }

  private static ConsumerRecord<byte[], byte[]> sampleOf(String host, long time) {
    ResourceSample sample =
        ResourceSample.newBuilder().setEventId("e").setEventTime(time).setHost(host).build();
    return record("resources", host, CODEC.encode(sample));
  }

  @Test
  void entityIdsMayBeMissing() {
    OrderEvent order = order().setUserId(null).setDeviceId(null).setIp(null).build();
    assertThat(intake.arrival(record("orders", null, CODEC.encode(order)), NOW).event())
        .isNotNull();
  }

  @Test
  void aTombstoneTakesAnEntryOffItsList() {
    ListEntry removed = intake.arrival(record("lists", "ip:2001:db8::1:DENY", null), NOW).entry();
    assertThat(removed.getEntity()).isEqualTo("ip");
    assertThat(removed.getValue()).isEqualTo("2001:db8::1");
    assertThat(removed.getList()).isEqualTo(ListKind.DENY);
    assertThat(removed.getRemoved()).isTrue();
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "",
        ":",
        "::",
        "user",
        "user:u",
        "user:u:",
        "user:u:NOLIST",
        "planet:x:DENY",
        "user::DENY"
      })
  void aTombstoneThatNamesNoEntryIsADeadLetter(String key) {
    assertThat(intake.arrival(record("lists", key, null), NOW).dead()).isNotNull();
  }

  @Test
  void noBytesMakeItThrow() {
    long seed = Long.getLong("fenghuo.seed", System.nanoTime());
    System.out.println("IntakeTest: -Dfenghuo.seed=" + seed);
    Random random = new Random(seed);
    String[] topics = {"orders", "payments", "logins", "traffic", "lists", "nonsense"};
    List<byte[]> goods =
        List.of(
            CODEC.encode(order().setItems(items(3)).build()),
            CODEC.encode(payment("o")),
            CODEC.encode(login(1)),
            CODEC.encode(entry("user", "u")));
    for (int i = 0; i < 50_000; i++) {
      byte[] value = goods.get(random.nextInt(goods.size())).clone();
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        value[random.nextInt(value.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(3) == 0) {
        value = Arrays.copyOf(value, random.nextInt(value.length + 20));
      }
      Arrival arrival =
          intake.arrival(record(topics[random.nextInt(topics.length)], "k:v:DENY", value), NOW);
      int outcomes =
          (arrival.event() == null ? 0 : 1)
              + (arrival.entry() == null ? 0 : 1)
              + (arrival.dead() == null ? 0 : 1);
      assertThat(outcomes).as("seed %s, record %s", seed, i).isEqualTo(1);
    }
  }

  private static ConsumerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ConsumerRecord<>(
        topic,
        3,
        42,
        NOW,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private static OrderEvent.Builder order() {
    return OrderEvent.newBuilder()
        .setEventId("e")
        .setEventTime(NOW)
        .setOrderId("o")
        .setType(OrderType.CREATED)
        .setUserId("u")
        .setAmount(100);
  }

  private static List<OrderItem> items(int count) {
    List<OrderItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(new OrderItem("product-with-a-long-name-" + i, null, 1, 100L));
    }
    return items;
  }

  private static PaymentEvent payment(String order) {
    return PaymentEvent.newBuilder()
        .setEventId("e")
        .setEventTime(NOW)
        .setOrderId(order)
        .setStatus(PaymentStatus.SUCCEEDED)
        .build();
  }

  private static LoginEvent login(double latitude) {
    return LoginEvent.newBuilder()
        .setEventId("e")
        .setEventTime(NOW)
        .setKind(LoginKind.LOGIN)
        .setSuccess(true)
        .setLatitude(latitude)
        .build();
  }

  private static SpecificRecord sample() {
    return ResourceSample.newBuilder().setEventId("e").setEventTime(NOW).setHost("h").build();
  }

  private static ListEntry entry(String entity, String value) {
    return ListEntry.newBuilder()
        .setEntity(entity)
        .setValue(value)
        .setList(ListKind.DENY)
        .setReason("r")
        .build();
  }
}
