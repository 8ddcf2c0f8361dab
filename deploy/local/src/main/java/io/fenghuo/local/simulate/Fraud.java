package io.fenghuo.local.simulate;

import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A fraud: what it does, and how much of the traffic it usually is. Each does far more than the
 * rule of the same name asks for, and genuine shoppers do far less.
 *
 * @param usualShare of all events, where all frauds are tried at once
 * @param play writes one fraud down
 */
record Fraud(double usualShare, Consumer<Script> play) {

  private static final double COMMON = 0.001;
  private static final double SELDOM = 0.0005;
  private static final double RARE = 0.0002;

  /** All frauds by the id of the rule they should trip. */
  static final Map<String, Fraud> ALL = all();

  private static Map<String, Fraud> all() {
    Map<String, Fraud> all = new LinkedHashMap<>();
    all.put("account/brute-force", new Fraud(COMMON, Fraud::bruteForce));
    all.put("account/credential-stuffing", new Fraud(COMMON, Fraud::credentialStuffing));
    all.put("account/takeover-order", new Fraud(COMMON, Fraud::takeoverOrder));
    all.put("account/impossible-travel", new Fraud(RARE, Fraud::impossibleTravel));
    all.put("account/signup-burst-device", new Fraud(COMMON, Fraud::signupBurstOnDevice));
    all.put("account/signup-burst-ip", new Fraud(COMMON, Fraud::signupBurstOnIp));
    all.put("account/purchase-after-signup", new Fraud(SELDOM, Fraud::purchaseAfterSignup));
    all.put("order/burst", new Fraud(COMMON, Fraud::burst));
    all.put("order/large-spend", new Fraud(SELDOM, Fraud::largeSpend));
    all.put("order/duplicate", new Fraud(SELDOM, Fraud::duplicate));
    all.put("order/shared-device", new Fraud(COMMON, Fraud::sharedDevice));
    all.put("order/shared-address", new Fraud(COMMON, Fraud::sharedAddress));
    all.put("order/coupon-farming", new Fraud(COMMON, Fraud::couponFarming));
    all.put("order/inhuman-speed", new Fraud(SELDOM, Fraud::inhumanSpeed));
    all.put("order/new-device-large-order", new Fraud(SELDOM, Fraud::newDeviceLargeOrder));
    all.put("payment/card-testing", new Fraud(COMMON, Fraud::cardTesting));
    all.put("payment/probe-then-large", new Fraud(SELDOM, Fraud::probeThenLarge));
    all.put("payment/amount-mismatch", new Fraud(RARE, Fraud::amountMismatch));
    all.put("payment/never-created", new Fraud(RARE, Fraud::neverCreated));
    all.put("payment/failures-in-a-row", new Fraud(SELDOM, Fraud::failuresInARow));
    all.put("refund/frequent-refunds", new Fraud(COMMON, Fraud::frequentRefunds));
    all.put("traffic/request-flood-ip", new Fraud(COMMON, Fraud::requestFloodFromIp));
    all.put("traffic/request-flood-user", new Fraud(COMMON, Fraud::requestFloodFromUser));
    all.put("traffic/click-flood-product", new Fraud(COMMON, Fraud::clickFloodOnProduct));
    all.put("fulfilment/unpaid-15m", new Fraud(RARE, Fraud::unpaid));
    all.put("fulfilment/ship-in-24h", new Fraud(RARE, Fraud::shippedLate));
    all.put("fulfilment/deliver-24h", new Fraud(RARE, s -> deliveredLate(s, 1, 30)));
    all.put("fulfilment/deliver-48h", new Fraud(RARE, s -> deliveredLate(s, 2, 60)));
    all.put("fulfilment/deliver-72h", new Fraud(RARE, s -> deliveredLate(s, 3, 90)));
    return all;
  }

  /** 25 wrong passwords for one account in a good minute. */
  private static void bruteForce(Script s) {
    Persona attacked = s.victim().on(s.device()).from(s.ip());
    for (int i = 0; i < 25; i++) {
      s.login(attacked, false);
      s.after(s.dice().between(1.5, 4));
    }
  }

