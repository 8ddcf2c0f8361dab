package io.fenghuo.rules.reference;

import io.fenghuo.rules.reference.Vocabulary.Kind;
import io.fenghuo.rules.reference.Vocabulary.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes a random rule set as YAML. */
final class RandomRules {

  private static final List<String> AGGREGATES =
      List.of("count", "sum", "avg", "min", "max", "distinct", "first", "last", "previous", "age");

  private static final List<String> WINDOWS =
      List.of(
          "1 second",
          "2 seconds",
          "5s",
          "10 seconds",
          "30 seconds",
          "90 seconds",
          "1 minute",
          "5m",
          "10 minutes",
          "10 minutes",
          "30 minutes",
          "1 hour",
          "1 hour",
          "6h",
          "24 hours",
          "1 day",
          "7d",
          "30 days");

  private final Dice dice;
  private final RandomConditions conditions;
  private final Map<String, String> files = new TreeMap<>();

  /** Features by entity. */
  private final Map<String, List<Operand>> features = new HashMap<>();

  /** Sequences by the type of their last step. */
  private final Map<String, List<Operand>> sequences = new HashMap<>();

  RandomRules(Dice dice) {
    this.dice = dice;
    this.conditions = new RandomConditions(dice);
    Event.KEY_FIELDS.keySet().forEach(entity -> features.put(entity, new ArrayList<>()));
    Vocabulary.TYPES.forEach(type -> sequences.put(type, new ArrayList<>()));
  }

  Map<String, String> write() {
    writePolicy();
    writeFeatures("one/features.yaml", "a");
    writeFeatures("two/features.yaml", "b");
    int count = dice.between(5, 8);
    for (int i = 0; i < count; i++) {
      writeSequence("s" + i);
    }
    count = dice.between(2, 4);
    for (int i = 0; i < count; i++) {
      writeDeadline(i);
    }
    count = dice.between(12, 18);
    for (int i = 0; i < count; i++) {
      writeWhen(i);
    }
    return files;
  }

  private void writePolicy() {
    int challenge = 10 * dice.between(1, 5);
    int review = challenge + 10 * dice.between(1, 2);
    int block = review + 10 * dice.between(1, 3);
    files.put(
        "policy.yaml",
        "policy:\n  thresholds: { CHALLENGE: %d, REVIEW: %d, BLOCK: %d }\n%s"
            .formatted(challenge, review, block, dice.chance(0.3) ? "  remember: 1 minute\n" : ""));
  }

  private void writeFeatures(String path, String letter) {
    StringBuilder yaml = new StringBuilder("features:\n");
    for (String aggregate : AGGREGATES) {
      String entity = entity();
      String name = entity + "." + aggregate + "_" + letter;
      List<String> types = types(entity);
      List<Operand> fields = commonFields(types);
      Operand field = dice.oneOf(aggregate.equals("count") ? fields : usable(aggregate, fields));
      yaml.append("  %s: { of: \"%s\", aggregate: %s".formatted(name, of(types), aggregate));
      if (!aggregate.equals("count")) {
        yaml.append(", field: ").append(field.text());
      }
      yaml.append(", window: ").append(dice.oneOf(WINDOWS)).append(" }\n");
      features.get(entity).add(result(name, aggregate, field));
    }
    if (letter.equals("a")) {
      yaml.append(
          """
            user.latitude_before: { of: LoginEvent, aggregate: previous, field: latitude, window: 7 days }
            user.longitude_before: { of: LoginEvent, aggregate: previous, field: longitude, window: 7 days }
          """);
    }
    files.put(path, yaml.toString());
  }

  private String entity() {
    return dice.oneOf(
        "user", "user", "user", "device", "device", "ip", "account", "address", "order", "order",
        "product");
  }

  private List<String> types(String entity) {
    List<String> types =
        new ArrayList<>(
            Vocabulary.TYPES.stream().filter(t -> Vocabulary.concerns(t, entity)).toList());
    while (types.size() > 1 && dice.chance(0.6)) {
      types.remove(dice.below(types.size()));
    }
    return types;
  }

  private String of(List<String> types) {
    List<String> branches = new ArrayList<>();
    for (String type : types) {
      branches.add(
          dice.chance(0.5)
              ? type
              : type + "(" + conditions.nested(Vocabulary.PROPERTIES.get(type), 1) + ")");
    }
    return String.join(", ", branches).replace("\"", "'");
  }

  /** Fields that all the types have, and have alike. */
  private static List<Operand> commonFields(List<String> types) {
    return Vocabulary.PROPERTIES.get(types.get(0)).stream()
        .filter(
            field ->
                types.stream()
                    .map(type -> Vocabulary.property(type, field.text()))
                    .allMatch(other -> other != null && other.kind() == field.kind()))
        .toList();
  }

