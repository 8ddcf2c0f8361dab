package io.fenghuo.alerting.group;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Severity;
import io.fenghuo.alerting.group.Member.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many of a group's members are how. Kept in the group's row and changed by what changes, since
 * to count thousands at every look would cost what the look is to be spared.
 */
public final class Counts {

  private static final String BURNING = "burning";
  private static final String HELD = "held";
  private static final String TOLD = "told";

  private int size;
  private int open;
  private final Map<String, Integer> burning = new TreeMap<>();
  private final Map<String, Integer> held = new TreeMap<>();
  private final Map<String, Integer> told = new TreeMap<>();

  static Counts read(String text) {
    JsonNode json = Json.tree(text);
    Counts counts = new Counts();
    counts.size = json.path("size").asInt();
    counts.open = json.path("open").asInt();
    json.path(BURNING).fields().forEachRemaining(e -> count(counts.burning, e.getKey(), e));
    json.path(HELD).fields().forEachRemaining(e -> count(counts.held, e.getKey(), e));
    json.path(TOLD).fields().forEachRemaining(e -> count(counts.told, e.getKey(), e));
    return counts;
  }

  private static void count(
      Map<String, Integer> counts, String name, Map.Entry<String, JsonNode> entry) {
    counts.put(name, entry.getValue().asInt());
  }

  Counts copy() {
    Counts copy = new Counts();
    copy.size = size;
    copy.open = open;
    copy.burning.putAll(burning);
    copy.held.putAll(held);
    copy.told.putAll(told);
    return copy;
  }

  /** As it is kept. */
  public String text() {
    return Json.write(Map.of("size", size, "open", open, BURNING, burning, HELD, held, TOLD, told));
  }

  void add(Standing member) {
    change(member, 1);
  }

  void remove(Standing member) {
    change(member, -1);
  }

  private void change(Standing member, int by) {
    size += by;
    open += member.open() ? by : 0;
    if (member.burns()) {
      change(burning, member.severity().name(), by);
    }
    member.held().forEach(reason -> change(held, reason.substring(0, reason.indexOf(':')), by));
    member.told().keySet().forEach(channel -> change(told, channel, by));
  }

  private static void change(Map<String, Integer> counts, String name, int by) {
    if (counts.merge(name, by, Integer::sum) == 0) {
      counts.remove(name);
    }
  }

  /** All of them. */
  public int size() {
    return size;
  }

  /** Those that burn and nobody holds back. */
  public int open() {
    return open;
  }

  public boolean burns() {
    return !burning.isEmpty();
  }

  /** The worst that burns, held back or not. */
  public Optional<Severity> worst() {
    return burning.keySet().stream().map(Severity::valueOf).min(Severity::compareTo);
  }

  /** By kind of reason, how often something holds one back. */
  public Map<String, Integer> held() {
    return held;
  }

  /** Of how many a channel was told that they burn and not yet that they ended. */
  public int told(String channel) {
    return told.getOrDefault(channel, 0);
  }
}
