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
import java.util.ArrayList;
import java.util.List;

/** One genuine shopper's visit, from the home page to the payment. */
final class Visit extends Actor {

  /** Events a visit gives rise to, parcels and refunds included; measured, and held by a test. */
  static final double MEAN_EVENTS = 8.6;

  /** Parcels a visit gives rise to. */
  static final double MEAN_PARCELS = 0.35;

  private static final double GUESTS = 0.2;
  private static final double SIGNUPS = 0.012;
  private static final double BUYERS = 0.47;
  private static final String[] SOURCES = {
    "direct", "direct", "search", "search", "search", "ad", "social", "message"
  };
  private static final String[] METHODS = {"alipay", "wechat", "unionpay", "card"};
  private static final String[] LOGIN_METHODS = {"password", "password", "sms", "qr", "oauth"};
  private static final String[] REFUSALS = {
    "insufficient_balance", "insufficient_balance", "risk_declined", "limit_exceeded"
  };

  private enum Stage {
    ARRIVE,
    LOGIN,
    BROWSE,
    CART,
    CHECKOUT,
    ORDER,
    PAY,
    ANSWER,
    CANCEL
  }

  private Stage stage = Stage.ARRIVE;
  private long user;
  private String userId;
  private Device device;
  private String visitorId;
  private String sessionId;
  private String ip;
  private City place;
  private String source;
  private boolean guest;
  private boolean signup;
  private boolean buyer;
  private int wrongPasswords;
  private int pagesLeft;
  private int page;
  private long product;
  private String orderId;
  private long order;
  private long amount;
  private String method;
  private String accountToken;
  private String addressToken;
  private int attempt;
  private long latency;
  private PaymentStatus answer;
  private String failureCode;

  /** False when nobody can: the link they would have come by is broken. */
  boolean findsTheShop(World world) {
    return !world.fault().loses(source);
  }

  /** Somebody comes in now. */
  void begin(World world) {
    Dice dice = world.dice;
    Population people = world.population;
    long hour = Math.floorDiv(world.now(), 3_600_000L);
    stage = Stage.ARRIVE;
    signup = dice.chance(SIGNUPS);
    guest = !signup && dice.chance(GUESTS);
    if (signup) {
      user = people.newcomer();
    } else {
      do {
        user = people.anyone(dice);
      } while (people.underWay(user, hour));
    }
    userId = signup ? people.userId(user) : guest ? null : people.userId(user);
    chooseDevice(world, hour);
    visitorId = device.visitorId();
    sessionId = Names.of("s", dice.next(), 9);
    source = world.campaign() != null && dice.chance(0.5) ? "ad" : dice.oneOf(SOURCES);
    // whoever has just signed up looks around first: buying at once is what fraudsters do
    buyer = !guest && !signup && dice.chance(BUYERS);
    wrongPasswords = dice.chance(0.12) ? dice.chance(0.12) ? 2 : 1 : 0;
    pagesLeft = 2 + (int) (dice.exponential() * 2.6);
    page = dice.below(3);
    product = world.catalogue.any(dice);
    attempt = 0;
  }

  private void chooseDevice(World world, long hour) {
    Dice dice = world.dice;
    Population people = world.population;
    int own = people.ownDevices(user);
    device =
        dice.chance(0.1)
            ? people.sharedDevice(user)
            : people.ownDevice(user, own == 2 && dice.chance(0.25) ? 1 : 0);
    City away = people.journey(user, hour);
    place = away == null ? people.city(user) : away;
    boolean mobile = device.portable() && (away != null || dice.chance(0.45));
    if (mobile) {
      ip = Population.ipv6(dice.next());
    } else if (away != null) {
      ip = Population.ipv4(dice.next());
    } else {
      ip = people.homeIp(user);
    }
  }

  @Override
  void act(World world) {
    Dice dice = world.dice;
    switch (stage) {
      case ARRIVE -> {
        traffic(world, TrafficKind.PAGE_VIEW, "home", false);
        stage = guest ? Stage.BROWSE : Stage.LOGIN;
        again(world, pause(dice, 7_000));
      }
      case LOGIN -> login(world);
      case BROWSE -> browse(world);
      case CART -> {
        traffic(world, TrafficKind.CART_ADD, "product", true);
        stage = Stage.CHECKOUT;
        again(world, pause(dice, 9_000));
      }
      case CHECKOUT -> {
        traffic(world, TrafficKind.PAGE_VIEW, "checkout", false);
        stage = Stage.ORDER;
        again(world, pause(dice, 14_000));
      }
      case ORDER -> order(world);
      case PAY -> pay(world);
      case ANSWER -> answer(world);
      case CANCEL -> {
        orderStep(world, OrderType.CANCELLED, List.of(), null, 0);
        world.release(this);
      }
    }
  }

