package io.fenghuo.rules.definition;

import java.io.StringReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping in a YAML file that knows its lines. Mistakes are collected, not thrown, so that an
 * author sees all of them at once; a value that could not be read is its default.
 */
public final class Section {

  private final String file;
  private final int line;
  private final String path;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<RuleError> errors;

  private Section(String file, MappingNode node, String path, List<RuleError> errors) {
    this.file = file;
    this.line = line(node);
    this.path = path;
    this.errors = errors;
    for (NodeTuple tuple : node.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      if (values.put(key, tuple.getValueNode()) != null) {
        errors.add(new RuleError(file, line(tuple.getKeyNode()), path + key + ": stands twice"));
      }
    }
  }

  /** The file's outermost mapping, or empty with an error when there is none. */
  public static Optional<Section> parse(String file, String text, List<RuleError> errors) {
    try {
      LoaderOptions options = new LoaderOptions();
      options.setMaxAliasesForCollections(20);
      Node root = new Yaml(options).compose(new StringReader(text));
      if (root instanceof MappingNode mapping && scalarKeys(mapping)) {
        return Optional.of(new Section(file, mapping, "", errors));
      }
      errors.add(new RuleError(file, 0, "expected a mapping of keys to values"));
    } catch (MarkedYAMLException broken) {
      int line = broken.getProblemMark() == null ? 0 : broken.getProblemMark().getLine() + 1;
      errors.add(new RuleError(file, line, "not YAML: " + broken.getProblem()));
    } catch (RuntimeException broken) {
      errors.add(new RuleError(file, 0, "not YAML: " + broken.getMessage()));
    }
    return Optional.empty();
  }

  private static boolean scalarKeys(MappingNode mapping) {
    return mapping.getValue().stream().allMatch(tuple -> tuple.getKeyNode() instanceof ScalarNode);
  }

  private static int line(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }

  public String file() {
    return file;
  }

  public int line() {
    return line;
  }

  public int line(String key) {
    return values.containsKey(key) ? line(values.get(key)) : line;
  }

  public Set<String> keys() {
    return values.keySet();
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public void error(String key, String message) {
    errors.add(new RuleError(file, line(key), path + key + ": " + message));
  }

  /** The text under a key, or empty; a missing required key is an error. */
  public Optional<String> text(String key, boolean required) {
    asked.add(key);
    Node node = values.get(key);
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return Optional.of(scalar.getValue());
    }
    if (node != null) {
      error(key, "expected a text");
    } else if (required) {
      errors.add(new RuleError(file, line, path + key + ": missing"));
    }
    return Optional.empty();
  }

