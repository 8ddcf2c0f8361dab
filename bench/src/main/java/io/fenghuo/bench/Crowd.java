package io.fenghuo.bench;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.TrafficKind;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecord;

/**
 * Events of a given number of users, all equally busy, which is the worst case for a cache: first
 * one event of everybody, so that state exists for each of them; then visits by users drawn at
 * random. The mix is about the simulated shop's, in both parts: a visit is a login, six pages, and
 * in 47 % of cases an order and its payment.
 *
 * <p>Each user has a device, an IP address, a payment account and a receiver address of their own.
 */
final class Crowd implements Iterator<SpecificRecord> {

  private static final int PAGES = 6;
  private static final double BUYERS = 0.47;

  private final SplittableRandom random;
  private final int users;
  private final double millisPerEvent;
  private final double startMillis;
  private final ArrayDeque<SpecificRecord> visit = new ArrayDeque<>();
  private long events;
  private int met;
  private long orders;

  /**
   * @param eventsPerSecond in the shop's own time
   * @param startMillis event time of the first
   */
  Crowd(int users, long seed, double eventsPerSecond, long startMillis) {
    this.users = users;
    this.random = new SplittableRandom(seed);
    this.millisPerEvent = 1000 / eventsPerSecond;
    this.startMillis = startMillis;
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public SpecificRecord next() {
    if (met < users) {
      return anything(met++);
    }
    if (visit.isEmpty()) {
      plan(random.nextInt(users));
    }
    return visit.poll();
  }

  private SpecificRecord anything(int user) {
    double which = random.nextDouble() * (1 + PAGES + 3 * BUYERS);
    if (which < 1) {
      return login(user);
    } else if (which < 1 + PAGES) {
      return page(user, (int) which);
    } else if (which < 1 + PAGES + BUYERS) {
      return order(user, "o-" + Long.toString(orders++, 36), 10_000);
    }
    return payment(user, "q-" + user, 10_000, PaymentStatus.INITIATED);
  }

  private long time() {
    return (long) (startMillis + events * millisPerEvent);
  }

  private String id() {
    return "c-" + Long.toString(events++, 36);
  }

  private static String ip(int user) {
    return "10." + (user >> 16 & 255) + '.' + (user >> 8 & 255) + '.' + (user & 255);
  }

  private void plan(int user) {
    visit.add(login(user));
    for (int page = 0; page < PAGES; page++) {
      visit.add(page(user, page));
    }
    if (random.nextDouble() < BUYERS) {
      String orderId = "o-" + Long.toString(orders++, 36);
      long amount = 1_000L + random.nextInt(100_000);
      visit.add(order(user, orderId, amount));
      visit.add(payment(user, orderId, amount, PaymentStatus.INITIATED));
      visit.add(payment(user, orderId, amount, PaymentStatus.SUCCEEDED));
    }
  }

  private LoginEvent login(int user) {
    LoginEvent event = new LoginEvent();
    event.setEventTime(time());
    event.setEventId(id());
    event.setKind(LoginKind.LOGIN);
    event.setSuccess(true);
    event.setUserId("u" + user);
    event.setDeviceId("d" + user);
    event.setIp(ip(user));
    event.setPlace("Hangzhou");
    event.setLatitude(30.27);
    event.setLongitude(120.15);
    event.setOs("Android");
    event.setBrowser("app");
    event.setMethod("password");
    return event;
  }

  private TrafficEvent page(int user, int page) {
    TrafficEvent event = new TrafficEvent();
    event.setEventTime(time());
    event.setEventId(id());
    event.setKind(page % 3 == 2 ? TrafficKind.CLICK : TrafficKind.PAGE_VIEW);
    event.setVisitorId("v" + user);
    event.setSessionId("s" + user);
    event.setUserId("u" + user);
    event.setDeviceId("d" + user);
    event.setIp(ip(user));
    event.setPageType("product");
    event.setProductId("p" + random.nextInt(20_000));
    event.setCategoryId("c" + random.nextInt(50));
    event.setStatus(200);
    event.setLoadMs(200L + random.nextInt(600));
    event.setFirstScreenMs(150L);
    event.setSource("direct");
    event.setChannel("app");
    return event;
  }

  private OrderEvent order(int user, String orderId, long amount) {
    OrderEvent event = new OrderEvent();
    event.setEventTime(time());
    event.setEventId(id());
    event.setOrderId(orderId);
    event.setType(OrderType.CREATED);
    event.setUserId("u" + user);
    event.setDeviceId("d" + user);
    event.setIp(ip(user));
    event.setAddressToken("a" + user);
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setDiscount(0L);
    event.setFirstOrder(false);
    event.setGoods("g" + orderId);
    event.setItems(List.of(new OrderItem("p" + random.nextInt(20_000), "c1", 1, amount)));
    event.setChannel("app");
    event.setProvince("Zhejiang");
    event.setCityTier(1);
    return event;
  }

  private PaymentEvent payment(int user, String orderId, long amount, PaymentStatus status) {
    PaymentEvent event = new PaymentEvent();
    event.setEventTime(time());
    event.setEventId(id());
    event.setOrderId(orderId);
    event.setPaymentId(orderId + ".1");
    event.setStatus(status);
    event.setUserId("u" + user);
    event.setDeviceId("d" + user);
    event.setIp(ip(user));
    event.setAccountToken("t" + user);
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setMethod("alipay");
    event.setLatencyMs(status == PaymentStatus.INITIATED ? null : (Long) 400L);
    return event;
  }
}