  private List<Operand> usable(String aggregate, List<Operand> fields) {
    List<Operand> usable =
        switch (aggregate) {
          case "sum", "avg", "min", "max" ->
              fields.stream()
                  .filter(f -> f.kind() == Kind.LONG || f.kind() == Kind.DOUBLE)
                  .toList();
          default -> fields.stream().filter(field -> field.kind() != Kind.ENUM).toList();
        };
    // Sums need a number; every type but LoginEvent mixed with others has one.
    return usable.isEmpty() ? List.of(new Operand("eventTime", Kind.LONG, "time", false)) : usable;
  }

  private static Operand result(String name, String aggregate, Operand field) {
    return switch (aggregate) {
      case "count", "distinct" -> new Operand(name, Kind.LONG, "count", true);
      case "age" -> new Operand(name, Kind.LONG, "age", true);
      case "sum" -> new Operand(name, field.kind(), several(field.pool()), true);
      case "avg" -> new Operand(name, Kind.DOUBLE, field.pool(), true);
      default -> new Operand(name, field.kind(), field.pool(), true);
    };
  }

  private static String several(String pool) {
    return switch (pool) {
      case "amount" -> "amounts";
      case "milliseconds" -> "several milliseconds";
      case "latitude", "longitude" -> "degrees";
      default -> pool;
    };
  }

  private void writeSequence(String name) {
    String entity = dice.oneOf("user", "user", "user", "device", "ip", "account", "order");
    List<String> types =
        Vocabulary.TYPES.stream().filter(t -> Vocabulary.concerns(t, entity)).toList();
    int count = dice.oneOf(List.of(1, 2, 2, 2, 3, 3, 4));
    StringBuilder steps = new StringBuilder("sequence:\n");
    List<Operand> earlier = new ArrayList<>();
    String type = null;
    for (int i = 0; i < count; i++) {
      boolean last = i == count - 1;
      type = dice.oneOf(types);
      if (last && dice.chance(0.7)) {
        type = dice.oneOf(types.stream().filter(t -> Vocabulary.concerns(t, "order")).toList());
      }
      String alias = String.valueOf((char) ('a' + i));
      List<Operand> own = Vocabulary.PROPERTIES.get(type);
      List<String> parts = new ArrayList<>();
      // The longer, the easier each step must be.
      if (dice.chance(count > 2 ? 0.35 : 0.55)) {
        parts.add(group(conditions.nested(own, 1)));
      }
      if (!earlier.isEmpty() && dice.chance(0.5)) {
        parts.add(conditions.correlation(own, earlier));
      }
      String filter = parts.isEmpty() ? type : type + "(" + String.join(comma(), parts) + ")";
      steps.append("  - %s: >-\n      %s\n".formatted(alias, filter));
      if (dice.chance(0.25)) {
        steps.append("    times: ").append(dice.between(2, 3)).append('\n');
      }
      if (dice.chance(0.3)) {
        steps.append("    strictly: true\n");
      }
      own.forEach(property -> earlier.add(property.of(alias)));
    }
    String last = String.valueOf((char) ('a' + count - 1));
    String within = dice.oneOf(dice.chance(0.5) ? WINDOWS : WINDOWS.subList(6, WINDOWS.size()));
    String text = "{a.userId} {%s.eventId}".formatted(last);
    files.put(
        "sequence/" + name + ".yaml",
        title(name)
            + "entity: %s\nwithin: %s\n".formatted(entity, within)
            + steps
            + effect(text)
            + (dice.chance(0.5) ? alert(text) : ""));
    sequences.get(type).add(new Operand(entity + "." + name, Kind.BOOLEAN, "sequence", true));
  }

  private void writeDeadline(int number) {
    String key = dice.oneOf("orderId", "orderId", "orderId", "userId", "deviceId", "accountToken");
    List<String> types =
        Vocabulary.TYPES.stream().filter(t -> Vocabulary.property(t, key) != null).toList();
    StringBuilder yaml = new StringBuilder(title("deadline " + number)).append("deadline:\n");
    for (String end : List.of("start", "end")) {
      String type = dice.oneOf(types);
      Operand kind = Vocabulary.PROPERTIES.get(type).get(0);
      String condition =
          dice.chance(0.6)
              ? kind.text() + " = " + Vocabulary.literal(dice, kind)
              : conditions.nested(Vocabulary.PROPERTIES.get(type), 1);
      yaml.append("  %s: >-\n    %s(%s)\n".formatted(end, type, condition));
    }
    yaml.append("  key: %s\n  within: %s\n".formatted(key, dice.oneOf(WINDOWS)));
    if (dice.chance(0.5)) {
      yaml.append("  lookback: ").append(dice.oneOf("0 seconds", "1s", "10 seconds", "1 minute"));
      yaml.append('\n');
    }
    yaml.append(mode()).append(alert("{%s} {eventId} {userId}".formatted(key)));
    files.put("deadline/d" + number + ".yaml", yaml.toString());
  }

