package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which value of which dimension explains most of what is missing or too much. Each value's usual
 * share is known from before; what it has since then is held against that share.
 */
final class Blame {

  /** Values remembered; those that came first, so that a dimension that explodes is bounded. */
  private static final int MOST = 200;

  /** Per minute: shares look back half a day. */
  private static final double FADE = Math.exp(-1 / 720.0);

  /** A value that explains less than this says nothing. */
  private static final double LEAST = 0.3;

  /** Found: dimension=value and the share of the deviation it explains. */
  record Culprit(String name, double share) {}

  private static final class Part {
    OpenWindows windows = new OpenWindows();
    double value;
    double weight;
    double valueSince;
    double weightSince;
  }

  private final Anomaly watch;
  private final TreeMap<String, Part> parts = new TreeMap<>();
  private double minutes;
  private double minutesSince;

  Blame(Anomaly watch) {
    this.watch = watch;
  }

  void read(Reading reading) {
    for (String dimension : watch.explain()) {
      String value = reading.dimensions().get(dimension);
      if (value != null) {
        String name = dimension + "=" + value;
        Part part = parts.get(name);
        if (part == null) {
          if (parts.size() >= MOST) {
            return;
          }
          part = new Part();
          parts.put(name, part);
        }
        part.windows.read(reading);
        return;
      }
    }
  }

  /**
   * Takes in the minute that has become complete.
   *
   * @param suspicious true while the figure seems to be off
   */
  void minute(long to, boolean suspicious) {
    if (suspicious) {
      minutesSince++;
    } else {
      minutes = minutes * FADE + 1;
    }
    for (Part part : parts.values()) {
      double value = 0;
      double weight = 0;
      for (OpenWindows.Window window : part.windows.complete(to)) {
        value += watch.nature() == Anomaly.Nature.RATE ? window.numerator() : window.value();
        weight += window.denominator();
      }
      if (suspicious) {
        part.valueSince += value;
        part.weightSince += weight;
      } else {
        part.value = part.value * FADE + value;
        part.weight = part.weight * FADE + weight;
      }
    }
  }

  /** Begins to count anew what is seen while suspicious. */
  void restart() {
    minutesSince = 0;
    for (Part part : parts.values()) {
      part.valueSince = 0;
      part.weightSince = 0;
    }
  }

  /**
   * @param expectedSince what the figure should have been in sum; of a rate its numerator
   * @param actualSince what it was
   * @param ratio of what is expected a minute now to what was usual while the shares were learnt
   */
  Optional<Culprit> culprit(double expectedSince, double actualSince, double ratio) {
    double off = expectedSince - actualSince;
    if (minutesSince == 0 || minutes == 0 || Math.abs(off) < 1e-9) {
      return Optional.empty();
    }
    Culprit best = null;
    for (Map.Entry<String, Part> entry : parts.entrySet()) {
      Part part = entry.getValue();
      double expected =
          watch.nature() == Anomaly.Nature.RATE
              ? (part.weight > 0 ? part.value / part.weight * part.weightSince : 0)
              : part.value / minutes * minutesSince * ratio;
      double share = (expected - part.valueSince) / off;
      if (share >= LEAST && (best == null || share > best.share())) {
        best = new Culprit(entry.getKey(), Math.min(1, share));
      }
    }
    return Optional.ofNullable(best);
  }

  /** Rough size in memory, bytes. */
  int weight() {
    return 500 * parts.size();
  }

  void pack(Packer out) {
    out.real(minutes).real(minutesSince).number(parts.size());
    parts.forEach(
        (name, part) -> {
          out.text(name);
          part.windows.pack(out);
          out.real(part.value).real(part.weight).real(part.valueSince).real(part.weightSince);
        });
  }

  void unpack(Unpacker in) {
    minutes = in.real();
    minutesSince = in.real();
    for (int n = in.count(); n > 0; n--) {
      String name = in.text();
      Part part = new Part();
      part.windows = OpenWindows.unpack(in);
      part.value = in.real();
      part.weight = in.real();
      part.valueSince = in.real();
      part.weightSince = in.real();
      parts.put(name, part);
    }
  }
}
