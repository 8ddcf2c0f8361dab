package io.fenghuo.local.simulate;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.TrafficKind;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * One fraud as it is written down: events at times from now on, all with the fraud's label. They
 * leave when their time comes, among the genuine ones.
 */
final class Script {

  private static final long FAR = 2 * 3_600_000L;

  /** More scripted events than these are not kept for later than two hours: parcels get lost. */
  private static final int FAR_LIMIT = 100_000;

  private static final double LOST_AFTER_MINUTES = 8;

  private final World world;
  private final String label;
  private long clock;
  private int events;

  Script(World world, String label) {
    this.world = world;
    this.label = label;
    this.clock = world.now();
  }

  /** One order in a script. */
  record Bought(Persona buyer, String orderId, long amount) {}

  int events() {
    return events;
  }

  Dice dice() {
    return world.dice;
  }

  /** Lets time pass. */
  Script after(double seconds) {
    clock += Math.round(seconds * 1000);
    return this;
  }

  /** An account whose owner does not shop just now, at home, on its usual device. */
  Persona victim() {
    return persona(world.population.dormant(world.dice));
  }

  /** As {@link #victim()}, living in a city of that tier. */
  Persona victimInTier(int tier) {
    Persona victim = victim();
    while (victim.city().tier() != tier) {
      victim = victim();
    }
    return victim;
  }

  /** An account about to be opened. */
  Persona newcomer() {
    return persona(world.population.newcomer());
  }

  private Persona persona(long user) {
    Population people = world.population;
    return new Persona(
        user,
        people.userId(user),
        people.ownDevice(user, 0),
        people.homeIp(user),
        people.city(user),
        people.address(user),
        people.accountToken(user, "card"));
  }

  /** A device nobody used. */
  Device device() {
    return world.population.device(world.dice.next());
  }

  /** A line nobody used. */
  String ip() {
    return Population.ipv4(world.dice.next());
  }

  /** A card or wallet nobody used. */
  String account() {
    return Names.of("acc-", world.dice.next(), 10);
  }

  /** An address nobody used. */
  String address() {
    return Names.of("adr-", world.dice.next(), 10);
  }

  long product() {
    return world.catalogue.any(world.dice);
  }

  long yuan(double low, double high) {
    return Math.round(world.dice.between(low, high)) * 100;
  }

  void signup(Persona who) {
    login(who, LoginKind.SIGNUP, true);
  }

  void login(Persona who, boolean success) {
    login(who, LoginKind.LOGIN, success);
  }

  private void login(Persona who, LoginKind kind, boolean success) {
    LoginEvent event = new LoginEvent();
    event.setEventTime(clock);
    event.setKind(kind);
    event.setSuccess(success);
    event.setUserId(who.userId());
    event.setDeviceId(who.device().id());
    event.setIp(who.ip());
    event.setReason(success ? null : "wrong_password");
    event.setPlace(who.city().name());
    event.setLatitude(who.city().latitude());
    event.setLongitude(who.city().longitude());
    event.setOs(who.device().os());
    event.setBrowser(who.device().browser());
    event.setMethod(kind == LoginKind.SIGNUP ? "sms" : "password");
    put("logins", who.userId(), event);
  }

  /** An order of the given amount for goods nobody ordered before. */
  Bought order(Persona who, long amount) {
    return order(who, amount, world.dice.next(), null);
  }

  Bought order(Persona who, long amount, long goods, String firstOrderCoupon) {
    Bought bought = new Bought(who, world.orderId(world.nextOrder()), amount);
    long product = Long.remainderUnsigned(goods, 1000);
    List<OrderItem> items =
        List.of(
            new OrderItem(
                world.catalogue.productId(product),
                world.catalogue.categoryId(product),
                1,
                amount));
    step(bought, OrderType.CREATED, goods, items, firstOrderCoupon);
    return bought;
  }

  void step(Bought bought, OrderType type) {
    step(bought, type, 0, List.of(), null);
  }

