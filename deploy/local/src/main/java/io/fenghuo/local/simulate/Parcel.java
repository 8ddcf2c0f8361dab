package io.fenghuo.local.simulate;

import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.util.List;

/** A paid order on its way: shipped, delivered, and now and then sent back. */
final class Parcel extends Actor {

  /** The usual time from payment to delivery. */
  static final double MEAN_HOURS = 22;

  /** More than these are never on the way at once: delivery becomes quicker instead. */
  static final int LIMIT = 400_000;

  private static final double REFUNDS = 0.02;
  private static final double[] EARLIEST_HOURS = {0, 4, 10, 20};
  private static final double[] LATEST_HOURS = {0, 15, 36, 58};

  private OrderType coming = OrderType.SHIPPED;
  private long user;
  private long order;
  private String deviceId;
  private String addressToken;
  private long amount;

  void send(World world, long user, long order, String deviceId, String addressToken, long amount) {
    this.user = user;
    this.order = order;
    this.deviceId = deviceId;
    this.addressToken = addressToken;
    this.amount = amount;
    coming = OrderType.SHIPPED;
    in(world, Math.min(12, world.dice.logNormal(2.5, 0.8)));
  }

  @Override
  void act(World world) {
    Dice dice = world.dice;
    int tier = world.population.city(user).tier();
    step(world, coming);
    switch (coming) {
      case SHIPPED -> {
        coming = OrderType.DELIVERED;
        in(world, dice.between(EARLIEST_HOURS[tier], LATEST_HOURS[tier]));
      }
      case DELIVERED -> {
        if (dice.chance(REFUNDS)) {
          coming = OrderType.REFUND_REQUESTED;
          in(world, dice.between(2, 48));
        } else {
          world.release(this);
        }
      }
      case REFUND_REQUESTED -> {
        coming = OrderType.REFUNDED;
        in(world, dice.between(1, 24));
      }
      default -> world.release(this);
    }
  }

  private void in(World world, double hours) {
    double haste = world.parcels > LIMIT ? world.haste / 10 : world.haste;
    world.agenda.schedule(this, world.now() + 1_000 + (long) (hours * haste * 3_600_000));
  }

  private void step(World world, OrderType type) {
    City home = world.population.city(user);
    String userId = world.population.userId(user);
    OrderEvent event = new OrderEvent();
    event.setEventId(world.nextEventId());
    event.setEventTime(world.now());
    event.setOrderId(world.orderId(order));
    event.setType(type);
    event.setUserId(userId);
    // the warehouse knows the address; only the buyer's own steps come from a device
    event.setDeviceId(type == OrderType.REFUND_REQUESTED ? deviceId : null);
    event.setAddressToken(addressToken);
    event.setAmount(amount);
    event.setCurrency("CNY");
    event.setItems(List.of());
    event.setProvince(home.province());
    event.setCityTier(home.tier());
    world.emit("orders", userId, event, null);
  }
}
