package io.fenghuo.local.simulate;

/**
 * Everybody who has an account. A person is a number, and all that is known of them is computed
 * from it, so a hundred million shoppers take no memory.
 *
 * <p>Numbers below {@link #size()} shop by themselves. Above them come a million dormant accounts,
 * which only fraudsters touch: a label on an event then never stands beside genuine events of the
 * same user. Above those come the accounts opened during the run.
 */
final class Population {

  private static final long DORMANT = 1_000_000;
  private static final long NUMBERS = 1L << 40;

  /** Flattens the head of the activity curve: the busiest shopper comes 6 times the mean. */
  private static final double SHIFT = 0.1;

  private static final int[][] HOUSEHOLDS = {
    {0, 1, 2, 3}, {0, 1, 2, 2}, {0, 0, 2, 2}, {0, 1, 1, 1}, {0, 0, 2, 3}, {0, 0, 0, 0}
  };

  private final long size;
  private final long salt;
  private final long firstNewcomer;
  private long newcomers;

  Population(long size, long seed, long startTimeMillis) {
    this.size = size;
    this.salt = Dice.mix(seed, 17);
    long room = NUMBERS / 2;
    this.firstNewcomer = room + Long.remainderUnsigned(Dice.mix(seed, startTimeMillis), room / 2);
  }

  long size() {
    return size;
  }

  /** Someone who shops now. Activity falls with the root of the rank, as in Zipf's law. */
  long anyone(Dice dice) {
    double x = dice.uniform() + SHIFT;
    double low = SHIFT * SHIFT;
    double high = (1 + SHIFT) * (1 + SHIFT);
    return (long) (size * ((x * x - low) / (high - low)));
  }

  /** An account whose owner does not shop during the run. */
  long dormant(Dice dice) {
    return size + dice.below(DORMANT);
  }

  /** An account nobody had before. */
  long newcomer() {
    return firstNewcomer + newcomers++;
  }

  String userId(long user) {
    // an odd factor modulo a power of two is a bijection: different numbers, different names
    return Names.of("u", (user * 0x5DEECE66DL + salt) & (NUMBERS - 1), 8);
  }

  /** The household of the user: people of one household share an address, a line and a device. */
  long household(long user) {
    long block = user >> 2;
    int[] members = HOUSEHOLDS[(int) Long.remainderUnsigned(Dice.mix(salt, block), 6)];
    return (block << 2) + members[(int) (user & 3)];
  }

  City city(long user) {
    return City.of(Dice.mix(salt + 1, household(user)));
  }

  String address(long user) {
    return Names.of("adr-", Dice.mix(salt + 2, household(user)), 10);
  }

  /** Where the user works: some parcels go there. */
  String workAddress(long user) {
    return Names.of("adr-", Dice.mix(salt + 3, user), 10);
  }

  String homeIp(long user) {
    return ipv4(Dice.mix(salt + 4, household(user)));
  }

  Device ownDevice(long user, int which) {
    return device(Dice.mix(salt + 5 + which, user));
  }

  Device sharedDevice(long user) {
    return device(Dice.mix(salt + 8, household(user)));
  }

  /** How many devices of their own the user has, 1 or 2; the household has one more. */
  int ownDevices(long user) {
    return (Dice.mix(salt + 9, user) & 3) == 0 ? 2 : 1;
  }

  /** Token of the user's account with a payment method. */
  String accountToken(long user, String method) {
    return Names.of("acc-", Dice.mix(salt + method.hashCode(), user), 10);
  }

  /**
   * Where the user is on a journey at this time, or null at home. Journeys last one working day in
   * fifty for anybody.
   */
  City journey(long user, long hourOfEpoch) {
    long hour = Math.floorMod(hourOfEpoch + 8, 72L);
    if (hour < 34 || hour >= 42 || !travels(user, hourOfEpoch)) {
      return null;
    }
    return City.of(Dice.mix(salt + 10 + Math.floorDiv(hourOfEpoch + 8, 72L), user));
  }

  /** Whether the user sits in a train or an aeroplane: nobody shops at two ends within hours. */
  boolean underWay(long user, long hourOfEpoch) {
    long hour = Math.floorMod(hourOfEpoch + 8, 72L);
    boolean before = hour >= 28 && hour < 34;
    boolean after = hour >= 42 && hour < 48;
    return (before || after) && travels(user, hourOfEpoch);
  }

  private boolean travels(long user, long hourOfEpoch) {
    return Long.remainderUnsigned(
            Dice.mix(salt + 11 + Math.floorDiv(hourOfEpoch + 8, 72L), user), 50)
        == 0;
  }

  Device device(long bits) {
    return new Device(Names.of("d", bits, 10), bits);
  }

  /** A line at home or in an office, outside the reserved ranges. */
  static String ipv4(long bits) {
    int first = 36 + (int) ((bits >>> 32 & 0xFFFF) % 84);
    return first + "." + (bits >>> 16 & 0xFF) + "." + (bits >>> 8 & 0xFF) + "." + (bits & 0xFF);
  }

  /** A telephone's address: carriers give each its own. */
  static String ipv6(long bits) {
    return "2409:8a"
        + Integer.toHexString(0x10 + (int) (bits & 0x3F))
        + ":"
        + Integer.toHexString((int) (bits >>> 16 & 0xFFFF))
        + ":"
        + Integer.toHexString((int) (bits >>> 32 & 0xFFFF))
        + "::"
        + Integer.toHexString((int) (bits >>> 48 & 0xFFFF));
  }
}
