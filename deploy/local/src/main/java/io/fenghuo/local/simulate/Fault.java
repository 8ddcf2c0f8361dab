package io.fenghuo.local.simulate;

/**
 * What breaks in the shop itself. Before it begins the events are those of an ordinary day, to the
 * byte; after it the shop goes on as well as it can. A part that is null is not broken.
 *
 * @param method a way to pay that fails nearly always, with {@link #CODE}
 * @param pageType a kind of page that loads more and more slowly
 * @param source where no visitor comes from any more
 * @param host a machine whose processor has more and more to do
 * @param topic a stream that says nothing any more, while the shop goes on
 */
record Fault(String method, String pageType, String source, String host, String topic) {

  static final Fault NONE = new Fault(null, null, null, null, null);

  /** What the failing way to pay says. */
  static final String CODE = "channel_unavailable";

  /** Share of the attempts that fail. */
  private static final double FAILING = 0.9;

  /** How many times as long a slow page takes in the end, and until when it gets worse. */
  private static final double SLOWEST = 8;

  private static final double SLOWING_MINUTES = 15;

  /** How much a busy processor is busier in the end, and until when it climbs. */
  private static final double BUSIEST = 0.8;

  private static final double CLIMBING_MINUTES = 24;

  static Fault ofMethod(String method) {
    return new Fault(method, null, null, null, null);
  }

  static Fault ofPage(String pageType) {
    return new Fault(null, pageType, null, null, null);
  }

  static Fault ofSource(String source) {
    return new Fault(null, null, source, null, null);
  }

  static Fault ofHost(String host) {
    return new Fault(null, null, null, host, null);
  }

  static Fault ofStream(String topic) {
    return new Fault(null, null, null, null, topic);
  }

  boolean fails(String payingMethod, Dice dice) {
    return payingMethod.equals(method) && dice.chance(FAILING);
  }

  /**
   * Factor on the load time of a page.
   *
   * @param since milliseconds since the fault began
   */
  double slowness(String page, long since) {
    return page.equals(pageType)
        ? 1 + (SLOWEST - 1) * Math.min(1, since / 60_000.0 / SLOWING_MINUTES)
        : 1;
  }

  /** What comes on top of a machine's processor utilisation, a share of 1. */
  double load(String name, long since) {
    return name.equals(host) ? BUSIEST * Math.min(1, since / 60_000.0 / CLIMBING_MINUTES) : 0;
  }

  boolean loses(String visitSource) {
    return visitSource.equals(source);
  }

  boolean silences(String stream) {
    return stream.equals(topic);
  }
}
