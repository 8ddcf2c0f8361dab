package io.fenghuo.local.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulatorTest {

  /** Ten in the morning in Shanghai, where the daily curve is near its mean. */
  private static final long START = 1_762_740_000_000L;

  private static final long HOUR = 3_600_000L;
  private static final int USERS = 10_000;
  private static final Pattern ELEVEN_DIGITS = Pattern.compile("\\d{11}");

  @Test
  void theSameSeedGivesTheSameEventsByteForByte() throws Exception {
    assertThat(digest("mixed", 42, START)).isEqualTo(digest("mixed", 42, START));
  }

  @Test
  void anotherSeedAnotherStartAndAnotherScenarioGiveOtherEvents() throws Exception {
    assertThat(
            Set.of(
                digest("mixed", 42, START),
                digest("mixed", 43, START),
                digest("mixed", 42, START + 1),
                digest("ordinary", 42, START)))
        .hasSize(4);
  }

  @Test
  void eventIdsAreUniqueAndAFreshStartReusesNone() {
    Set<String> ids = new HashSet<>();
    for (long start : new long[] {START, START + 1, START + HOUR}) {
      Simulator simulator = simulator("mixed", 1, 1000, start);
      for (int i = 0; i < 50_000; i++) {
        ids.add(id(simulator.next()));
      }
    }
    assertThat(ids).hasSize(150_000).allSatisfy(id -> assertThat(id).hasSize(16));
  }

  @Test
  void aDayOfTheGenuineShopHasTheStatedMixAndRate() {
    // haste is 1 at this rate: parcels take their hours, so the second and third day are steady
    double rate = 5;
    Simulator simulator = simulator("genuine", 3, rate, START);
    Map<String, Integer> byTopic = new TreeMap<>();
    int events = 0;
    SimulatedEvent event = simulator.next();
    while (time(event) < START + 96 * HOUR) {
      if (time(event) >= START + 72 * HOUR && !event.topic().equals("resources")) {
        byTopic.merge(event.topic(), 1, Integer::sum);
        events++;
      }
      event = simulator.next();
    }
    assertThat(events / 86_400.0).isCloseTo(rate, within(0.05 * rate));
    assertThat(share(byTopic, "traffic", events)).isBetween(0.60, 0.70);
    assertThat(share(byTopic, "logins", events)).isBetween(0.08, 0.12);
    assertThat(share(byTopic, "orders", events)).isBetween(0.09, 0.14);
    assertThat(share(byTopic, "payments", events)).isBetween(0.07, 0.11);
  }

  @Test
  void theRateHoldsFromTheFirstMinuteOn() {
    Simulator simulator = simulator("genuine", 3, 2000, START);
    int events = 0;
    while (time(simulator.next()) < START + 60_000) {
      events++;
    }
    assertThat(events / 60.0).isBetween(1600.0, 2200.0);
  }

  @Test
  void aPromotionMakesTenTimesTheTraffic() {
    Simulator simulator = simulator("promotion", 3, 500, START);
    int before = 0;
    int peak = 0;
    SimulatedEvent event = simulator.next();
    while (time(event) < START + 240_000) {
      before += time(event) < START + 60_000 ? 1 : 0;
      peak += time(event) >= START + 180_000 ? 1 : 0;
      event = simulator.next();
    }
    assertThat((double) peak / before).isBetween(7.0, 12.0);
  }

  @Test
  void everyFraudOfTheMixOccursWithinTenMinutesAndMostEventsAreGenuine() {
    Simulator simulator = simulator("mixed", 5, 1000, START);
    Set<String> labels = new TreeSet<>();
    int labelled = 0;
    int events = 0;
    SimulatedEvent event = simulator.next();
    while (time(event) < START + 620_000) {
      if (event.label() != null) {
        labels.add(event.label());
        labelled++;
      }
      events++;
      event = simulator.next();
    }
    assertThat(labels).isEqualTo(Fraud.ALL.keySet());
    assertThat(share(labelled, events)).isBetween(0.01, 0.06);
  }

  @ParameterizedTest
  @MethodSource("frauds")
  void aFraudAloneGivesItsOwnLabelAndNoOther(String fraud) {
    Simulator simulator = simulator(fraud, 5, 200, START);
    Map<String, Integer> labels = new TreeMap<>();
    int events = 400_000;
    for (int i = 0; i < events; i++) {
      String label = simulator.next().label();
      if (label != null) {
        labels.merge(label, 1, Integer::sum);
      }
    }
    assertThat(labels).containsOnlyKeys(fraud);
    assertThat(share(labels.get(fraud), events)).isBetween(0.015, 0.08);
  }

  static Set<String> frauds() {
    return Fraud.ALL.keySet();
  }

  @Test
  void usersOfFraudsHaveNoGenuineEvents() {
    Simulator simulator = simulator("mixed", 9, 1000, START);
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < 500_000; i++) {
      SimulatedEvent event = simulator.next();
      String user = user(event.event());
      if (user != null) {
        String label = String.valueOf(event.label());
        String other = labels.put(user, label);
        // a dormant account may meet two frauds, as happens to weak passwords
        assertThat(other == null || other.equals("null") == label.equals("null")).isTrue();
      }
    }
  }

  @Test
  void noTextLooksLikeAPhoneNumberOrAMailAddress() {
    Simulator simulator = simulator("mixed", 11, 1000, START);
    for (int i = 0; i < 200_000; i++) {
      SimulatedEvent event = simulator.next();
      SpecificRecord record = event.event();
      for (int field = 0; field < record.getSchema().getFields().size(); field++) {
        if (record.get(field) instanceof String text) {
          assertThat(ELEVEN_DIGITS.matcher(text).find() || text.indexOf('@') >= 0)
              .as(text)
              .isFalse();
        }
      }
    }
  }

  @Test
  void genuineUsersOrderAsPeopleDo() {
    Simulator simulator = simulator("genuine", 13, 50, START);
    Map<String, Integer> orders = new HashMap<>();
    SimulatedEvent event = simulator.next();
    while (time(event) < START + 24 * HOUR) {
      if (event.event() instanceof OrderEvent order && order.getType() == OrderType.CREATED) {
        orders.merge(order.getUserId(), 1, Integer::sum);
        assertThat(order.getAmount()).isBetween(100L, 2_000_000L);
      }
      event = simulator.next();
    }
    int most = orders.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    double mean = orders.values().stream().mapToInt(Integer::intValue).average().orElseThrow();
    assertThat(most).isLessThanOrEqualTo(12);
    assertThat(mean).isBetween(1.0, 2.0);
  }

  @Test
  void genuineUsersFailAtMostTwiceBeforeTheyGetIn() {
    Simulator simulator = simulator("genuine", 15, 200, START);
    Map<String, Integer> failures = new HashMap<>();
    for (int i = 0; i < 300_000; i++) {
      if (simulator.next().event() instanceof LoginEvent login) {
        if (login.getSuccess()) {
          failures.remove(login.getUserId());
        } else {
          // two visits of one user may overlap by chance
          assertThat(failures.merge(login.getUserId(), 1, Integer::sum)).isLessThanOrEqualTo(4);
        }
      }
    }
  }

  @Test
  void genuineOrdersArePaidOrCancelledWithinFifteenMinutesForTheirExactAmount() {
    Simulator simulator = simulator("genuine", 17, 100, START);
    Map<String, OrderEvent> open = new HashMap<>();
    SimulatedEvent event = simulator.next();
    while (time(event) < START + 2 * HOUR) {
      if (event.event() instanceof OrderEvent order) {
        if (order.getType() == OrderType.CREATED) {
          open.put(order.getOrderId(), order);
        } else {
          open.remove(order.getOrderId());
        }
      } else if (event.event() instanceof PaymentEvent payment
          && payment.getStatus() == PaymentStatus.SUCCEEDED) {
        OrderEvent order = open.remove(payment.getOrderId());
        assertThat(order).as("an order for the payment").isNotNull();
        assertThat(payment.getAmount()).isEqualTo(order.getAmount());
      }
      event = simulator.next();
    }
    long last = START + 2 * HOUR;
    assertThat(open.values())
        .allSatisfy(order -> assertThat(last - order.getEventTime()).isLessThan(900_000));
  }

  @Test
  void genuineParcelsArriveInTimeForTheirCity() {
    Simulator simulator = simulator("genuine", 19, 20, START);
    Map<String, Long> shipped = new HashMap<>();
    SimulatedEvent event = simulator.next();
    int delivered = 0;
    while (time(event) < START + 80 * HOUR) {
      if (event.event() instanceof OrderEvent order) {
        if (order.getType() == OrderType.SHIPPED) {
          shipped.put(order.getOrderId(), order.getEventTime());
        } else if (order.getType() == OrderType.DELIVERED) {
          delivered++;
          long hours = (order.getEventTime() - shipped.remove(order.getOrderId())) / HOUR;
          assertThat(hours).isLessThan(24L * order.getCityTier());
        }
      }
      event = simulator.next();
    }
    assertThat(delivered).isGreaterThan(10_000);
  }

  @Test
  void householdsShareAddressesAndDevicesButNeverAmongMoreThanFour() {
    Simulator simulator = simulator("genuine", 21, 50, START);
    Map<String, Set<String>> buyers = new HashMap<>();
    for (int i = 0; i < 2_000_000; i++) {
      if (simulator.next().event() instanceof OrderEvent order && order.getDeviceId() != null) {
        buyers.computeIfAbsent(order.getDeviceId(), d -> new HashSet<>()).add(order.getUserId());
        buyers
            .computeIfAbsent(order.getAddressToken(), a -> new HashSet<>())
            .add(order.getUserId());
      }
    }
    assertThat(buyers.values()).allSatisfy(users -> assertThat(users).hasSizeLessThanOrEqualTo(4));
    assertThat(buyers.values()).anySatisfy(users -> assertThat(users).hasSizeGreaterThan(1));
  }

  @Test
  void eventsComeInOrderOfTimeButForTheLatenessOfBrowsersAndServers() {
    Simulator simulator = simulator("mixed", 23, 1000, START);
    long latest = START;
    for (int i = 0; i < 300_000; i++) {
      SimulatedEvent event = simulator.next();
      long time = time(event);
      assertThat(time).isGreaterThanOrEqualTo(START).isGreaterThan(latest - 200);
      if (event.topic().equals("orders") || event.topic().equals("payments")) {
        assertThat(time).isGreaterThanOrEqualTo(latest);
      }
      latest = Math.max(latest, time);
    }
  }

  @Test
  void aSignUpIsNeverFollowedByAGenuineOrderAtOnce() {
    Simulator simulator = simulator("genuine", 25, 500, START);
    Map<String, Long> opened = new HashMap<>();
    for (int i = 0; i < 500_000; i++) {
      SimulatedEvent event = simulator.next();
      if (event.event() instanceof LoginEvent login && login.getKind() == LoginKind.SIGNUP) {
        opened.put(login.getUserId(), login.getEventTime());
      } else if (event.event() instanceof OrderEvent order) {
        assertThat(opened).doesNotContainKey(order.getUserId());
      }
    }
    assertThat(opened).isNotEmpty();
  }

  @Test
  void aRateOrAPopulationThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> simulator("mixed", 1, 0, START)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> simulator("mixed", 1, Double.NaN, START))
        .hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Simulator(Scenario.standard(), 1, 10, START, 0))
        .hasMessageContaining("at least 1 user");
  }

  private static Simulator simulator(String scenario, long seed, double rate, long start) {
    return new Simulator(Scenario.named(scenario), seed, rate, start, USERS);
  }

  private static String digest(String scenario, long seed, long start)
      throws NoSuchAlgorithmException, IOException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Simulator simulator = simulator(scenario, seed, 1000, start);
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      for (int i = 0; i < 100_000; i++) {
        SimulatedEvent event = simulator.next();
        String frame = event.topic() + ' ' + event.key() + ' ' + event.label();
        encoder.writeBytes(frame.getBytes(StandardCharsets.UTF_8));
        new SpecificDatumWriter<SpecificRecord>(event.event().getSchema())
            .write(event.event(), encoder);
      }
      encoder.flush();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static double share(Map<String, Integer> counts, String topic, int events) {
    return share(counts.getOrDefault(topic, 0), events);
  }

  private static double share(int part, int events) {
    return (double) part / events;
  }

  /** In every event the id is the first field and the event time the second. */
  private static String id(SimulatedEvent event) {
    return (String) event.event().get(0);
  }

  private static long time(SimulatedEvent event) {
    return (Long) event.event().get(1);
  }

  private static String user(SpecificRecord record) {
    if (record instanceof TrafficEvent traffic) {
      return traffic.getUserId();
    }
    if (record instanceof LoginEvent login) {
      return login.getUserId();
    }
    if (record instanceof OrderEvent order) {
      return order.getUserId();
    }
    return record instanceof PaymentEvent payment ? payment.getUserId() : null;
  }
}