  private void again(World world, long delay) {
    world.agenda.schedule(this, world.now() + delay);
  }

  /** Reading and thinking: nobody is quicker than a second, nobody stays after two minutes. */
  private static long pause(Dice dice, double median) {
    return (long) Math.min(120_000, Math.max(1_000, dice.logNormal(median, 0.8)));
  }

  private void login(World world) {
    Dice dice = world.dice;
    boolean success = signup || wrongPasswords == 0;
    wrongPasswords--;
    if (world.open()) {
      LoginEvent event = new LoginEvent();
      event.setEventId(world.nextEventId());
      event.setEventTime(earlier(world, 50));
      event.setKind(signup ? LoginKind.SIGNUP : LoginKind.LOGIN);
      event.setSuccess(success);
      event.setUserId(userId);
      event.setDeviceId(device.id());
      event.setIp(ip);
      event.setReason(success ? null : "wrong_password");
      event.setPlace(place.name());
      event.setLatitude(place.latitude());
      event.setLongitude(place.longitude());
      event.setOs(device.os());
      event.setBrowser(device.browser());
      event.setMethod(success ? dice.oneOf(LOGIN_METHODS) : "password");
      world.emit("logins", userId, event, null);
    }
    if (success) {
      stage = Stage.BROWSE;
    }
    again(world, pause(dice, 8_000));
  }

  private void browse(World world) {
    Dice dice = world.dice;
    switch (page) {
      case 0 -> traffic(world, TrafficKind.SEARCH, "search", false);
      case 1 -> traffic(world, TrafficKind.PAGE_VIEW, "list", false);
      case 2 -> {
        product = world.catalogue.any(dice);
        traffic(world, TrafficKind.CLICK, "list", true);
      }
      case 3 -> traffic(world, TrafficKind.PAGE_VIEW, "product", true);
      default -> {
        double what = dice.uniform();
        TrafficKind kind =
            what < 0.3
                ? TrafficKind.API_CALL
                : what < 0.5
                    ? TrafficKind.FAVOURITE
                    : what < 0.75
                        ? TrafficKind.CART_ADD
                        : what < 0.9 ? TrafficKind.PAGE_VIEW : TrafficKind.CART_REMOVE;
        traffic(world, kind, kind == TrafficKind.CART_REMOVE ? "cart" : "product", true);
      }
    }
    page = (page + 1) % 5;
    if (--pagesLeft > 0) {
      again(world, pause(dice, 7_000));
    } else if (buyer) {
      stage = Stage.CART;
      again(world, pause(dice, 10_000));
    } else {
      world.release(this);
    }
  }

  private void order(World world) {
    if (!world.open()) {
      // an order made before the start would be paid without ever having been seen
      world.release(this);
      return;
    }
    Dice dice = world.dice;
    order = world.nextOrder();
    orderId = world.orderId(order);
    int lines = 1 + (int) (dice.exponential() * 0.7);
    List<OrderItem> items = new ArrayList<>(lines);
    long goods = 0;
    amount = 0;
    for (int i = 0; i < lines && i < 5; i++) {
      long one = i == 0 ? product : world.catalogue.any(dice);
      int quantity = dice.chance(0.85) ? 1 : 2;
      long price = world.catalogue.price(one);
      items.add(
          new OrderItem(
              world.catalogue.productId(one), world.catalogue.categoryId(one), quantity, price));
      amount += price * quantity;
      goods = Dice.mix(goods, one * 4 + quantity);
    }
    method = METHODS[(int) (Dice.mix(user) & 3)];
    accountToken = world.population.accountToken(user, method);
    addressToken =
        dice.chance(0.12) ? world.population.workAddress(user) : world.population.address(user);
    boolean coupon = dice.chance(world.campaign() == null ? 0.2 : 0.6);
    long discount = coupon ? amount / 20 : 0;
    amount -= discount;
    orderStep(world, OrderType.CREATED, items, Names.of("g", goods, 10), discount);
    if (dice.chance(0.95)) {
      stage = Stage.PAY;
      again(world, 1_500 + pause(dice, 5_000));
    } else {
      cancelIn(world, 2, 9);
    }
  }

  private void cancelIn(World world, double fromMinutes, double toMinutes) {
    stage = Stage.CANCEL;
    again(world, (long) (60_000 * world.dice.between(fromMinutes, toMinutes)));
  }