  private void step(
      Bought bought, OrderType type, long goods, List<OrderItem> items, String coupon) {
    Persona who = bought.buyer;
    boolean fromBuyer = type == OrderType.CREATED || type == OrderType.REFUND_REQUESTED;
    OrderEvent event = new OrderEvent();
    event.setEventTime(clock);
    event.setOrderId(bought.orderId);
    event.setType(type);
    event.setUserId(who.userId());
    event.setDeviceId(fromBuyer ? who.device().id() : null);
    event.setIp(fromBuyer ? who.ip() : null);
    event.setAddressToken(who.addressToken());
    event.setAmount(bought.amount);
    event.setCurrency("CNY");
    event.setDiscount(coupon == null ? 0 : 2_000);
    event.setCouponId(coupon);
    event.setFirstOrder(coupon != null);
    event.setGoods(items.isEmpty() ? null : Names.of("g", goods, 10));
    event.setItems(items);
    event.setChannel(fromBuyer ? who.device().channel() : null);
    event.setProvince(who.city().province());
    event.setCityTier(who.city().tier());
    put("orders", who.userId(), event);
  }

  /** One step of the given attempt to pay. */
  void pay(Bought bought, int attempt, PaymentStatus status, long amount) {
    Persona who = bought.buyer;
    PaymentEvent event = new PaymentEvent();
    event.setEventTime(clock);
    event.setOrderId(bought.orderId);
    event.setPaymentId(bought.orderId + "." + attempt);
    event.setStatus(status);
    event.setUserId(who.userId());
    event.setDeviceId(who.device().id());
    event.setIp(who.ip());
    event.setAccountToken(who.accountToken());
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setMethod("card");
    event.setFailureCode(status == PaymentStatus.FAILED ? "card_declined" : null);
    event.setLatencyMs(status == PaymentStatus.INITIATED ? null : 600L);
    put("payments", who.userId(), event);
  }

  /** A payment that is asked for and answered. */
  void pay(Bought bought, PaymentStatus answer) {
    pay(bought, 1, PaymentStatus.INITIATED, bought.amount);
    after(0.6).pay(bought, 1, answer, bought.amount);
  }

  /** An order that was never placed. */
  Bought phantom(Persona who, long amount) {
    return new Bought(who, world.orderId(world.nextOrder()), amount);
  }

  /** The shop cancels the order after a while, so that it trips no rule on forgotten orders. */
  void cancelLater(Bought bought) {
    long before = clock;
    after(60 * LOST_AFTER_MINUTES).step(bought, OrderType.CANCELLED);
    clock = before;
  }

  void traffic(Persona who, TrafficKind kind, String pageType, long product) {
    TrafficEvent event = new TrafficEvent();
    event.setEventTime(clock);
    event.setKind(kind);
    event.setVisitorId(who.device().visitorId());
    event.setSessionId("s" + event.getVisitorId().substring(1));
    event.setUserId(who.userId());
    event.setDeviceId(who.device().id());
    event.setIp(who.ip());
    event.setPageType(pageType);
    event.setProductId(world.catalogue.productId(product));
    event.setCategoryId(world.catalogue.categoryId(product));
    event.setEndpoint(kind == TrafficKind.API_CALL ? "/api/stock" : null);
    event.setStatus(200);
    event.setLoadMs((long) world.dice.logNormal(kind == TrafficKind.API_CALL ? 90 : 300, 0.5));
    event.setSource("direct");
    event.setChannel(who.device().channel());
    put("traffic", event.getVisitorId(), event);
  }

  private void put(String topic, String key, SpecificRecord event) {
    boolean far = clock - world.now() > FAR;
    if (far && world.farAhead >= FAR_LIMIT) {
      return;
    }
    if (far) {
      world.farAhead++;
    }
    events++;
    world.agenda.schedule(new Scripted(topic, key, event, label, far), clock);
  }

  /** An event written down beforehand. */
  private static final class Scripted extends Actor {

    private final String topic;
    private final String key;
    private final SpecificRecord event;
    private final String label;
    private final boolean far;

    Scripted(String topic, String key, SpecificRecord event, String label, boolean far) {
      this.topic = topic;
      this.key = key;
      this.event = event;
      this.label = label;
      this.far = far;
    }

    @Override
    void act(World world) {
      if (far) {
        world.farAhead--;
      }
      // only now, so that ids keep the order of time
      String id = world.nextEventId();
      if (event instanceof TrafficEvent traffic) {
        traffic.setEventId(id);
      } else if (event instanceof LoginEvent login) {
        login.setEventId(id);
      } else if (event instanceof OrderEvent order) {
        order.setEventId(id);
      } else if (event instanceof PaymentEvent payment) {
        payment.setEventId(id);
      }
      world.emit(topic, key, event, label);
    }
  }
}