  /** 45 accounts tried from one device on one line in two minutes; the last password fits. */
  private static void credentialStuffing(Script s) {
    Device device = s.device();
    String ip = s.ip();
    for (int i = 0; i < 45; i++) {
      s.login(s.victim().on(device).from(ip), false);
      s.after(s.dice().between(1, 4));
    }
    s.login(s.victim().on(device).from(ip), true);
  }

  /** Five wrong passwords, a right one from another device, then ¥1,200 to ¥1,900 are spent. */
  private static void takeoverOrder(Script s) {
    Persona owner = s.victim();
    Persona thief = owner.on(s.device()).from(s.ip()).to(s.address());
    s.login(owner, true);
    s.after(240);
    for (int i = 0; i < 5; i++) {
      s.login(thief, false);
      s.after(s.dice().between(4, 12));
    }
    Persona inside = thief.on(s.device());
    s.login(inside, true);
    s.after(s.dice().between(60, 180));
    payAndCancel(s, s.order(inside, s.yuan(1200, 1900)));
  }

  /** Two logins 15 to 25 minutes and more than 2,000 kilometres apart. */
  private static void impossibleTravel(Script s) {
    Persona here = s.victim().in(City.named(s.dice().oneOf(new String[] {"哈尔滨", "乌鲁木齐"})));
    s.login(here, true);
    s.after(60 * s.dice().between(15, 25));
    City there = City.named(s.dice().oneOf(new String[] {"深圳", "三亚", "广州"}));
    s.login(here.in(there).on(s.device()).from(s.ip()), true);
  }

  /** 15 accounts opened on one device in about four minutes. */
  private static void signupBurstOnDevice(Script s) {
    Device device = s.device();
    for (int i = 0; i < 15; i++) {
      s.signup(s.newcomer().on(device).from(s.ip()));
      s.after(s.dice().between(8, 24));
    }
  }

  /** 40 accounts opened on one line in about four minutes, each on a device of its own. */
  private static void signupBurstOnIp(Script s) {
    String ip = s.ip();
    for (int i = 0; i < 40; i++) {
      s.signup(s.newcomer().on(s.device()).from(ip));
      s.after(s.dice().between(3, 9));
    }
  }

  /** ¥3,000 to ¥8,000 are spent ten seconds after the account was opened. */
  private static void purchaseAfterSignup(Script s) {
    Persona thief = s.newcomer();
    s.signup(thief);
    s.after(10);
    payAndCancel(s, s.order(thief, s.yuan(3000, 8000)));
  }

  /** Eight orders of about ¥3,500 within two minutes. */
  private static void burst(Script s) {
    Persona buyer = s.victim();
    s.login(buyer, true);
    for (int i = 0; i < 8; i++) {
      s.after(s.dice().between(8, 15));
      s.cancelLater(s.order(buyer, s.yuan(3400, 3600)));
    }
  }

  /** Three orders of ¥30,000 to ¥45,000 within 20 minutes. */
  private static void largeSpend(Script s) {
    Persona buyer = s.victim();
    s.login(buyer, true);
    for (int i = 0; i < 3; i++) {
      s.after(60 * s.dice().between(4, 6));
      payAndCancel(s, s.order(buyer, s.yuan(30_000, 45_000)));
    }
  }

  /** The same goods four times within a minute. */
  private static void duplicate(Script s) {
    Persona buyer = s.victim();
    s.login(buyer, true);
    long goods = s.dice().next();
    long amount = s.yuan(50, 300);
    for (int i = 0; i < 4; i++) {
      s.after(s.dice().between(8, 18));
      s.cancelLater(s.order(buyer, amount, goods, null));
    }
  }

  /** Twelve accounts order on one device within 15 minutes. */
  private static void sharedDevice(Script s) {
    Device device = s.device();
    for (int i = 0; i < 12; i++) {
      Persona buyer = s.victim().on(device);
      s.login(buyer, true);
      s.after(20);
      s.cancelLater(s.order(buyer, s.yuan(80, 400)));
      s.after(s.dice().between(30, 60));
    }
  }

