package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.figure.Reading;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * All watches in force.
 *
 * @param all in order of id
 */
public record Watches(List<Watch> all) {

  static final Set<String> KINDS =
      Set.of("objective", "tiers", "absence", "failover", "anomaly", "campaign");

  /** A watch and the subject whose state it keeps. */
  public record Place(Watch watch, SortedMap<String, String> subject) {

    /**
     * Tells this state from all others; the same as long as the watch looks at the same figures, so
     * that state is found again. A watch that looks at others begins anew.
     */
    public String key() {
      return watch.about().id() + "#" + digest(watch) + "|" + Wording.key(subject);
    }

    private static String digest(Watch watch) {
      return Integer.toHexString(watch.needs().toString().hashCode());
    }
  }

  /** The watch whose state lies under this key; empty when it is gone or was edited. */
  public Optional<Watch> watchOf(String key) {
    return all.stream()
        .filter(watch -> key.startsWith(watch.about().id() + "#" + Place.digest(watch) + "|"))
        .findFirst();
  }

  /** True for a file that defines watches, and no rule. */
  public static boolean isDefinition(Section file) {
    return KINDS.stream().anyMatch(file::has);
  }

  /**
   * Reads and checks the watches among these files; what is not one is passed over.
   *
   * @param zone the shop's time zone
   */
  public static Watches read(Map<String, String> files, ZoneId zone) throws RuleErrors {
    return new WatchReader(files, zone).read();
  }

  /** Every figure that is needed, once. */
  public List<NeededFigure> needs() {
    return all.stream().flatMap(watch -> watch.needs().stream()).distinct().toList();
  }

  public Optional<Watch> watch(String id) {
    return all.stream().filter(watch -> watch.about().id().equals(id)).findFirst();
  }

  /** Where a reading must go. */
  public List<Place> places(Reading reading) {
    List<Place> places = new ArrayList<>();
    for (Watch watch : all) {
      watch.subject(reading).ifPresent(subject -> places.add(new Place(watch, subject)));
    }
    return places;
  }

  /** By watch id; for telling which states are of a definition that is gone. */
  public Map<String, Watch> byId() {
    Map<String, Watch> byId = new LinkedHashMap<>();
    all.forEach(watch -> byId.put(watch.about().id(), watch));
    return byId;
  }
}
