package io.fenghuo.alerting.config;

import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.alert.Matcher;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping in the routing file that knows its lines. Mistakes are collected, not thrown, so that
 * all of them are seen at once; a value that could not be read is its default.
 */
public final class Section {

  private final String file;
  private final int line;
  private final String path;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<ConfigError> errors;

  private Section(String file, MappingNode node, String path, List<ConfigError> errors) {
    this.file = file;
    this.line = line(node);
    this.path = path;
    this.errors = errors;
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        errors.add(
            new ConfigError(file, line(tuple.getKeyNode()), path + "expected a name as key"));
      } else if (values.put(scalar.getValue(), tuple.getValueNode()) != null) {
        errors.add(
            new ConfigError(file, line(scalar), path + scalar.getValue() + ": stands twice"));
      }
    }
  }

  /** The file's outermost mapping, or empty with an error when there is none. */
  public static Optional<Section> parse(String file, String text, List<ConfigError> errors) {
    try {
      LoaderOptions options = new LoaderOptions();
      options.setMaxAliasesForCollections(20);
      Node root = new Yaml(options).compose(new StringReader(text));
      if (root instanceof MappingNode mapping) {
        return Optional.of(new Section(file, mapping, "", errors));
      }
      errors.add(new ConfigError(file, 0, "expected a mapping of keys to values"));
    } catch (MarkedYAMLException broken) {
      int line = broken.getProblemMark() == null ? 0 : broken.getProblemMark().getLine() + 1;
      errors.add(new ConfigError(file, line, "not YAML: " + broken.getProblem()));
    } catch (RuntimeException broken) {
      errors.add(new ConfigError(file, 0, "not YAML: " + broken.getMessage()));
    }
    return Optional.empty();
  }

  private static int line(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public Set<String> keys() {
    return values.keySet();
  }

  public void error(String key, String message) {
    int at = values.containsKey(key) ? line(values.get(key)) : line;
    errors.add(new ConfigError(file, at, path + key + ": " + message));
  }

  private void missing(String key) {
    errors.add(new ConfigError(file, line, path + key + ": missing"));
  }

  /** Every key nobody asked for is an error: a misspelt one would be silence. */
  public void refuseOthers() {
    for (String key : values.keySet()) {
      if (!asked.contains(key)) {
        error(key, "unknown (expected one of " + String.join(", ", asked) + ")");
      }
    }
  }

  public Optional<String> text(String key) {
    asked.add(key);
    Node node = values.get(key);
    if (node instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    if (node != null) {
      error(key, "expected a text");
    }
    return Optional.empty();
  }

  public String text(String key, String fallback) {
    return text(key).orElse(fallback);
  }

  public String required(String key) {
    Optional<String> text = text(key).filter(value -> !value.isBlank());
    if (text.isEmpty()) {
      if (has(key)) {
        error(key, "expected a text that is not blank");
      } else {
        missing(key);
      }
    }
    return text.orElse("");
  }

  /** What a parser makes of the text under a key; its complaint becomes an error here. */
  public <T> T parsed(String key, T fallback, Function<String, T> parser) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      return parser.apply(text.get());
    } catch (IllegalArgumentException | DateTimeException wrong) {
      error(key, wrong.getMessage());
      return fallback;
    }
  }

  public Duration duration(String key, Duration fallback) {
    return parsed(key, fallback, Durations::parse);
  }

  public int number(String key, int fallback, int least, int most) {
    return parsed(
        key,
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

  public boolean truth(String key, boolean fallback) {
    return parsed(
        key,
        fallback,
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text + " (expected: true or false)");
          }
          return text.equals("true");
        });
  }

  /**
   * A secret under {@code key} or in the file named by {@code key_file}; exactly one of them. What
   * is wrong is said without the value.
   */
  public Optional<Secret> secret(String key) {
    Optional<String> direct = text(key).filter(value -> !value.isBlank());
    Optional<String> fromFile = text(key + "_file").filter(value -> !value.isBlank());
    if (direct.isPresent() && fromFile.isPresent()) {
      error(key, "stands beside " + key + "_file (expected: at most one of the two)");
    }
    if (direct.isPresent()) {
      return direct.map(Secret::new);
    }
    if (fromFile.isPresent()) {
      try {
        return Optional.of(new Secret(Files.readString(Path.of(fromFile.get())).strip()));
      } catch (IOException | InvalidPathException e) {
        error(key + "_file", fromFile.get() + " cannot be read");
      }
    }
    return Optional.empty();
  }

  public Secret requiredSecret(String key) {
    Optional<Secret> secret = secret(key);
    if (secret.isEmpty() && !has(key + "_file")) {
      errors.add(
          new ConfigError(file, line, path + key + ": missing (expected it or " + key + "_file)"));
    }
    return secret.orElse(new Secret(""));
  }

  /** A list of texts; a single text stands for a list of one. */
  public List<String> texts(String key) {
    asked.add(key);
    Node node = values.get(key);
    List<String> texts = new ArrayList<>();
    if (node instanceof ScalarNode scalar) {
      texts.add(scalar.getValue());
    } else if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        if (item instanceof ScalarNode scalar) {
          texts.add(scalar.getValue());
        } else {
          error(key, "expected a list of texts");
        }
      }
    } else if (node != null) {
      error(key, "expected a list of texts");
    }
    return texts;
  }

  /** Parses each text of a list, its complaint standing at the list's line. */
  public <T> List<T> parsedList(String key, Function<String, T> parser) {
    List<T> parsed = new ArrayList<>();
    for (String text : texts(key)) {
      try {
        parsed.add(parser.apply(text));
      } catch (IllegalArgumentException | DateTimeException wrong) {
        error(key, wrong.getMessage());
      }
    }
    return parsed;
  }

  public List<Matcher> matchers(String key) {
    List<Matcher> matchers = new ArrayList<>();
    parsedList(key, Matcher::parseAll).forEach(matchers::addAll);
    return matchers;
  }

  public Optional<Section> section(String key) {
    asked.add(key);
    Node node = values.get(key);
    if (node instanceof MappingNode mapping) {
      return Optional.of(new Section(file, mapping, path + key + ".", errors));
    }
    if (node != null) {
      error(key, "expected a mapping");
    }
    return Optional.empty();
  }

  public List<Section> sections(String key) {
    asked.add(key);
    Node node = values.get(key);
    List<Section> sections = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        if (list.getValue().get(i) instanceof MappingNode mapping) {
          sections.add(new Section(file, mapping, path + key + "[" + i + "].", errors));
        } else {
          error(key, "expected a list of mappings");
        }
      }
    } else if (node != null) {
      error(key, "expected a list of mappings");
    }
    return sections;
  }

  /** A mapping of names to texts. */
  public Map<String, String> mapping(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    section(key)
        .ifPresent(inner -> inner.keys().forEach(name -> texts.put(name, inner.text(name, ""))));
    return texts;
  }

  public int line() {
    return line;
  }

  /** How many mistakes there are so far, in the whole file. */
  int mistakes() {
    return errors.size();
  }

  void forgetMistakesAfter(int count) {
    errors.subList(count, errors.size()).clear();
  }
}