  private void orderStep(
      World world, OrderType type, List<OrderItem> items, String goods, long discount) {
    OrderEvent event = new OrderEvent();
    event.setEventId(world.nextEventId());
    event.setEventTime(world.now());
    event.setOrderId(orderId);
    event.setType(type);
    event.setUserId(userId);
    event.setDeviceId(device.id());
    event.setIp(ip);
    event.setAddressToken(addressToken);
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setDiscount(discount);
    event.setCouponId(discount == 0 ? null : "coupon-" + (order & 63));
    event.setFirstOrder(discount > 0 && (Dice.mix(order) & 31) == 0);
    event.setGoods(goods);
    event.setItems(items);
    event.setChannel(device.channel());
    event.setCampaign(world.campaign());
    City home = world.population.city(user);
    event.setProvince(home.province());
    event.setCityTier(home.tier());
    world.emit("orders", userId, event, null);
  }

  private void pay(World world) {
    Dice dice = world.dice;
    double fate = dice.uniform();
    failureCode = null;
    if (world.fault().fails(method, dice)) {
      answer = PaymentStatus.FAILED;
      failureCode = Fault.CODE;
    } else if (fate < 0.965) {
      answer = PaymentStatus.SUCCEEDED;
    } else if (fate < 0.999) {
      answer = PaymentStatus.FAILED;
      failureCode = fate < 0.998 ? dice.oneOf(REFUSALS) : "bank_error";
    } else {
      answer = PaymentStatus.TIMED_OUT;
      failureCode = "channel_timeout";
    }
    attempt++;
    latency = answer == PaymentStatus.TIMED_OUT ? 30_000 : 80 + (long) dice.logNormal(420, 0.7);
    paymentStep(world, PaymentStatus.INITIATED);
    stage = Stage.ANSWER;
    again(world, latency);
  }

  private void answer(World world) {
    Dice dice = world.dice;
    paymentStep(world, answer);
    if (answer != PaymentStatus.SUCCEEDED) {
      if (attempt < 3 && dice.chance(0.85)) {
        int tried = (int) (Dice.mix(user) & 3);
        method = METHODS[(tried + attempt) & 3];
        accountToken = world.population.accountToken(user, method);
        stage = Stage.PAY;
        again(world, 3_000 + pause(dice, 15_000));
      } else {
        cancelIn(world, 1, 6);
      }
    } else if (dice.chance(0.025)) {
      cancelIn(world, 5, 40);
    } else {
      world.parcel().send(world, user, order, device.id(), addressToken, amount);
      world.release(this);
    }
  }

  private void paymentStep(World world, PaymentStatus status) {
    boolean started = status == PaymentStatus.INITIATED;
    PaymentEvent event = new PaymentEvent();
    event.setEventId(world.nextEventId());
    event.setEventTime(world.now());
    event.setOrderId(orderId);
    event.setPaymentId(orderId + "." + attempt);
    event.setStatus(status);
    event.setUserId(userId);
    event.setDeviceId(device.id());
    event.setIp(ip);
    event.setAccountToken(accountToken);
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setMethod(method);
    event.setFailureCode(started ? null : failureCode);
    event.setLatencyMs(started ? null : (Long) latency);
    world.emit("payments", userId, event, null);
  }

  private void traffic(World world, TrafficKind kind, String pageType, boolean withProduct) {
    if (!world.open()) {
      return;
    }
    Dice dice = world.dice;
    TrafficEvent event = new TrafficEvent();
    event.setEventId(world.nextEventId());
    event.setEventTime(earlier(world, 200));
    event.setKind(kind);
    event.setVisitorId(visitorId);
    event.setSessionId(sessionId);
    event.setUserId(stage == Stage.ARRIVE ? null : stage == Stage.LOGIN ? null : userId);
    event.setDeviceId(device.id());
    event.setIp(ip);
    event.setPageType(pageType);
    if (withProduct) {
      event.setProductId(world.catalogue.productId(product));
      event.setCategoryId(world.catalogue.categoryId(product));
    }
    boolean call = kind == TrafficKind.API_CALL;
    event.setEndpoint(call ? "/api/stock" : null);
    event.setStatus(status(dice));
    double slowness = call ? 1 : world.fault().slowness(pageType, world.faultAge());
    long loadMs = (long) (slowness * dice.logNormal(call ? 90 : 420, 0.65));
    event.setLoadMs(loadMs);
    event.setFirstScreenMs(kind == TrafficKind.PAGE_VIEW ? (Long) (loadMs * 5 / 8) : null);
    event.setSource(source);
    event.setChannel(device.channel());
    event.setCampaign(world.campaign());
    world.emit("traffic", visitorId, event, null);
  }

  private static int status(Dice dice) {
    int lot = dice.below(2000);
    if (lot < 1976) {
      return 200;
    }
    if (lot < 1986) {
      return 304;
    }
    return lot < 1997 ? 404 : lot < 1999 ? 429 : 500;
  }

  /** Browsers and servers report on their own clocks and paths: a little before now. */
  private static long earlier(World world, int most) {
    return Math.max(world.startTimeMillis, world.now() - world.dice.below(most));
  }
}
