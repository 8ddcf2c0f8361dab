package io.fenghuo.local.simulate;

/**
 * A telephone, tablet or computer.
 *
 * @param id its fingerprint
 * @param bits random bits that settle everything else about it
 */
record Device(String id, long bits) {

  private static final String[] PHONE_SYSTEMS = {"Android", "Android", "iOS", "HarmonyOS"};
  private static final String[] PHONE_CHANNELS = {"app", "app", "app", "mini-program", "web"};
  private static final String[] BROWSERS = {"Chrome", "Edge", "Safari", "360"};

  boolean portable() {
    return (bits >>> 8 & 3) != 0;
  }

  String os() {
    if (portable()) {
      return PHONE_SYSTEMS[(int) (bits >>> 16 & 3)];
    }
    return (bits >>> 16 & 3) == 0 ? "macOS" : "Windows";
  }

  String channel() {
    return portable() ? PHONE_CHANNELS[(int) ((bits >>> 24 & 0xFF) % 5)] : "web";
  }

  String browser() {
    return "web".equals(channel()) ? BROWSERS[(int) (bits >>> 32 & 3)] : channel();
  }

  /** The cookie or the app installation. */
  String visitorId() {
    return Names.of("v", Dice.mix(bits), 10);
  }
}
