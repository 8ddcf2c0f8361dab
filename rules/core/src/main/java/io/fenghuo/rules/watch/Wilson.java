package io.fenghuo.rules.watch;

/** Wilson's score interval: how high or low a share may truly be, given what was counted. */
final class Wilson {

  private Wilson() {}

  /**
   * @param hits of {@code trials}, 0 to trials
   * @param z how many standard deviations to allow for
   * @return lower end, 0 when nothing was counted
   */
  static double lower(double hits, double trials, double z) {
    return trials <= 0 ? 0 : Math.max(0, centre(hits, trials, z) - half(hits, trials, z));
  }

  /** Upper end, 1 when nothing was counted. */
  static double upper(double hits, double trials, double z) {
    return trials <= 0 ? 1 : Math.min(1, centre(hits, trials, z) + half(hits, trials, z));
  }

  private static double centre(double hits, double trials, double z) {
    return (hits + z * z / 2) / (trials + z * z);
  }

  private static double half(double hits, double trials, double z) {
    double share = hits / trials;
    return z * Math.sqrt(trials * share * (1 - share) + z * z / 4) / (trials + z * z);
  }
}