  /** What a parser makes of the text under a key; its complaint becomes an error here. */
  public <T> T parsed(String key, boolean required, T fallback, Function<String, T> parser) {
    Optional<String> text = text(key, required);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      return parser.apply(text.get());
    } catch (IllegalArgumentException wrong) {
      error(key, wrong.getMessage());
      return fallback;
    }
  }

  public long duration(String key, boolean required, long fallback, long least, long most) {
    return parsed(
        key,
        required,
        fallback,
        text -> {
          long millis = Durations.parse(text);
          if (millis < least || millis > most) {
            throw new IllegalArgumentException(
                text + " (expected: from " + spell(least) + " to " + spell(most) + ")");
          }
          return millis;
        });
  }

  private static String spell(long millis) {
    if (millis % 86_400_000 == 0 && millis > 0) {
      return millis / 86_400_000 + " days";
    }
    return millis % 1000 == 0 ? millis / 1000 + " seconds" : millis + " milliseconds";
  }

  public int number(String key, int fallback, int least, int most) {
    return parsed(
        key,
        false,
        fallback,
        text -> {
          if (!text.matches("-?\\d{1,9}")
              || Integer.parseInt(text) < least
              || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(
                text + " (expected: a whole number from " + least + " to " + most + ")");
          }
          return Integer.parseInt(text);
        });
  }

  /** A number that may have a fraction. */
  public double real(String key, double fallback, double least, double most) {
    return parsed(
        key,
        false,
        fallback,
        text -> {
          if (text.matches("-?\\d{1,15}(\\.\\d{1,9})?")) {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
              return number;
            }
          }
          throw new IllegalArgumentException(
              text + " (expected: a number from " + spell(least) + " to " + spell(most) + ")");
        });
  }

  /** A share written as a percentage, {@code 99.5%}; gives 0.995. */
  public double share(String key, boolean required, double fallback, double least, double most) {
    return parsed(
        key,
        required,
        fallback,
        text -> {
          if (text.matches("\\d{1,4}(\\.\\d{1,6})?\\s*%")) {
            // Through decimals, or 99.9% would not be the double that 0.999 is.
            double share =
                new BigDecimal(text.substring(0, text.length() - 1).strip())
                    .movePointLeft(2)
                    .doubleValue();
            if (share >= least && share <= most) {
              return share;
            }
          }
          throw new IllegalArgumentException(
              text
                  + " (expected: a percentage from "
                  + spell(100 * least)
                  + "% to "
                  + spell(100 * most)
                  + "%)");
        });
  }

  private static String spell(double number) {
    return BigDecimal.valueOf(number)
        .setScale(6, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  public boolean truth(String key) {
    return parsed(
        key,
        false,
        false,
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text + " (expected: true or false)");
          }
          return text.equals("true");
        });
  }

  public <E extends Enum<E>> E choice(String key, boolean required, E fallback, Class<E> type) {
    return parsed(
        key,
        required,
        fallback,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            text
                                + " (expected one of "
                                + Arrays.stream(type.getEnumConstants())
                                    .map(Enum::name)
                                    .collect(Collectors.joining(", "))
                                + ")")));
  }

  public Optional<Section> section(String key, boolean required) {
    asked.add(key);
    Node node = values.get(key);
    if (node instanceof MappingNode mapping && scalarKeys(mapping)) {
      return Optional.of(new Section(file, mapping, path + key + ".", errors));
    }
    if (node != null) {
      error(key, "expected a mapping");
    } else if (required) {
      errors.add(new RuleError(file, line, path + key + ": missing"));
    }
    return Optional.empty();
  }

  public List<Section> sections(String key) {
    asked.add(key);
    List<Section> sections = new ArrayList<>();
    Node node = values.get(key);
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        if (item instanceof MappingNode mapping && scalarKeys(mapping)) {
          sections.add(
              new Section(file, mapping, path + key + "[" + sections.size() + "].", errors));
        } else {
          errors.add(new RuleError(file, line(item), path + key + ": expected a mapping"));
        }
      }
    } else if (node != null) {
      error(key, "expected a list");
    }
    return sections;
  }

  /** The texts of a list, or empty; a missing one is no error. */
  public Optional<List<String>> texts(String key) {
    asked.add(key);
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        if (item instanceof ScalarNode scalar) {
          texts.add(scalar.getValue());
        } else {
          errors.add(new RuleError(file, line(item), path + key + ": expected a text"));
        }
      }
    } else {
      error(key, "expected a list");
    }
    return Optional.of(texts);
  }

  /** What YAML makes of the mapping under a key: texts, numbers, truths, lists and maps. */
  public Optional<Map<String, Object>> values(String key) {
    return section(key, true)
        .map(
            section -> {
              Map<String, Object> plain = new LinkedHashMap<>();
              section.values.forEach((name, node) -> plain.put(name, new PlainValues().of(node)));
              return plain;
            });
  }

  /** SnakeYAML's own conversion, of a node that was read before. */
  private static final class PlainValues extends SafeConstructor {
    PlainValues() {
      super(new LoaderOptions());
    }

    Object of(Node node) {
      return constructDocument(node);
    }
  }

  public Words words(String key, Words fallback, boolean required) {
    Optional<Section> section = section(key, required);
    if (section.isEmpty()) {
      return fallback;
    }
    Words words =
        new Words(
            section.get().text("zh", true).orElse("-"), section.get().text("en", true).orElse("-"));
    section.get().refuseOthers();
    return words;
  }

  /** An error for every key that nobody asked for. */
  public void refuseOthers() {
    for (String key : values.keySet()) {
      if (!asked.contains(key)) {
        error(key, "unknown key" + suggestion(key, asked));
      }
    }
  }

  /** " (did you mean x?)" when one of the names is near, else a list of them. */
  public static String suggestion(String wrong, Collection<String> names) {
    Optional<String> nearest =
        names.stream()
            .filter(name -> distance(wrong, name) <= Math.max(1, name.length() / 3))
            .min((a, b) -> Integer.compare(distance(wrong, a), distance(wrong, b)));
    if (nearest.isPresent()) {
      return " (did you mean " + nearest.get() + "?)";
    }
    return names.isEmpty() || names.size() > 40
        ? ""
        : " (expected one of " + String.join(", ", names) + ")";
  }

  /** Levenshtein's distance, without regard to case. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int best = Math.min(diagonal + (same ? 0 : 1), Math.min(row[j], row[j - 1]) + 1);
        diagonal = row[j];
        row[j] = best;
      }
    }
    return row[b.length()];
  }
}
