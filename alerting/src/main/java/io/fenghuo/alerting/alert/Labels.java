package io.fenghuo.alerting.alert;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Names and values that say which alert it is, in order of name. An absent label reads as "". */
public record Labels(Map<String, String> values) {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final byte SEPARATOR = (byte) 0xFF;

  /** Labels with an empty value are as good as absent and are left out. */
  public Labels {
    TreeMap<String, String> kept = new TreeMap<>(values);
    kept.values().removeIf(String::isEmpty);
    values = Collections.unmodifiableMap(kept);
  }

  public static Labels of(Map<String, String> values) {
    return new Labels(values);
  }

  public String get(String name) {
    return values.getOrDefault(name, "");
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Labels with(String name, String value) {
    TreeMap<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new Labels(more);
  }

  /** How bad it says it is; what says nothing is a warning. */
  public Severity severity() {
    return Severity.of(get("severity"));
  }

  /**
   * Sixteen hexadecimal digits, the same for the same labels everywhere.
   *
   * @see <a href="https://github.com/prometheus/common/blob/main/model/signature.go">Prometheus:
   *     LabelSet.Fingerprint</a>
   */
  public String fingerprint() {
    long sum = FNV_OFFSET;
    for (Map.Entry<String, String> label : values.entrySet()) {
      sum = add(sum, label.getKey());
      sum = add(sum, SEPARATOR);
      sum = add(sum, label.getValue());
      sum = add(sum, SEPARATOR);
    }
    return String.format("%016x", sum);
  }

  private static long add(long sum, String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      sum = add(sum, b);
    }
    return sum;
  }

  private static long add(long sum, byte b) {
    return (sum ^ (b & 0xFF)) * FNV_PRIME;
  }

  /** As people write them: {@code {a="1", b="2"}}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
