package io.fenghuo.rules.reference;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.TrafficKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/** A random stream of a few people shopping, trying passwords and clicking about. */
final class RandomEvents {

  /** 2026-01-01. */
  static final long BEGIN = 1_767_225_600_000L;

  private static final int USUAL = 400;

  /** How long the usual number of events takes; more take longer, for windows to stay as full. */
  private static final List<Long> HORIZONS =
      List.of(600_000L, 7_200_000L, 172_800_000L, 3_456_000_000L);

  private final Dice dice;
  private final int wanted;
  private final long horizon;
  private final List<SpecificRecord> events = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private int orders;

  /** Where the present session stands. */
  private long now;

  private String user;
  private String device;
  private String ip;
  private String account;
  private String address;

  RandomEvents(Dice dice, int wanted) {
    this.dice = dice;
    this.wanted = wanted;
    this.horizon = dice.oneOf(HORIZONS) * Math.max(1, wanted / USUAL);
  }

  long horizon() {
    return horizon;
  }

  /** In order of arrival: each up to the delay late, some twice. */
  List<SpecificRecord> arriving() {
    while (events.size() < wanted) {
      session();
    }
    record Arrival(long time, SpecificRecord event) {}

    List<Arrival> arrivals = new ArrayList<>();
    for (SpecificRecord event : events.subList(0, wanted)) {
      int copies = dice.chance(0.05) ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        long delay = dice.chance(0.5) ? 0 : dice.between(0, (int) RandomWorld.MAX_DELAY_MS);
        arrivals.add(new Arrival(Event.of(event).time() + delay, event));
      }
    }
    return arrivals.stream()
        .sorted(Comparator.comparingLong(Arrival::time))
        .map(Arrival::event)
        .toList();
  }

  private void session() {
    now = BEGIN + dice.below((int) (horizon / 1000)) * 1000L;
    int person = dice.below(5);
    user = usually(person, "userId");
    device = usually(person, "deviceId");
    ip = usually(person, "ip");
    account = usually(person, "accountToken");
    address = usually(person, "addressToken");
    switch (dice.below(6)) {
      case 0 -> attack();
      case 1 -> burst();
      case 2 -> stray();
      case 3 -> browse(dice.between(2, 6));
      default -> shop();
    }
  }

  /** A person's own, now and then somebody else's, or not known. */
  private String usually(int person, String pool) {
    List<String> all = Vocabulary.POOLS.get(pool);
    if (dice.chance(0.1)) {
      return null;
    }
    return dice.chance(0.25) ? dice.oneOf(all) : all.get(person % all.size());
  }

  private void shop() {
    browse(dice.below(3));
    if (dice.chance(0.6)) {
      login(dice.chance(0.1) ? LoginKind.SIGNUP : LoginKind.LOGIN, dice.chance(0.8));
    }
    String order = newOrder();
    long amount = Vocabulary.amount(dice);
    if (dice.chance(0.9)) {
      order(order, OrderType.CREATED, amount);
    }
    while (dice.chance(0.6)) {
      payment(order, dice.chance(0.5) ? PaymentStatus.FAILED : PaymentStatus.INITIATED, amount);
    }
    if (dice.chance(0.6)) {
      payment(order, PaymentStatus.SUCCEEDED, amount);
    }
    if (dice.chance(0.5)) {
      order(order, OrderType.SHIPPED, amount);
      if (dice.chance(0.5)) {
        order(order, dice.chance(0.6) ? OrderType.DELIVERED : OrderType.REFUND_REQUESTED, amount);
      }
    } else if (dice.chance(0.5)) {
      order(order, OrderType.CANCELLED, amount);
    }
  }

  private void attack() {
    int tries = dice.between(1, 4);
    for (int i = 0; i < tries; i++) {
      login(LoginKind.LOGIN, false);
    }
    device = dice.oneOf(Vocabulary.POOLS.get("deviceId"));
    if (dice.chance(0.3)) {
      login(LoginKind.PASSWORD_RESET, true);
    }
    login(LoginKind.LOGIN, true);
    if (dice.chance(0.8)) {
      order(newOrder(), OrderType.CREATED, dice.oneOf(List.of(100000L, 200000L)));
    }
  }

  private void burst() {
    int count = dice.between(2, 6);
    for (int i = 0; i < count; i++) {
      order(newOrder(), OrderType.CREATED, Vocabulary.amount(dice));
    }
  }

  /** What should not be: events of an order before its creation, after its end, or twice. */
  private void stray() {
    String order = dice.chance(0.6) ? "o" + dice.between(1, orders + 1) : newOrder();
    int count = dice.between(1, 3);
    for (int i = 0; i < count; i++) {
      if (dice.chance(0.5)) {
        payment(order, constant(PaymentStatus.class, "PaymentStatus"), Vocabulary.amount(dice));
      } else {
        order(order, constant(OrderType.class, "OrderType"), Vocabulary.amount(dice));
      }
    }
  }

  private void browse(int count) {
    for (int i = 0; i < count; i++) {
      events.add(
          TrafficEvent.newBuilder()
              .setEventId(id())
              .setEventTime(next())
              .setKind(constant(TrafficKind.class, "TrafficKind"))
              .setVisitorId(maybe("visitorId"))
              .setSessionId(maybe("sessionId"))
              .setUserId(user)
              .setDeviceId(device)
              .setIp(ip)
              .setPageType(maybe("pageType"))
              .setProductId(maybe("productId"))
              .setCategoryId(maybe("categoryId"))
              .setEndpoint(maybe("endpoint"))
              .setStatus(dice.oneOf(List.of(0, 200, 200, 404, 500)))
              .setLoadMs(milliseconds())
              .setFirstScreenMs(milliseconds())
              .setSource(maybe("source"))
              .setChannel(maybe("channel"))
              .setCampaign(maybe("campaign"))
              .build());
    }
  }

  private void login(LoginKind kind, boolean success) {
    String place = maybe("place");
    double[] degrees = place == null ? null : Vocabulary.PLACES.get(place);
    events.add(
        LoginEvent.newBuilder()
            .setEventId(id())
            .setEventTime(next())
            .setKind(kind)
            .setSuccess(success)
            .setUserId(user)
            .setDeviceId(device)
            .setIp(ip)
            .setReason(success ? null : maybe("reason"))
            .setPlace(place)
            .setLatitude(degrees == null ? null : degrees[0])
            .setLongitude(degrees == null ? null : degrees[1])
            .setOs(maybe("os"))
            .setBrowser(maybe("browser"))
            .setMethod(maybe("method"))
            .build());
  }

  private void order(String order, OrderType type, long amount) {
    events.add(
        OrderEvent.newBuilder()
            .setEventId(id())
            .setEventTime(next())
            .setOrderId(order)
            .setType(type)
            .setUserId(user)
            .setDeviceId(device)
            .setIp(ip)
            .setAccountToken(account)
            .setAddressToken(address)
            .setAmount(amount)
            .setCurrency(dice.oneOf("CNY", "CNY", "USD"))
            .setDiscount(100L * dice.below(4))
            .setCouponId(maybe("couponId"))
            .setFirstOrder(dice.chance(0.3))
            .setGoods(maybe("goods"))
            .setChannel(maybe("channel"))
            .setCampaign(maybe("campaign"))
            .setProvince(maybe("province"))
            .setCityTier(dice.below(4))
            .build());
  }

  private void payment(String order, PaymentStatus status, long amount) {
    boolean failed = status == PaymentStatus.FAILED;
    events.add(
        PaymentEvent.newBuilder()
            .setEventId(id())
            .setEventTime(next())
            .setOrderId(order)
            .setPaymentId(maybe("paymentId"))
            .setStatus(status)
            .setUserId(user)
            .setDeviceId(device)
            .setIp(ip)
            .setAccountToken(account)
            .setAmount(amount)
            .setCurrency(dice.oneOf("CNY", "USD"))
            .setMethod(maybe("method"))
            .setFailureCode(failed ? maybe("failureCode") : null)
            .setLatencyMs(milliseconds())
            .build());
  }

  private String newOrder() {
    return "o" + ++orders;
  }

  private String maybe(String pool) {
    if (dice.chance(0.05)) {
      return "";
    }
    return dice.chance(0.2) ? null : dice.oneOf(Vocabulary.POOLS.get(pool));
  }

  private Long milliseconds() {
    return dice.chance(0.2) ? null : 250L * dice.below(9);
  }

  private <E extends Enum<E>> E constant(Class<E> type, String pool) {
    return Enum.valueOf(type, dice.oneOf(Vocabulary.POOLS.get(pool)));
  }

  /** Steps are round, so that events meet the edges of windows, and often none at all. */
  private long next() {
    now +=
        switch (dice.below(12)) {
          case 0, 1, 2 -> 0;
          case 3, 4 -> 500;
          case 5, 6 -> 1000;
          case 7 -> dice.between(1, 999);
          case 8, 9 -> 1000L * dice.between(1, 30);
          case 10 -> 60_000L * dice.between(1, 10);
          default -> horizon / dice.between(10, 100) / 1000 * 1000;
        };
    return now;
  }

  private String id() {
    String letters = "0123456789ABCDEFabcdef-_";
    while (true) {
      StringBuilder id = new StringBuilder();
      int length = dice.between(2, 8);
      for (int i = 0; i < length; i++) {
        id.append(letters.charAt(dice.below(letters.length())));
      }
      if (ids.add(id.toString())) {
        return id.toString();
      }
    }
  }
}
