package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.Section;
import io.fenghuo.rules.figure.Reading;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All watches in force. */
public final class Watches {

  static final Set<String> KINDS =
      Set.of("objective", "tiers", "absence", "failover", "anomaly", "campaign");

  private final Map<String, Watch> byId = new LinkedHashMap<>();
  private final Map<String, Watch> byForm = new HashMap<>();
  private final Map<String, String> forms = new HashMap<>();
  private final Map<String, List<Watch>> byFigure = new HashMap<>();

  /**
   * @param all in order of id, none twice
   * @param figure what a figure that is only named computes; empty when nobody knows
   */
  Watches(List<Watch> all, Function<NeededFigure, String> figure) {
    for (Watch watch : all) {
      String id = watch.about().id();
      String looksAt =
          watch.needs().toString()
              + watch.needs().stream().map(figure).collect(Collectors.joining());
      String form = id + "#" + Integer.toHexString(looksAt.hashCode());
      byId.put(id, watch);
      forms.put(id, form);
      byForm.put(form, watch);
      watch.needs().stream()
          .map(NeededFigure::name)
          .distinct()
          .forEach(name -> byFigure.computeIfAbsent(name, any -> new ArrayList<>()).add(watch));
    }
  }

  /**
   * A watch and the subject whose state it keeps.
   *
   * @param key tells this state from all others; the same as long as the watch looks at the same
   *     figures, so that state is found again. A watch that looks at others, or at one that was
   *     edited, begins anew
   */
  public record Place(Watch watch, SortedMap<String, String> subject, String key) {}

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

  /** The same, in view of what the figures they name compute. */
  Watches lookingAt(Function<NeededFigure, String> figure) {
    return new Watches(all(), figure);
  }

  /** The beginnings of all keys of places, one for each watch. */
  public Set<String> forms() {
    return Set.copyOf(forms.values());
  }

  /** The beginning of a place's key, which tells the watch and what it looks at. */
  public static String formOf(String key) {
    return key.substring(0, key.indexOf('|'));
  }

  /** In order of id. */
  public List<Watch> all() {
    return List.copyOf(byId.values());
  }

  /** Every figure that is needed, once. */
  public List<NeededFigure> needs() {
    return byId.values().stream().flatMap(watch -> watch.needs().stream()).distinct().toList();
  }

  public Optional<Watch> watch(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Place place(Watch watch, SortedMap<String, String> subject) {
    return new Place(watch, subject, forms.get(watch.about().id()) + "|" + Wording.key(subject));
  }

  /** The watch whose state lies under a place's key; empty when it is gone or was edited. */
  public Optional<Watch> watchOf(String key) {
    return Optional.ofNullable(byForm.get(formOf(key)));
  }

  /** Where a reading must go. */
  public List<Place> places(Reading reading) {
    List<Place> places = new ArrayList<>();
    for (Watch watch : byFigure.getOrDefault(reading.figure(), List.of())) {
      watch.subject(reading).ifPresent(subject -> places.add(place(watch, subject)));
    }
    return places;
  }
}