  /** 15 first orders, each from its own device, go to one address within 15 minutes. */
  private static void sharedAddress(Script s) {
    String address = s.address();
    for (int i = 0; i < 15; i++) {
      Persona buyer = s.victim().to(address);
      s.login(buyer, true);
      s.after(20);
      long goods = s.dice().next();
      s.cancelLater(s.order(buyer, s.yuan(80, 400), goods, "coupon-first-order"));
      s.after(s.dice().between(20, 50));
    }
  }

  /** Twelve fresh accounts use a first-order coupon on one device, for one address. */
  private static void couponFarming(Script s) {
    Device device = s.device();
    String ip = s.ip();
    String address = s.address();
    for (int i = 0; i < 12; i++) {
      Persona farmer = s.newcomer().on(device).from(ip).to(address);
      s.signup(farmer);
      s.after(s.dice().between(70, 90));
      long goods = s.dice().next();
      s.cancelLater(s.order(farmer, s.yuan(9, 30), goods, "coupon-first-order"));
      s.after(s.dice().between(15, 30));
    }
  }

  /** Six times from the product page to the payment, each in a third of a second. */
  private static void inhumanSpeed(Script s) {
    Persona robot = s.victim();
    s.login(robot, true);
    s.after(20);
    for (int i = 0; i < 6; i++) {
      long product = s.product();
      s.traffic(robot, TrafficKind.PAGE_VIEW, "product", product);
      s.after(0.04).traffic(robot, TrafficKind.CART_ADD, "product", product);
      s.after(0.05).traffic(robot, TrafficKind.PAGE_VIEW, "checkout", product);
      Script.Bought bought = s.after(0.05).order(robot, s.yuan(100, 500));
      s.after(0.06).pay(bought, 1, PaymentStatus.INITIATED, bought.amount());
      s.after(0.1).pay(bought, 1, PaymentStatus.SUCCEEDED, bought.amount());
      s.cancelLater(bought);
    }
  }

  /** A small order on the usual device; ten minutes later ¥9,000 to ¥18,000 on a new one. */
  private static void newDeviceLargeOrder(Script s) {
    Persona owner = s.victim();
    s.login(owner, true);
    s.after(60);
    payAndCancel(s, s.order(owner, s.yuan(30, 90)));
    s.after(600);
    Persona other = owner.on(s.device()).from(s.ip());
    s.login(other, true);
    s.after(90);
    payAndCancel(s, s.order(other, s.yuan(9000, 18_000)));
  }

  /**
   * 16 cards are tried for ¥1 on one device in two minutes, four by each of four accounts: too few
   * for each account to be noticed. Two of the cards work.
   */
  private static void cardTesting(Script s) {
    Device device = s.device();
    String ip = s.ip();
    for (int account = 0; account < 4; account++) {
      Persona tester = s.victim().on(device).from(ip);
      s.login(tester, true);
      for (int card = 0; card < 4; card++) {
        Script.Bought bought = s.after(4).order(tester.with(s.account()), 100);
        boolean works = account >= 2 && card == 3;
        s.after(2).pay(bought, works ? PaymentStatus.SUCCEEDED : PaymentStatus.FAILED);
        s.cancelLater(bought);
      }
    }
  }

  /** ¥1 four times shows that a card works; then ¥8,000 to ¥15,000 are taken from it. */
  private static void probeThenLarge(Script s) {
    Persona thief = s.victim().with(s.account());
    s.login(thief, true);
    for (int i = 0; i < 4; i++) {
      s.after(90);
      payAndCancel(s, s.order(thief, 100));
    }
    s.after(300);
    payAndCancel(s, s.order(thief, s.yuan(8000, 15_000)));
  }

  /** An order of ¥5,000 and a payment of ¥50. */
  private static void amountMismatch(Script s) {
    Script.Bought bought = s.order(s.victim(), 500_000);
    s.after(5).pay(bought, 1, PaymentStatus.INITIATED, 5_000);
    s.after(0.8).pay(bought, 1, PaymentStatus.SUCCEEDED, 5_000);
    s.cancelLater(bought);
  }

  /** A payment for an order that does not exist; the shop gives the money back after an hour. */
  private static void neverCreated(Script s) {
    Script.Bought phantom = s.phantom(s.victim(), s.yuan(100, 900));
    s.pay(phantom, PaymentStatus.SUCCEEDED);
    s.after(3600).step(phantom, OrderType.REFUNDED);
  }

