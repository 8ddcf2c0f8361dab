package io.fenghuo.local.simulate;

import io.fenghuo.schemas.ResourceSample;

/** A machine of the shop that says every ten seconds how busy it is. */
final class Host extends Actor {

  /** The machines of the shop. */
  static final String[] NAMES = {"web-1", "web-2", "order-1", "order-2", "payment-1", "db-1"};

  private static final long EVERY = 10_000;
  private static final double MOST_LOAD = 4;

  private final String name;
  private final Demand demand;

  Host(String name, Demand demand) {
    this.name = name;
    this.demand = demand;
  }

  @Override
  void act(World world) {
    Dice dice = world.dice;
    // More machines stand ready for a peak that was announced; these six do not get all of it.
    double load = Math.min(MOST_LOAD, demand.factor(world.startTimeMillis, world.now()));
    ResourceSample event = new ResourceSample();
    event.setEventId(world.nextEventId());
    event.setEventTime(world.now());
    event.setHost(name);
    double fault = world.fault().load(name, world.faultAge());
    event.setCpu(share(0.14 + 0.11 * load + dice.between(-0.03, 0.03) + fault));
    event.setMemory(share(0.45 + 0.02 * load + dice.between(-0.01, 0.01)));
    event.setBandwidth(share(0.07 + 0.08 * load + dice.between(-0.02, 0.02)));
    event.setDisk(share(0.38 + (name.hashCode() & 7) * 0.02));
    event.setConnections(share(0.1 + 0.07 * load + dice.between(-0.02, 0.02)));
    world.emit("resources", name, event, null);
    world.agenda.schedule(this, world.now() + EVERY);
  }

  /** Three decimals, as an exporter prints them. */
  private static double share(double value) {
    return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000.0;
  }
}
