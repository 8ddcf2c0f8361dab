package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Numbers, times and subjects as people read them in alerts. */
final class Wording {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);

  private Wording() {}

  /** A subject on one line: {@code host=web1,kind=db}; empty for the shop as a whole. */
  static String key(SortedMap<String, String> subject) {
    return subject.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + escaped(entry.getValue()))
        .collect(Collectors.joining(","));
  }

  /** A value that holds our separators must not look like two dimensions. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=").replace("|", "\\|");
  }

  /** The definition's title with the values it speaks of. */
  static Words subject(Words title, Map<String, String> subject) {
    if (subject.isEmpty()) {
      return title;
    }
    String values = String.join(", ", subject.values());
    return new Words(title.zh() + "（" + values + "）", title.en() + " (" + values + ")");
  }

  /** With as many decimals as tell it from its neighbours: 99.95%, 7%. */
  static String percent(double share) {
    if (Double.isNaN(share)) {
      return "-";
    }
    return rounded(100 * share, 2) + "%";
  }

  /** At most two decimals below 1,000, whole above. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "-";
    }
    return rounded(value, Math.abs(value) < 1_000 ? 2 : 0);
  }

  private static String rounded(double value, int decimals) {
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** Minor units as the major unit, without decimals: 1234500 is 12345. */
  static String money(double minor) {
    return rounded(minor / 100, 0);
  }

  /** Date and time of day in the shop's zone. */
  static String moment(long time, ZoneId zone) {
    return MOMENT.format(Instant.ofEpochMilli(time).atZone(zone));
  }

  /** A length of time in the largest unit that is whole. */
  static Words length(long millis) {
    if (millis % 86_400_000L == 0) {
      return new Words(millis / 86_400_000L + " 天", millis / 86_400_000L + " d");
    } else if (millis % 3_600_000L == 0) {
      return new Words(millis / 3_600_000L + " 小时", millis / 3_600_000L + " h");
    } else if (millis % 60_000L == 0) {
      return new Words(millis / 60_000L + " 分钟", millis / 60_000L + " min");
    }
    return new Words(rounded(millis / 1000.0, 1) + " 秒", rounded(millis / 1000.0, 1) + " s");
  }

  static void pack(SortedMap<String, String> subject, Packer out) {
    out.number(subject.size());
    subject.forEach((name, value) -> out.text(name).text(value));
  }

  static SortedMap<String, String> unpackSubject(Unpacker in) {
    SortedMap<String, String> subject = new TreeMap<>();
    for (int n = in.count(); n > 0; n--) {
      String name = in.text();
      subject.put(name, in.text());
    }
    return subject;
  }
}