  private void writeWhen(int number) {
    String type =
        dice.oneOf(
            "OrderEvent", "OrderEvent", "OrderEvent", "PaymentEvent", "LoginEvent", "TrafficEvent");
    List<Operand> properties = Vocabulary.PROPERTIES.get(type);
    List<Operand> operands = new ArrayList<>(properties);
    List<String> entities =
        Event.KEY_FIELDS.keySet().stream().filter(e -> Vocabulary.concerns(type, e)).toList();
    entities.forEach(entity -> operands.addAll(comparable(features.get(entity))));
    // Twice, for they are few beside the features.
    operands.addAll(sequences.get(type));
    operands.addAll(sequences.get(type));

    List<String> parts = new ArrayList<>();
    if (type.equals("OrderEvent") && dice.chance(0.4)) {
      parts.add("type = OrderType.CREATED");
    }
    if (type.equals("LoginEvent") && dice.chance(0.4)) {
      parts.add(
          "kilometres(latitude, longitude, user.latitude_before, user.longitude_before) > "
              + dice.oneOf("10", "100.5", "1000"));
    }
    parts.add(group(conditions.nested(operands, dice.between(0, 3))));
    String condition = String.join(comma(), parts);
    TreeSet<String> kinds = new TreeSet<>();
    List<String> named = new ArrayList<>();
    properties.forEach(property -> named.add(property.text()));
    for (String name : Parser.filter(type + "(" + condition + ")").dotted()) {
      kinds.add(name.substring(0, name.indexOf('.')));
      named.add(0, name);
    }
    boolean ofOrder = Vocabulary.concerns(type, "order");
    String entity =
        dice.chance(0.3) || (!ofOrder && kinds.size() != 1)
            ? "entity: " + dice.oneOf(entities) + "\n"
            : "";
    String text =
        "{%s%s} {%s%s}"
            .formatted(
                dice.oneOf(properties).text(),
                unit(),
                dice.chance(0.7) ? named.get(0) : dice.oneOf(named),
                unit());
    files.put(
        "when/w%02d.yaml".formatted(number),
        title("when " + number)
            + "when: >-\n  %s(%s)\n".formatted(type, condition)
            + entity
            + effect(text)
            + (!ofOrder || dice.chance(0.5) ? alert(text) : ""));
  }

  /** Without the times among them, for which there is no sensible literal. */
  private static List<Operand> comparable(List<Operand> operands) {
    return operands.stream().filter(operand -> !operand.pool().equals("time")).toList();
  }

  private String comma() {
    return dice.oneOf(" and ", ", ");
  }

  private static String group(String condition) {
    return "(" + condition + ")";
  }

  private static String title(String text) {
    return "title: { zh: 标题 %s, en: Title %s }\n".formatted(text, text);
  }

  private String mode() {
    return dice.oneOf(
        "", "", "", "", "mode: live\n", "mode: shadow\n", "mode: shadow\n", "mode: off\n");
  }

  private String effect(String text) {
    StringBuilder yaml = new StringBuilder(mode());
    // Mild, so that most orders leave room for a later revision.
    if (dice.chance(0.4)) {
      yaml.append("outcome: ");
      yaml.append(dice.oneOf("PASS", "CHALLENGE", "CHALLENGE", "REVIEW", "REVIEW", "BLOCK"));
      yaml.append('\n');
    }
    if (dice.chance(0.8)) {
      yaml.append("score: ").append(dice.oneOf("0", "1", "2", "5", "5", "10", "25")).append('\n');
    }
    if (dice.chance(0.7)) {
      yaml.append("reason: { zh: \"因为 %s\", en: \"because %s\" }\n".formatted(text, text));
    }
    if (dice.chance(0.3)) {
      yaml.append("version: ").append(dice.between(1, 9)).append('\n');
    }
    return yaml.toString();
  }

  private String unit() {
    return dice.oneOf("", "", "", "|money", "|seconds", "|minutes", "|hours", "|days");
  }

  private String alert(String text) {
    return "alert: { severity: %s%s, summary: { zh: \"警报 %s\", en: \"alert %s\" } }\n"
        .formatted(
            dice.oneOf("notice", "warning", "critical"),
            dice.chance(0.8)
                ? ", every: " + dice.oneOf("1 second", "10s", "1 minute", "1 hour")
                : "",
            text,
            text);
  }
}
