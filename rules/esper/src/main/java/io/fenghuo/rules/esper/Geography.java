package io.fenghuo.rules.esper;

/** The one function of ours that rules may call. */
public final class Geography {

  private static final double EARTH_RADIUS_KM = 6_371;

  private Geography() {}

  /**
   * Great-circle distance by the haversine formula.
   *
   * @return kilometres, or null when an argument is null
   */
  public static Double kilometres(Double lat1, Double lon1, Double lat2, Double lon2) {
    if (lat1 == null || lon1 == null || lat2 == null || lon2 == null) {
      return null;
    }
    double phi1 = Math.toRadians(lat1);
    double phi2 = Math.toRadians(lat2);
    double halfLat = Math.sin((phi2 - phi1) / 2);
    double halfLon = Math.sin(Math.toRadians(lon2 - lon1) / 2);
    double a = halfLat * halfLat + Math.cos(phi1) * Math.cos(phi2) * halfLon * halfLon;
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(a)));
  }
}
