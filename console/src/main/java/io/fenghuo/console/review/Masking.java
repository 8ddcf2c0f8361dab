package io.fenghuo.console.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Personal data as it is shown to whoever has given no reason to see more: enough to recognise the
 * same one again, not enough to find the person.
 */
final class Masking {

  private static final Set<String> MASKED =
      Set.of("ip", "deviceId", "accountToken", "addressToken", "latitude", "longitude");

  /** A line of evidence: {@code OrderEvent orderId=o1 ip=203.0.113.7}. */
  private static final Pattern IN_LINE =
      Pattern.compile("\\b(ip|deviceId|accountToken|addressToken|latitude|longitude)=(\\S+)");

  private static final int SHOWN = 4;

  private Masking() {}

  /** The event with what is personal masked. */
  static ObjectNode event(JsonNode event) {
    ObjectNode masked = ((ObjectNode) event).deepCopy();
    for (String field : MASKED) {
      JsonNode value = masked.get(field);
      if (value != null && !value.isNull()) {
        masked.put(field, value(field, value.asText()));
      }
    }
    return masked;
  }

  static String line(String line) {
    Matcher matcher = IN_LINE.matcher(line);
    return matcher.replaceAll(
        found ->
            Matcher.quoteReplacement(found.group(1) + "=" + value(found.group(1), found.group(2))));
  }

  static String value(String field, String value) {
    if (value == null) {
      return null;
    }
    return switch (field) {
      case "ip" -> address(value);
      case "latitude", "longitude" -> "***";
      default -> value.length() <= SHOWN ? "***" : "***" + value.substring(value.length() - SHOWN);
    };
  }

  /** The network, not the host: 203.0.*.*, 2001:db8:*. */
  private static String address(String ip) {
    String separator = ip.contains(":") ? ":" : "\\.";
    String[] parts = ip.split(separator);
    if (parts.length < 3) {
      return "***";
    }
    return ip.contains(":") ? parts[0] + ":" + parts[1] + ":*" : parts[0] + "." + parts[1] + ".*.*";
  }
}
