package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.channel.Notice.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line more in every message, as {@code {labels.city} {annotations.dashboard}}. A line all of
 * whose values are absent is left out. There is nothing in it that could fail once it was read.
 */
public record Template(String name, String zh, String en) {

  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern KNOWN = Pattern.compile("(labels|annotations|group)\\.[^.{}\\s]+");

  /**
   * @throws IllegalArgumentException naming the place that stands for nothing
   */
  public Template {
    for (String text : List.of(zh, en)) {
      Matcher places = PLACE.matcher(text);
      while (places.find()) {
        if (!KNOWN.matcher(places.group(1)).matches()) {
          throw new IllegalArgumentException(
              "{"
                  + places.group(1)
                  + "} (expected {labels.NAME}, {annotations.NAME} or {group.NAME})");
        }
      }
    }
  }

  /** The line, or "" when none of its values is there. */
  String apply(Notice notice, Item item, Language in) {
    List<String> found = new ArrayList<>();
    boolean[] placed = {false};
    String line =
        PLACE
            .matcher(in.of(zh, en))
            .replaceAll(
                place -> {
                  placed[0] = true;
                  String value = value(place.group(1), notice, item);
                  found.add(value);
                  return Matcher.quoteReplacement(value);
                });
    return placed[0] && String.join("", found).isBlank() ? "" : line;
  }

  private static String value(String place, Notice notice, Item item) {
    String name = place.substring(place.indexOf('.') + 1);
    return switch (place.substring(0, place.indexOf('.'))) {
      case "labels" -> item.labels().getOrDefault(name, "");
      case "annotations" -> item.annotations().getOrDefault(name, "");
      default -> notice.groupLabels().getOrDefault(name, "");
    };
  }
}
