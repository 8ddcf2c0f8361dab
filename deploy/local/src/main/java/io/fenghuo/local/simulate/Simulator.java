package io.fenghuo.local.simulate;

import java.util.Iterator;
import java.util.Map;

/**
 * The events of a simulated shop, without end. The same arguments give the same events, byte for
 * byte, on any machine.
 *
 * <p><b>Rate.</b> {@code eventsPerSecond} is the mean in simulated time; {@code mixed} and {@code
 * ordinary} follow the hour of the day around it (0.2 at four in the morning to 1.9 at nine in the
 * evening, Asia/Shanghai), the others keep it. A few {@code resources} events come on top. Visits
 * are under way at the start already, so the rate holds from the first second (above 25,000 events
 * a second only some of them are, and it is reached within two minutes). It is 8 % short until
 * parcels arrive; payments take a minute to follow, because no order made before the start is paid
 * after it.
 *
 * <p><b>Order.</b> Orders, payments, resources and all frauds come in order of event time. A
 * genuine traffic event may be up to 200 ms older than one before it, a login up to 50 ms, as
 * reports of browsers and servers are; none is older than the start.
 *
 * <p><b>Users.</b> People shop at a human pace: two visits a day on average at most, twelve for the
 * busiest, and not half of the visits end with an order. When the rate asks for more, there are
 * more people: {@code users} is raised to {@value #USERS_PER_RATE} × eventsPerSecond. People take
 * no memory.
 *
 * <p><b>Memory</b> is flat: a pooled object for each visit under way (some ten for each event a
 * second), and for each of at most {@value Parcel#LIMIT} parcels; above 100 events a second there
 * would be more, and delivery becomes quicker instead.
 *
 * <p><b>Frauds</b> of the scenario are played again and again, each the first time within ten
 * minutes, and at 200 events a second and the usual shares within one or two. They use accounts
 * whose owners do not shop themselves, so the label of an event is the label of all events of that
 * user nearby.
 */
public final class Simulator implements Iterator<SimulatedEvent> {

  /** People needed for each event a second, so that nobody shops more than people do. */
  static final int USERS_PER_RATE = 5_000;

  private static final long WARM_UP = 240_000;

  /** Events before the start cost time as those after it do: no more of them than these. */
  private static final double WARM_UP_EVENTS = 6_000_000;

  private static final double PRODUCTS_PER_RATE = 20;
  private static final long FIRST_FRAUD_WITHIN = 600_000;

  private final World world;

  /**
   * A shop at a time.
   *
   * @param scenario what happens
   * @param seed any number
   * @param eventsPerSecond mean number of events in a second of simulated time, above 0
   * @param startTimeMillis event time of the first events
   * @param users people who shop; raised when the rate is too high for so few
   */
  public Simulator(
      Scenario scenario, long seed, double eventsPerSecond, long startTimeMillis, int users) {
    if (!(eventsPerSecond > 0 && eventsPerSecond <= 10_000_000)) {
      throw new IllegalArgumentException(
          "events per second must be above 0 and at most 10,000,000, not " + eventsPerSecond);
    }
    if (users < 1) {
      throw new IllegalArgumentException("there must be at least 1 user, not " + users);
    }
    double fraudShare = scenario.frauds().values().stream().mapToDouble(share -> share).sum();
    double visitsPerMilli = eventsPerSecond * (1 - fraudShare) / Visit.MEAN_EVENTS / 1000;
    long warmUp = Math.min(WARM_UP, (long) (1000 * WARM_UP_EVENTS / eventsPerSecond));
    long population = Math.max(users, (long) Math.ceil(eventsPerSecond * USERS_PER_RATE));
    long products = Math.max(20_000, (long) (eventsPerSecond * PRODUCTS_PER_RATE));
    double parcelsOnTheWay = visitsPerMilli * Visit.MEAN_PARCELS * Parcel.MEAN_HOURS * 3_600_000;
    world =
        new World(
            scenario,
            seed,
            startTimeMillis - warmUp,
            startTimeMillis,
            new Population(population, seed, startTimeMillis),
            new Catalogue(products, seed),
            Math.min(1, 0.8 * Parcel.LIMIT / parcelsOnTheWay));
    world.agenda.schedule(new Door(scenario.demand(), visitsPerMilli), startTimeMillis - warmUp);
    for (int i = 0; i < Host.NAMES.length; i++) {
      Host host = new Host(Host.NAMES[i], scenario.demand());
      world.agenda.schedule(host, startTimeMillis + 1_500L * i);
    }
    for (Map.Entry<String, Double> entry : scenario.frauds().entrySet()) {
      double eventsPerMilli = eventsPerSecond * entry.getValue() / 1000;
      Fraudster fraudster = new Fraudster(entry.getKey(), eventsPerMilli);
      double first = Math.min(FIRST_FRAUD_WITHIN, 5 / eventsPerMilli);
      world.agenda.schedule(fraudster, startTimeMillis + (long) (first * world.dice.uniform()));
    }
  }

  /** Always true: the shop never closes. */
  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public SimulatedEvent next() {
    SimulatedEvent event = world.poll();
    while (event == null) {
      world.agenda.take().act(world);
      event = world.poll();
    }
    return event;
  }

  /** Lets visitors in, at random moments, as many as the demand of the hour. */
  private static final class Door extends Actor {

    private final Demand demand;
    private final double visitsPerMilli;
    private double factor;
    private long factorUntil = Long.MIN_VALUE;
    private double dueFraction;

    Door(Demand demand, double visitsPerMilli) {
      this.demand = demand;
      this.visitsPerMilli = visitsPerMilli;
    }

    @Override
    void act(World world) {
      Visit visit = world.visit();
      visit.begin(world);
      if (visit.findsTheShop(world)) {
        world.agenda.schedule(visit, world.now());
      } else {
        world.release(visit);
      }
      if (world.now() >= factorUntil) {
        factor = demand.factor(world.startTimeMillis, world.now());
        factorUntil = world.now() + 1000;
      }
      // at high rates many visits begin in one millisecond: the fraction carries over
      double due = dueFraction + world.dice.exponential() / (visitsPerMilli * factor);
      long wholeMillis = (long) due;
      dueFraction = due - wholeMillis;
      world.agenda.schedule(this, world.now() + wholeMillis);
    }
  }

  /** Plays one fraud again and again, as often as makes its share of the events. */
  private static final class Fraudster extends Actor {

    private final String id;
    private final double eventsPerMilli;
    private final Fraud fraud;

    Fraudster(String id, double eventsPerMilli) {
      this.id = id;
      this.eventsPerMilli = eventsPerMilli;
      this.fraud = Fraud.ALL.get(id);
    }

    @Override
    void act(World world) {
      Script script = new Script(world, id);
      fraud.play().accept(script);
      double rest = script.events() / eventsPerMilli * world.dice.between(0.5, 1.5);
      world.agenda.schedule(this, world.now() + Math.max(1, (long) rest));
    }
  }
}