  /** Ten failed payments in four minutes. */
  private static void failuresInARow(Script s) {
    Persona payer = s.victim();
    s.login(payer, true);
    Script.Bought bought = s.after(20).order(payer, s.yuan(500, 1500));
    for (int i = 1; i <= 10; i++) {
      s.after(s.dice().between(12, 30)).pay(bought, i, PaymentStatus.INITIATED, bought.amount());
      s.after(0.7).pay(bought, i, PaymentStatus.FAILED, bought.amount());
    }
    s.cancelLater(bought);
  }

  /** Eight orders, delivered by messenger within the hour, and every one sent back. */
  private static void frequentRefunds(Script s) {
    Persona buyer = s.victim();
    s.login(buyer, true);
    List<Script.Bought> orders = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Script.Bought bought = s.after(150).order(buyer, s.yuan(100, 500));
      s.after(5).pay(bought, PaymentStatus.SUCCEEDED);
      orders.add(bought);
    }
    orders.forEach(bought -> s.after(40).step(bought, OrderType.SHIPPED));
    orders.forEach(bought -> s.after(40).step(bought, OrderType.DELIVERED));
    orders.forEach(bought -> s.after(50).step(bought, OrderType.REFUND_REQUESTED));
    orders.forEach(bought -> s.after(20).step(bought, OrderType.REFUNDED));
  }

  /** 1,800 calls from one line in a minute, by ten devices. */
  private static void requestFloodFromIp(Script s) {
    String ip = s.ip();
    List<Persona> robots = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      robots.add(s.victim().loggedOut().on(s.device()).from(ip));
    }
    for (int i = 0; i < 1800; i++) {
      s.after(1 / 30.0).traffic(robots.get(i % 10), TrafficKind.API_CALL, "list", s.product());
    }
  }

  /** 1,200 calls by one user in a minute, over many lines. */
  private static void requestFloodFromUser(Script s) {
    Persona user = s.victim();
    List<Persona> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add(user.from(s.ip()));
    }
    for (int i = 0; i < 1200; i++) {
      s.after(1 / 20.0).traffic(lines.get(i % 60), TrafficKind.API_CALL, "product", s.product());
    }
  }

  /** 1,500 clicks on one product in a minute, by 60 visitors on as many lines. */
  private static void clickFloodOnProduct(Script s) {
    long product = s.product();
    List<Persona> clickers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clickers.add(s.victim().loggedOut().on(s.device()).from(s.ip()));
    }
    for (int i = 0; i < 1500; i++) {
      s.after(1 / 25.0).traffic(clickers.get(i % 60), TrafficKind.CLICK, "list", product);
    }
  }

  /** Ordered and forgotten: the shop cancels only after an hour. */
  private static void unpaid(Script s) {
    Script.Bought bought = s.order(s.victim(), s.yuan(60, 600));
    s.after(3600).step(bought, OrderType.CANCELLED);
  }

  /** Paid at once, shipped after 30 hours, delivered nine hours later. */
  private static void shippedLate(Script s) {
    Script.Bought bought = s.order(s.victim(), s.yuan(60, 600));
    s.after(8).pay(bought, PaymentStatus.SUCCEEDED);
    s.after(30 * 3600).step(bought, OrderType.SHIPPED);
    s.after(9 * 3600).step(bought, OrderType.DELIVERED);
  }

  /** Paid and shipped in time, to a city of the given tier, but delivered too late. */
  private static void deliveredLate(Script s, int tier, double hours) {
    Script.Bought bought = s.order(s.victimInTier(tier), s.yuan(60, 600));
    s.after(8).pay(bought, PaymentStatus.SUCCEEDED);
    s.after(3600).step(bought, OrderType.SHIPPED);
    s.after(hours * 3600).step(bought, OrderType.DELIVERED);
  }

  private static void payAndCancel(Script s, Script.Bought bought) {
    s.after(4).pay(bought, PaymentStatus.SUCCEEDED);
    s.cancelLater(bought);
  }
}
